/** Calls of functions over range vectors: one row per series. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { METRIC_NAME } from '../../model/labels.ts';
import type {
  FloatWindows,
  HistogramSamples,
  RangeCall,
  RangeFunction,
  RangeSeries,
  SampleWindow,
} from '../functions/range-function.ts';
import { histogramSampleSize } from '../histogram/sample-size.ts';
import type { EvalModes } from './eval-context.ts';
import type { Grid } from './grid.ts';
import { type NameRule, namesAfter } from './mapped-rows.ts';
import { withoutMetadata } from './metadata-labels.ts';
import type { RangeSource } from './range-source.ts';
import { type Row, RowBuffer, type RowSource } from './rows.ts';
import type { SampleStats } from './sample-stats.ts';
import { WindowBounds } from './window-bounds.ts';

export interface RangeShape {
  readonly grid: Grid;
  readonly offsetMs: number;
  readonly atMs: number | undefined;
  readonly rangeMs: number;
  /** How far windows reach beyond the range at either side. */
  readonly extraBackMs: number;
  readonly extraAheadMs: number;
  /** False for a subquery, whose samples were counted when they were read. */
  readonly countsRead: boolean;
}

/** What a call is told, but for the metric name, which depends on the series. */
export type RangeCallFrame = Omit<RangeCall, 'metricName'>;

export class RangeRows implements RowSource {
  readonly steps: number;
  readonly dropsName: Uint8Array;
  readonly isUnique: boolean;
  readonly commonName: string | undefined;
  readonly #source: RangeSource;
  readonly #function: RangeFunction;
  readonly #call: RangeCall;
  readonly #shape: RangeShape;
  readonly #stats: SampleStats;
  readonly #dropsNow: boolean;
  readonly #out: RowBuffer;
  readonly #floats: WindowBounds;
  readonly #histograms: WindowBounds;
  readonly #endsMs: Float64Array;
  readonly #onRow: ((labels: Labels, row: RowBuffer) => void) | undefined;
  readonly #scratch = { indexes: new Int32Array(0) };
  #seriesLabels: Labels | undefined;
  #labels: readonly Labels[] | undefined;

  constructor(options: {
    readonly source: RangeSource;
    readonly function: RangeFunction;
    readonly frame: RangeCallFrame;
    readonly shape: RangeShape;
    readonly stats: SampleStats;
    readonly nameRule: NameRule;
    readonly modes: EvalModes;
    /** Called with the labels of a series and its row. */
    readonly onRow?: ((labels: Labels, row: RowBuffer) => void) | undefined;
  }) {
    const { source, shape } = options;
    const names = namesAfter(source, options.nameRule, options.modes);
    this.steps = shape.grid.steps;
    this.dropsName = names.dropsName;
    this.isUnique = names.isUnique;
    this.commonName = names.commonName;
    this.#dropsNow = names.dropsNow;
    this.#source = source;
    this.#function = options.function;
    const metricName = (): string => this.#seriesLabels?.get(METRIC_NAME) ?? '';
    this.#call = { ...options.frame, metricName };
    this.#shape = shape;
    this.#stats = options.stats;
    this.#out = new RowBuffer(this.steps);
    this.#onRow = options.onRow;
    this.#endsMs = rangeEnds(shape);
    const lastMs = this.#endsMs.map((endMs) => endMs + shape.extraAheadMs);
    const backMs = shape.extraBackMs + shape.rangeMs + shape.extraAheadMs;
    this.#floats = new WindowBounds(lastMs, backMs);
    this.#histograms = new WindowBounds(lastMs, backMs);
  }

  get labels(): readonly Labels[] {
    const { labels } = this.#source;
    this.#labels ??= this.#dropsNow ? labels.map(withoutMetadata) : labels;
    return this.#labels;
  }

