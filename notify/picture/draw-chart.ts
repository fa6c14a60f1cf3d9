/** Draws a chart for a message: large letters, for it is read on a phone. */
import type { SKRSContext2D } from '@napi-rs/canvas';
import { clockText, timeTicks, type ValueAxis, valueAxis } from './chart-axes.ts';
import type { ChartData, ChartSeries } from './chart-data.ts';
import { CHART_FAMILIES } from './chart-fonts.ts';
import { CHART_WORDS } from './chart-words.ts';
import { fitText } from './fit-text.ts';
import { spanText, valueText } from './value-text.ts';

/** In pixels of a page; a picture has more of its own. */
export const CHART_WIDTH = 560;
export const CHART_HEIGHT = 330;

const LEGEND_MAX = 4;
const SERIES_COLORS = ['#2563eb', '#0d9488', '#9333ea', '#b45309', '#64748b', '#db2777'];
const INK = '#0f172a';
const MUTED = '#64748b';
const GRID = '#e2e8f0';
const GOOD = '#16a34a';
const LEVELS: Readonly<Record<string, string>> = { critical: '#dc2626', info: '#2563eb' };
const LEVEL_OTHER = '#d97706';
const PAD = 18;
const HEADER = 72;
const FOOTER = 24;
const GAP_STEPS = 2.5;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Frame extends Box {
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
  readonly axis: ValueAxis;
}

/** All that a picture will say: what letters there are. */
export function chartTexts(data: ChartData): string {
  const { title, subtitle, unit, series, timezone, language } = data;
  const words = Object.values(CHART_WORDS[language]).join('');
  const basic = '0123456789%…–∞µ≥≤≠:·kMGTiBABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return [title, subtitle, unit, ...series.map(({ name }) => name), timezone, words, basic].join(
    '',
  );
}

export function drawChart(context: SKRSContext2D, data: ChartData): void {
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, CHART_WIDTH, CHART_HEIGHT);
  const color = data.status === 'resolved' ? GOOD : (LEVELS[data.severity] ?? LEVEL_OTHER);
  context.fillStyle = color;
  context.fillRect(0, 0, CHART_WIDTH, 5);
  drawHeader(context, data, color);
  const legend = data.series.length > 1 ? legendHeight(data) : 0;
  const frame = frameOf(context, data, CHART_HEIGHT - PAD / 2 - FOOTER - legend - 18);
  drawBands(context, data, frame, color);
  drawGrid(context, data, frame);
  drawThreshold(context, data, frame);
  drawSeries(context, data, frame);
  drawLegend(context, data, CHART_HEIGHT - PAD / 2 - FOOTER - legend + 14);
  drawFooter(context, data);
}

function font(context: SKRSContext2D, size: number, weight = 400): void {
  context.font = `${weight} ${size}px ${CHART_FAMILIES}`;
}

function drawHeader(context: SKRSContext2D, data: ChartData, color: string): void {
  const { title, subtitle, status, unit, series, language } = data;
  const words = CHART_WORDS[language];
  const right = CHART_WIDTH - PAD;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'right';
  const value = lastValue(series[0]);
  const valueWords = value === undefined ? '' : valueText(value, unit);
  font(context, 24, 700);
  context.fillStyle = color;
  context.fillText(valueWords, right, 36);
  let room = context.measureText(valueWords).width;
  font(context, 13, 500);
  context.fillStyle = MUTED;
  const state = words[status];
  context.fillText(state, right, 57);
  room = Math.max(room, context.measureText(state).width) + 16;
  context.textAlign = 'left';
  context.fillStyle = INK;
  font(context, 18, 650);
  context.fillText(fitText(context, title, right - PAD - room), PAD, 35);
  context.fillStyle = MUTED;
  font(context, 14);
  context.fillText(fitText(context, subtitle, right - PAD - room), PAD, 57);
}

function lastValue(series: ChartSeries | undefined): number | undefined {
  return series === undefined ? undefined : series.values[series.values.length - 1];
}

