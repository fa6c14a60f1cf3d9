/** Instant vector selectors: at each step the last sample of the lookback. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { isStaleAt } from '../../model/value-bits.ts';
import { histogramSampleSize } from '../histogram/sample-size.ts';
import { firstAfter, type LoadedColumns, nameOf } from './loaded-columns.ts';
import type { SelectorNode } from './plan.ts';
import { ABSENT, FLOAT, type Row, RowBuffer, type RowSource } from './rows.ts';
import { ByTimes, entriesMaxFor } from './same-times.ts';
import type { SampleStats } from './sample-stats.ts';

/** What a cell says about the sample found: its value, or one of its times in seconds. */
export type SelectorOutput = 'value' | 'timestamp' | 'start-timestamp';

/** The sample that each step sees, the same for all series with the same timestamps. */
interface SeenEntries {
  /** Counted from the first sample of the series, or NONE. */
  readonly entries: Int32Array;
  readonly isAtEachStep: boolean;
}

const NONE = -1;

export class SelectorRows implements RowSource {
  readonly labels: readonly Labels[];
  readonly dropsName: Uint8Array;
  readonly isUnique = true;
  readonly commonName: string | undefined;
  readonly steps: number;
  readonly #node: Pick<SelectorNode, 'grid' | 'offsetMs' | 'atMs' | 'lookbackMs'>;
  readonly #loaded: LoadedColumns;
  readonly #stats: SampleStats;
  readonly #output: SelectorOutput;
  readonly #out: RowBuffer;
  readonly #seen: ByTimes<SeenEntries>;
  /** Filled for a series at a time, where keeping what was found does not pay. */
  readonly #ownEntries: Int32Array | undefined;

  constructor(
    node: Pick<SelectorNode, 'grid' | 'offsetMs' | 'atMs' | 'lookbackMs' | 'matchers'>,
    loaded: LoadedColumns,
    stats: SampleStats,
    output: SelectorOutput = 'value',
  ) {
    this.labels = loaded.columns.labels;
    this.dropsName = new Uint8Array(this.labels.length);
    this.commonName = nameOf(node.matchers);
    this.steps = node.grid.steps;
    this.#node = node;
    this.#loaded = loaded;
    this.#stats = stats;
    this.#output = output;
    this.#out = new RowBuffer(this.steps);
    const entriesMax = entriesMaxFor(this.steps);
    this.#seen = new ByTimes(this.#find.bind(this), entriesMax);
    this.#ownEntries = entriesMax === 0 ? new Int32Array(this.steps) : undefined;
  }

  get fullLabels(): readonly Labels[] {
    return this.labels;
  }

  read(index: number): Row {
    const out = this.#out;
    out.clear();
    const { timestampsMs, offsets, histograms } = this.#loaded.columns;
    const start = offsets[index] as number;
    const seen = this.#seen.get(timestampsMs, start, offsets[index + 1] as number);
    const isFull = seen.isAtEachStep && histograms === undefined && this.#fillFull(start, seen);
    if (isFull) out.markFull();
    this.#count(isFull ? this.steps : this.#fillStepwise(start, seen));
    if (this.#output !== 'value') this.#replaceByTime(start, seen);
    return out;
  }

  /** @returns false for a series with a NaN, which may be a stale marker */
  #fillFull(start: number, { entries }: SeenEntries): boolean {
    const { values } = this.#loaded.columns;
    const { values: results } = this.#out;
    let difference = 0;
    for (let step = 0; step < entries.length; step++) {
      const value = values[start + (entries[step] as number)] as number;
      results[step] = value;
      // 0 for a number, NaN for NaN and the infinities: one test at the end for all steps.
      difference += value - value;
    }
    return difference === 0;
  }

  /** @returns the number of floats */
  #fillStepwise(start: number, { entries }: SeenEntries): number {
    const { columns, words } = this.#loaded;
    const { values, histograms } = columns;
    const { values: results, kinds } = this.#out;
    let count = 0;
    for (let step = 0; step < entries.length; step++) {
      const entry = entries[step] as number;
      if (entry < 0) continue;
      const at = start + entry;
      const histogram = histograms?.[at];
      if (histogram !== undefined) {
        this.#takeHistogram(step, histogram);
        continue;
      }
      const value = values[at] as number;
      if (value !== value && isStaleAt(words, at)) continue;
      results[step] = value;
      kinds[step] = FLOAT;
      count++;
    }
    return count;
  }

  #find(timestampsMs: Float64Array, start: number, end: number): SeenEntries {
    const { grid, offsetMs, atMs, lookbackMs } = this.#node;
    const entries = this.#ownEntries ?? new Int32Array(grid.steps);
    let isAtEachStep = true;
    let next = start;
    for (let step = 0; step < entries.length; step++) {
      const timeMs = (atMs ?? grid.startMs + step * grid.stepMs) - offsetMs;
      if (step === 0) next = firstAfter(timestampsMs, start, end, timeMs);
      else while (next < end && (timestampsMs[next] as number) <= timeMs) next++;
      const isSeen = next > start && (timestampsMs[next - 1] as number) > timeMs - lookbackMs;
      entries[step] = isSeen ? next - 1 - start : NONE;
      isAtEachStep &&= isSeen;
    }
    return { entries, isAtEachStep };
  }

  #takeHistogram(step: number, histogram: FloatHistogram): void {
    if (histogram.isStale) return;
    this.#out.setHistogram(step, histogram);
    const size = this.#output === 'value' ? histogramSampleSize(histogram) : 1;
    this.#stats.add(step, size, size);
  }

  #count(floatCount: number): void {
    if (this.#stats.totalPerStep === undefined) {
      this.#stats.total += floatCount;
      this.#stats.read += floatCount;
      return;
    }
    for (let step = 0; step < this.steps; step++) {
      if (this.#out.kinds[step] === FLOAT) this.#stats.add(step, 1, 1);
    }
  }

  #replaceByTime(start: number, { entries }: SeenEntries): void {
    const out = this.#out;
    const { timestampsMs, startTimestampsMs } = this.#loaded.columns;
    const times = this.#output === 'timestamp' ? timestampsMs : startTimestampsMs;
    for (let step = 0; step < this.steps; step++) {
      if (out.kinds[step] === ABSENT) continue;
      out.setFloat(step, (times?.[start + (entries[step] as number)] ?? 0) / 1000);
    }
    out.histograms = undefined;
  }
}