  read(index: number): Row {
    const out = this.#out;
    out.clear();
    const labels = this.#source.labels[index] as Labels;
    this.#seriesLabels = labels;
    const series = this.#source.read(index);
    const total = this.#floats.fill(series.timestampsMs, series.from, series.to);
    const isPlain = series.histograms === undefined && series.startTimestampsMs === undefined;
    const { extraBackMs, extraAheadMs } = this.#shape;
    if (series.histograms === undefined) this.#countFloats(total);
    if (isPlain && this.#function.floats !== undefined && extraBackMs + extraAheadMs === 0) {
      this.#function.floats(this.#floatWindows(series), this.#call, out);
    } else {
      this.#readStepwise(series, out);
    }
    this.#onRow?.(labels, out);
    return out;
  }

  #floatWindows({ timestampsMs, values }: RangeSeries): FloatWindows {
    const { from, to } = this.#floats;
    const endsMs = this.#endsMs;
    const scratch = this.#scratch;
    return { steps: this.steps, timestampsMs, values, from, to, endsMs, scratch };
  }

  #readStepwise(series: RangeSeries, out: RowBuffer): void {
    const { grid, rangeMs } = this.#shape;
    const { histograms } = series;
    if (histograms !== undefined) {
      this.#histograms.fillFromList(histograms.timestampsMs);
      this.#countMixed(histograms);
    }
    for (let step = 0; step < this.steps; step++) {
      const from = this.#floats.from[step] as number;
      const to = this.#floats.to[step] as number;
      const histogramFrom = histograms === undefined ? 0 : (this.#histograms.from[step] as number);
      const histogramTo = histograms === undefined ? 0 : (this.#histograms.to[step] as number);
      if (to - from + histogramTo - histogramFrom === 0) continue;
      const endMs = this.#endsMs[step] as number;
      const window: SampleWindow = {
        step,
        timeMs: grid.startMs + step * grid.stepMs,
        startMs: endMs - rangeMs,
        endMs,
        timestampsMs: series.timestampsMs,
        values: series.values,
        from,
        to,
        startTimestampsMs: series.startTimestampsMs,
        histograms,
        histogramFrom,
        histogramTo,
      };
      this.#function.window(window, this.#call, out);
    }
  }

  #countFloats(total: number): void {
    const stats = this.#stats;
    if (stats.totalPerStep === undefined) {
      stats.total += total;
      if (this.#shape.countsRead) stats.read += this.#newFloats();
      return;
    }
    const { from, to } = this.#floats;
    let seen = 0;
    for (let step = 0; step < this.steps; step++) {
      const start = from[step] as number;
      const end = to[step] as number;
      const read = this.#shape.countsRead ? end - Math.max(start, seen) : 0;
      stats.add(step, end - start, read);
      seen = Math.max(seen, end);
    }
  }

  /** Floats in any window, each counted once. */
  #newFloats(): number {
    const { from, to } = this.#floats;
    let count = 0;
    let seen = 0;
    for (let step = 0; step < this.steps; step++) {
      const end = to[step] as number;
      const start = from[step] as number;
      count += end - (start > seen ? start : Math.min(seen, end));
      if (end > seen) seen = end;
    }
    return count;
  }

  #countMixed({ histograms }: HistogramSamples): void {
    let seenFloats = 0;
    let seenHistograms = 0;
    for (let step = 0; step < this.steps; step++) {
      const from = this.#floats.from[step] as number;
      const to = this.#floats.to[step] as number;
      let total = to - from;
      let read = to - Math.max(from, Math.min(seenFloats, to));
      seenFloats = Math.max(seenFloats, to);
      const histogramTo = this.#histograms.to[step] as number;
      for (let at = this.#histograms.from[step] as number; at < histogramTo; at++) {
        const size = histogramSampleSize(histograms[at] as FloatHistogram);
        total += size;
        if (at >= seenHistograms) read += size;
      }
      seenHistograms = Math.max(seenHistograms, histogramTo);
      this.#stats.add(step, total, this.#shape.countsRead ? read : 0);
    }
  }
}

/** The end of the range at each step. */
function rangeEnds({ grid, offsetMs, atMs }: RangeShape): Float64Array {
  const endsMs = new Float64Array(grid.steps);
  for (let step = 0; step < grid.steps; step++) {
    endsMs[step] = (atMs ?? grid.startMs + step * grid.stepMs) - offsetMs;
  }
  return endsMs;
}
