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
  readonly #found: ByTimes<Int32Array>;

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
    this.#found = new ByTimes(this.#find.bind(this), entriesMaxFor(this.steps));
  }

  get fullLabels(): readonly Labels[] {
    return this.labels;
  }

  read(index: number): Row {
    const out = this.#out;
    out.clear();
    const { columns, words } = this.#loaded;
    const { values, histograms, timestampsMs, offsets } = columns;
    const start = offsets[index] as number;
    const found = this.#found.get(timestampsMs, start, offsets[index + 1] as number);
    const { values: results, kinds } = out;
    let count = 0;
    for (let step = 0; step < found.length; step++) {
      const relative = found[step] as number;
      if (relative < 0) continue;
      const at = start + relative;
      if (histograms?.[at] !== undefined) {
        this.#takeHistogram(step, histograms[at]);
        continue;
      }
      const value = values[at] as number;
      if (value !== value && isStaleAt(words, at)) continue;
      results[step] = value;
      kinds[step] = FLOAT;
      count++;
    }
    this.#count(count);
    if (this.#output !== 'value') this.#replaceByTime(start, found);
    return out;
  }

  /** The sample that each step sees, counted from the first of the series, or -1. */
  #find(timestampsMs: Float64Array, start: number, end: number): Int32Array {
    const { grid, offsetMs, atMs, lookbackMs } = this.#node;
    const found = new Int32Array(grid.steps);
    let next = start;
    for (let step = 0; step < found.length; step++) {
      const timeMs = (atMs ?? grid.startMs + step * grid.stepMs) - offsetMs;
      if (step === 0) next = firstAfter(timestampsMs, start, end, timeMs);
      else while (next < end && (timestampsMs[next] as number) <= timeMs) next++;
      const isSeen = next > start && (timestampsMs[next - 1] as number) > timeMs - lookbackMs;
      found[step] = isSeen ? next - 1 - start : -1;
    }
    return found;
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

  #replaceByTime(start: number, found: Int32Array): void {
    const out = this.#out;
    const { timestampsMs, startTimestampsMs } = this.#loaded.columns;
    const times = this.#output === 'timestamp' ? timestampsMs : startTimestampsMs;
    for (let step = 0; step < this.steps; step++) {
      if (out.kinds[step] === ABSENT) continue;
      out.setFloat(step, (times?.[start + (found[step] as number)] ?? 0) / 1000);
    }
    out.histograms = undefined;
  }
}