function frameOf(context: SKRSContext2D, data: ChartData, bottom: number): Frame {
  const all = data.series.flatMap(({ values }) => Array.from(values).filter(Number.isFinite));
  const { threshold, unit, fromMs, toMs } = data;
  const shown = [...all, ...(threshold?.values ?? [])];
  const isBinary = unit === 'B' || unit === 'B/s';
  const [low, high] = shown.length === 0 ? [0, 1] : [Math.min(...shown), Math.max(...shown)];
  const axis = valueAxis(low, high, isBinary);
  font(context, 13);
  const widest = Math.max(
    ...axis.ticks.map((tick) => context.measureText(valueText(tick, unit)).width),
  );
  const box = { left: PAD + widest + 8, top: HEADER + 10, right: CHART_WIDTH - PAD, bottom };
  const { left, top, right } = box;
  return {
    ...box,
    axis,
    x: (timeMs) => left + ((timeMs - fromMs) / (toMs - fromMs)) * (right - left),
    y: (value) => bottom - ((value - axis.min) / (axis.max - axis.min)) * (bottom - top),
  };
}

/** When it fired, and a line where that began. */
function drawBands(
  context: SKRSContext2D,
  { bands, fromMs, toMs }: ChartData,
  { x, top, bottom }: Frame,
  color: string,
): void {
  for (const band of bands) {
    const start = x(Math.max(band.fromMs, fromMs));
    const end = Math.max(x(Math.min(band.toMs, toMs)), start + 2);
    context.globalAlpha = 0.1;
    context.fillStyle = color;
    context.fillRect(start, top, end - start, bottom - top);
    context.globalAlpha = 0.55;
    if (band.fromMs > fromMs) context.fillRect(start, top, 1.5, bottom - top);
    context.globalAlpha = 1;
  }
}

function drawGrid(context: SKRSContext2D, data: ChartData, frame: Frame): void {
  const { x, y, axis, left, right, bottom } = frame;
  const { fromMs, toMs, timezone, unit } = data;
  font(context, 13);
  context.lineWidth = 1;
  context.fillStyle = MUTED;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const tick of axis.ticks) {
    const at = Math.round(y(tick)) + 0.5;
    context.strokeStyle = tick === axis.min ? '#94a3b8' : GRID;
    line(context, left, at, right, at);
    context.fillText(valueText(tick, unit), left - 8, at);
  }
  context.textBaseline = 'alphabetic';
  for (const tick of timeTicks(fromMs, toMs, 6, timezone)) {
    const at = x(tick);
    const text = clockText(tick, timezone);
    const half = context.measureText(text).width / 2;
    context.textAlign = 'center';
    if (at - half < left - 20 || at + half > right + PAD - 4) continue;
    context.strokeStyle = '#94a3b8';
    line(context, at, bottom, at, bottom + 4);
    context.fillText(text, at, bottom + 18);
  }
}

function drawThreshold(context: SKRSContext2D, data: ChartData, frame: Frame): void {
  const { threshold, unit } = data;
  if (threshold === undefined) return;
  const { y, left, right } = frame;
  const labels = threshold.values.map((value) => valueText(value, unit));
  font(context, 13, 600);
  for (const [at, value] of threshold.values.entries()) {
    const height = y(value);
    context.strokeStyle = '#dc2626';
    context.lineWidth = 1.5;
    context.setLineDash([6, 4]);
    line(context, left, height, right, height);
    context.setLineDash([]);
    const sign = threshold.values.length === 1 ? `${threshold.sign} ` : '';
    const text = `${sign}${labels[at] ?? ''}`;
    const width = context.measureText(text).width;
    const base = height - 6 > frame.top + 8 ? height - 6 : height + 16;
    context.globalAlpha = 0.85;
    context.fillStyle = '#ffffff';
    context.fillRect(left + 6, base - 13, width + 6, 17);
    context.globalAlpha = 1;
    context.fillStyle = '#b91c1c';
    context.textAlign = 'left';
    context.fillText(text, left + 9, base);
  }
}

