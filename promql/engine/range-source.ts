/** Where functions over range vectors take their samples from. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { isStaleAt } from '../../model/value-bits.ts';
import type { HistogramSamples, RangeSeries } from '../functions/range-function.ts';
import { type Grid, gridTimestamps } from './grid.ts';
import { type LoadedColumns, nameOf } from './loaded-columns.ts';
import type { WindowNode } from './plan.ts';
import { FLOAT, HISTOGRAM, histogramAt, type Row, type RowSource } from './rows.ts';

/** The series of a range vector. A series that is read is valid until the next is. */
export interface RangeSource {
  readonly labels: readonly Labels[];
  readonly dropsName: Uint8Array;
  readonly isUnique: boolean;
  readonly commonName: string | undefined;
  read(index: number): RangeSeries;
}

/** Stored samples. Series without stale markers and histograms are views, nothing is copied. */
export class StoredSeries implements RangeSource {
  readonly labels: readonly Labels[];
  readonly dropsName: Uint8Array;
  readonly isUnique = true;
  readonly commonName: string | undefined;
  readonly #loaded: LoadedColumns;
  readonly #usesStarts: boolean;
  readonly #copy = new SeriesCopy();

  constructor(node: Pick<WindowNode, 'matchers'>, loaded: LoadedColumns, usesStarts: boolean) {
    this.labels = loaded.columns.labels;
    this.dropsName = new Uint8Array(this.labels.length);
    this.commonName = nameOf(node.matchers);
    this.#loaded = loaded;
    this.#usesStarts = usesStarts;
  }

  read(index: number): RangeSeries {
    const { columns } = this.#loaded;
    const { timestampsMs, values, histograms, offsets } = columns;
    const from = offsets[index] as number;
    const to = offsets[index + 1] as number;
    const starts = this.#usesStarts ? columns.startTimestampsMs : undefined;
    if (histograms === undefined) {
      const isRising = isRisingBetween(values, from, to);
      if (isRising || !this.#hasStale(from, to)) {
        const startTimestampsMs = starts;
        return { timestampsMs, values, from, to, startTimestampsMs, histograms, isRising };
      }
    }
    const copy = this.#copy;
    copy.start(to - from, starts !== undefined);
    for (let at = from; at < to; at++) {
      const timeMs = timestampsMs[at] as number;
      const startMs = starts?.[at] ?? 0;
      const histogram = histograms?.[at];
      if (histogram !== undefined) {
        if (!histogram.isStale) copy.pushHistogram(timeMs, histogram, startMs);
        continue;
      }
      const value = values[at] as number;
      if (value !== value && isStaleAt(this.#loaded.words, at)) continue;
      copy.pushFloat(timeMs, value, startMs);
    }
    return copy.series();
  }

  #hasStale(from: number, to: number): boolean {
    const { columns, words } = this.#loaded;
    const { values } = columns;
    for (let at = from; at < to; at++) {
      const value = values[at] as number;
      if (value !== value && isStaleAt(words, at)) return true;
    }
    return false;
  }
}

/** The points of a subquery. */
export class SubquerySeries implements RangeSource {
  readonly labels: readonly Labels[];
  readonly dropsName: Uint8Array;
  readonly isUnique: boolean;
  readonly commonName: string | undefined;
  readonly #rows: RowSource;
  readonly #timestampsMs: Float64Array;
  readonly #copy = new SeriesCopy();

  constructor(rows: RowSource, grid: Grid) {
    this.labels = rows.labels;
    this.dropsName = rows.dropsName;
    this.isUnique = rows.isUnique;
    this.commonName = rows.commonName;
    this.#rows = rows;
    this.#timestampsMs = gridTimestamps(grid);
  }

  read(index: number): RangeSeries {
    const { steps } = this.#rows;
    const row = this.#rows.read(index);
    const timestampsMs = this.#timestampsMs;
    if (row.base === 0 && isAllFloats(row, steps)) {
      const { values } = row;
      const none = { startTimestampsMs: undefined, histograms: undefined, isRising: false };
      return { timestampsMs, values, from: 0, to: steps, ...none };
    }
    const copy = this.#copy;
    copy.start(steps, false);
    for (let step = 0; step < steps; step++) {
      const cell = row.base + step;
      const timeMs = timestampsMs[step] as number;
      const kind = row.kinds[cell];
      if (kind === FLOAT) copy.pushFloat(timeMs, row.values[cell] as number, 0);
      else if (kind === HISTOGRAM) copy.pushHistogram(timeMs, unhinted(histogramAt(row, cell)), 0);
    }
    return copy.series();
  }
}

function isAllFloats({ kinds, base }: Row, steps: number): boolean {
  for (let cell = base; cell < base + steps; cell++) if (kinds[cell] !== FLOAT) return false;
  return true;
}

/**
 * Hints tell of the sample before, which a subquery may have left out or given twice; so what they
 * say of resets does not hold between its points.
 */
function unhinted(histogram: FloatHistogram): FloatHistogram {
  const { counterResetHint } = histogram;
  if (counterResetHint !== 'reset' && counterResetHint !== 'not_reset') return histogram;
  return { ...histogram, counterResetHint: 'unknown' };
}

/**
 * Floats and histograms of a series, taken apart. Arrays are used again and again, but for the
 * times: that two series have the same times is told by them.
 */
class SeriesCopy {
  #timestampsMs = new Float64Array(0);
  #values = new Float64Array(0);
  #starts = new Float64Array(0);
  #count = 0;
  #hasStarts = false;
  #histogramTimes: number[] = [];
  #histogramStarts: number[] = [];
  #histograms: FloatHistogram[] = [];

  start(capacity: number, hasStarts: boolean): void {
    this.#count = 0;
    this.#hasStarts = hasStarts;
    this.#histogramTimes = [];
    this.#histogramStarts = [];
    this.#histograms = [];
    this.#timestampsMs = new Float64Array(capacity);
    if (this.#values.length >= capacity) return;
    this.#values = new Float64Array(capacity);
    this.#starts = new Float64Array(capacity);
  }

  pushFloat(timeMs: number, value: number, startMs: number): void {
    this.#timestampsMs[this.#count] = timeMs;
    this.#values[this.#count] = value;
    this.#starts[this.#count] = startMs;
    this.#count++;
  }

  pushHistogram(timeMs: number, histogram: FloatHistogram, startMs: number): void {
    this.#histogramTimes.push(timeMs);
    this.#histograms.push(histogram);
    this.#histogramStarts.push(startMs);
  }

  series(): RangeSeries {
    const histograms: HistogramSamples | undefined =
      this.#histograms.length === 0
        ? undefined
        : {
            count: this.#histograms.length,
            timestampsMs: this.#histogramTimes,
            histograms: this.#histograms,
            startTimestampsMs: this.#hasStarts ? this.#histogramStarts : undefined,
          };
    return {
      timestampsMs: this.#timestampsMs,
      values: this.#values,
      from: 0,
      to: this.#count,
      startTimestampsMs: this.#hasStarts ? this.#starts : undefined,
      histograms,
      isRising: false,
    };
  }
}

/** False for a NaN, so also for a stale marker. */
function isRisingBetween(values: Float64Array, from: number, to: number): boolean {
  let previous = -Infinity;
  for (let index = from; index < to; index++) {
    const value = values[index] as number;
    if (!(value >= previous)) return false;
    previous = value;
  }
  return true;
}
