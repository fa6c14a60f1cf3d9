/** Makes pictures of charts: few at a time, in bounded time, and none larger than a message takes. */
import type { Canvas, createCanvas, GlobalFonts } from '@napi-rs/canvas';
import type { Logger } from '../../model/logger.ts';
import type { ChartData } from './chart-data.ts';
import { ChartFonts } from './chart-fonts.ts';
import { CHART_HEIGHT, CHART_WIDTH, chartTexts, drawChart } from './draw-chart.ts';

/** What is drawn at the same time; what comes then has no picture. */
const WAITING_MAX = 8;
const POINTS_MAX = 50_000;
/** Of a picture; curves of noise compress badly. */
const PICTURE_BYTES_MAX = 1024 * 1024;
/** Pixels of a picture to one of a page. */
const SCALE = 2;

export interface Picture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

interface CanvasModule {
  readonly createCanvas: typeof createCanvas;
  readonly GlobalFonts: typeof GlobalFonts;
}

export class PictureRenderer {
  readonly #logger: Logger;
  #module: Promise<{ readonly canvas: CanvasModule; readonly fonts: ChartFonts }> | undefined;
  #waitingCount = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * One after the other, each between turns of the event loop; PNGs are written on another thread.
   * @param scale pixels to one of a page
   * @returns undefined when it could not be made: a message goes without
   */
  async render(chart: ChartData, scale = SCALE): Promise<Picture | undefined> {
    if (this.#waitingCount >= WAITING_MAX) return undefined;
    this.#waitingCount++;
    const picture = this.#last.then(() => this.#render(chart, scale));
    this.#last = picture.catch(() => undefined);
    try {
      return await picture;
    } catch (error) {
      this.#logger.warn('the picture of a message was not made', { error });
      return undefined;
    } finally {
      this.#waitingCount--;
    }
  }

  async #render(chart: ChartData, scale: number): Promise<Picture | undefined> {
    const pointCount = chart.series.reduce((sum, { values }) => sum + values.length, 0);
    if (pointCount === 0 || pointCount > POINTS_MAX) return undefined;
    // Read when the first picture is made: most programs never need the library.
    this.#module ??= import('@napi-rs/canvas').then((canvas) => ({
      canvas,
      fonts: new ChartFonts((path, family) => canvas.GlobalFonts.registerFromPath(path, family)),
    }));
    const { canvas, fonts } = await this.#module;
    fonts.need(chartTexts(chart));
    const [width, height] = [Math.round(CHART_WIDTH * scale), Math.round(CHART_HEIGHT * scale)];
    const surface: Canvas = canvas.createCanvas(width, height);
    const context = surface.getContext('2d');
    context.scale(scale, scale);
    drawChart(context, chart);
    const png = await surface.encode('png');
    return png.length > PICTURE_BYTES_MAX ? undefined : { png, width, height };
  }
}