function drawSeries(context: SKRSContext2D, data: ChartData, frame: Frame): void {
  const { left, top, right, bottom } = frame;
  context.save();
  context.beginPath();
  context.rect(left, top - 3, right - left + 3, bottom - top + 6);
  context.clip();
  // The first one, which it is about, lies over the others.
  for (let at = data.series.length - 1; at >= 0; at--) {
    const series = data.series[at];
    if (series === undefined) continue;
    context.strokeStyle = colorOf(at);
    context.fillStyle = colorOf(at);
    context.lineWidth = at === 0 ? 2.5 : 1.75;
    context.lineJoin = 'round';
    context.globalAlpha = at === 0 ? 1 : 0.75;
    for (const run of runsOf(series, data.stepMs * GAP_STEPS)) drawRun(context, series, run, frame);
    context.globalAlpha = 1;
  }
  context.restore();
  const first = data.series[0];
  const value = lastValue(first);
  const time = first?.timesMs[first.timesMs.length - 1];
  if (value === undefined || time === undefined || !Number.isFinite(value)) return;
  context.fillStyle = '#ffffff';
  disc(context, frame.x(time), frame.y(value), 5.5);
  context.fillStyle = colorOf(0);
  disc(context, frame.x(time), frame.y(value), 4);
}

type Run = readonly [first: number, last: number];

/** Parts without a gap. */
function runsOf({ timesMs, values }: ChartSeries, gapMs: number): readonly Run[] {
  const runs: Run[] = [];
  let first = -1;
  for (let at = 0; at < timesMs.length; at++) {
    const isThere = Number.isFinite(values[at]);
    const isFar = at > 0 && (timesMs[at] as number) - (timesMs[at - 1] as number) > gapMs;
    if (first >= 0 && (!isThere || isFar)) {
      runs.push([first, at - 1]);
      first = -1;
    }
    if (isThere && first < 0) first = at;
  }
  if (first >= 0) runs.push([first, timesMs.length - 1]);
  return runs;
}

function drawRun(
  context: SKRSContext2D,
  { timesMs, values }: ChartSeries,
  [first, last]: Run,
  { x, y }: Frame,
): void {
  const place = (at: number) => [x(timesMs[at] as number), y(values[at] as number)] as const;
  if (first === last) {
    disc(context, ...place(first), 2.5);
    return;
  }
  context.beginPath();
  context.moveTo(...place(first));
  for (let at = first + 1; at <= last; at++) context.lineTo(...place(at));
  context.stroke();
}

function legendHeight({ series }: ChartData): number {
  return Math.ceil(Math.min(series.length, LEGEND_MAX) / 2) * 19;
}

function drawLegend(context: SKRSContext2D, { series }: ChartData, top: number): void {
  if (series.length < 2) return;
  const width = (CHART_WIDTH - 2 * PAD) / 2;
  font(context, 13);
  context.textAlign = 'left';
  for (const [at, { name }] of series.slice(0, LEGEND_MAX).entries()) {
    const left = PAD + (at % 2) * width;
    const base = top + Math.floor(at / 2) * 19;
    context.fillStyle = colorOf(at);
    disc(context, left + 5, base - 4.5, 4.5);
    context.fillStyle = INK;
    const more = series.length - LEGEND_MAX;
    const isLast = at === LEGEND_MAX - 1 && more > 0;
    const rest = isLast ? ` +${more}` : '';
    context.fillText(
      fitText(context, name, width - 30 - (isLast ? 24 : 0)) + rest,
      left + 15,
      base,
    );
  }
}

function drawFooter(context: SKRSContext2D, data: ChartData): void {
  const { fromMs, toMs, timezone } = data;
  font(context, 12);
  context.fillStyle = '#94a3b8';
  context.textAlign = 'left';
  context.fillText(`${spanText(toMs - fromMs)} · ${timezone}`, PAD, CHART_HEIGHT - 10);
  context.textAlign = 'right';
  context.fillText('Watchkeeper', CHART_WIDTH - PAD, CHART_HEIGHT - 10);
}

function colorOf(at: number): string {
  return SERIES_COLORS[at % SERIES_COLORS.length] ?? INK;
}

function line(context: SKRSContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

function disc(context: SKRSContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
