/** Calls of functions over range vectors: one row per series. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { METRIC_NAME } from '../../model/labels.ts';
import type {
  FloatRowFunction,
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
import { ByTimes, entriesMaxFor } from './same-times.ts';
import type { SampleStats } from './sample-stats.ts';
import { TimeWindows } from './time-windows.ts';

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

/** Called with the labels of a series and its row, until it is done. */
export type OnRow = (labels: Labels, row: RowBuffer) => 'done' | 'go on';

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
  /** Undefined where keeping windows does not pay. */
  readonly #sharedWindows: ByTimes<TimeWindows> | undefined;
  /** Filled for a series at a time. */
  readonly #ownWindows: TimeWindows;
  readonly #histogramWindows: TimeWindows;
  readonly #endsMs: Float64Array;
  #onRow: OnRow | undefined;
  readonly #floatRow: FloatRowFunction | undefined;
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
    readonly onRow?: OnRow | undefined;
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
    const needsExtension = shape.extraBackMs + shape.extraAheadMs > 0;
    const { floats, startFloats } = options.function;
    this.#floatRow = needsExtension ? undefined : (startFloats?.() ?? floats);
    const metricName = (): string => this.#seriesLabels?.get(METRIC_NAME) ?? '';
    this.#call = { ...options.frame, metricName };
    this.#shape = shape;
    this.#stats = options.stats;
    this.#out = new RowBuffer(this.steps);
    this.#onRow = options.onRow;
    this.#endsMs = rangeEnds(shape);
    const lastMs = this.#endsMs.map((endMs) => endMs + shape.extraAheadMs);
    const backMs = shape.extraBackMs + shape.rangeMs + shape.extraAheadMs;
    this.#ownWindows = new TimeWindows(lastMs, backMs);
    this.#histogramWindows = new TimeWindows(lastMs, backMs);
    const entriesMax = entriesMaxFor(this.steps);
    this.#sharedWindows =
      entriesMax === 0
        ? undefined
        : new ByTimes(
            (times, start, end) => new TimeWindows(lastMs, backMs).fill(times, start, end),
            entriesMax,
          );
  }

  get fullLabels(): readonly Labels[] {
    return this.#source.labels;
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
    const { timestampsMs, from, to } = series;
    const windows =
      this.#sharedWindows?.get(timestampsMs, from, to) ??
      this.#ownWindows.fill(timestampsMs, from, to);
    const isPlain = series.histograms === undefined && series.startTimestampsMs === undefined;
    if (series.histograms === undefined) this.#countFloats(windows);
    if (isPlain && this.#floatRow !== undefined) {
      this.#floatRow(this.#floatWindows(series, windows), this.#call, out);
    } else {
      this.#readStepwise(series, windows, out);
    }
    if (this.#onRow?.(labels, out) === 'done') this.#onRow = undefined;
    return out;
  }

  #floatWindows(series: RangeSeries, windows: TimeWindows): FloatWindows {
    const { timestampsMs, values, from: start, isRising } = series;
    const { from, to } = windows;
    const { steps } = this;
    const endsMs = this.#endsMs;
    const areShared = this.#sharedWindows !== undefined;
    return { steps, timestampsMs, values, start, from, to, isRising, endsMs, areShared };
  }

  #readStepwise(series: RangeSeries, windows: TimeWindows, out: RowBuffer): void {
    const { grid, rangeMs } = this.#shape;
    const { histograms } = series;
    const times = Float64Array.from(histograms?.timestampsMs ?? []);
    const ofHistograms = histograms && this.#histogramWindows.fill(times, 0, times.length);
    if (histograms !== undefined && ofHistograms !== undefined) {
      this.#countMixed(windows, histograms, ofHistograms);
    }
    for (let step = 0; step < this.steps; step++) {
      const from = series.from + (windows.from[step] as number);
      const to = series.from + (windows.to[step] as number);
      const histogramFrom = ofHistograms?.from[step] ?? 0;
      const histogramTo = ofHistograms?.to[step] ?? 0;
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

  #countFloats({ total, distinct, from, to }: TimeWindows): void {
    const stats = this.#stats;
    const { countsRead } = this.#shape;
    if (stats.totalPerStep === undefined) {
      stats.total += total;
      if (countsRead) stats.read += distinct;
      return;
    }
    let seen = 0;
    for (let step = 0; step < this.steps; step++) {
      const start = from[step] as number;
      const end = to[step] as number;
      stats.add(step, end - start, countsRead ? end - Math.max(start, seen) : 0);
      seen = end;
    }
  }

  #countMixed(
    floats: TimeWindows,
    { histograms }: HistogramSamples,
    ofHistograms: TimeWindows,
  ): void {
    let seenFloats = 0;
    let seenHistograms = 0;
    for (let step = 0; step < this.steps; step++) {
      const from = floats.from[step] as number;
      const to = floats.to[step] as number;
      let total = to - from;
      let read = to - Math.max(from, seenFloats);
      seenFloats = to;
      const histogramTo = ofHistograms.to[step] as number;
      for (let at = ofHistograms.from[step] as number; at < histogramTo; at++) {
        const size = histogramSampleSize(histograms[at] as FloatHistogram);
        total += size;
        if (at >= seenHistograms) read += size;
      }
      seenHistograms = histogramTo;
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
