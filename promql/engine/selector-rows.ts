/** Instant vector selectors: at each step the last sample of the lookback. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { isStaleAt } from '../../model/value-bits.ts';
import { histogramSampleSize } from '../histogram/sample-size.ts';
import { firstAfter, type LoadedColumns, nameOf } from './loaded-columns.ts';
import type { SelectorNode } from './plan.ts';
import { FLOAT, HISTOGRAM, type Row, RowBuffer, type RowSource } from './rows.ts';
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
  readonly #found: Int32Array;

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
    this.#found = new Int32Array(this.steps);
  }

  read(index: number): Row {
    const out = this.#out;
    out.clear();
    this.#find(index);
    const { columns, words } = this.#loaded;
    const { values, histograms } = columns;
    const found = this.#found;
    let count = 0;
    for (let step = 0; step < found.length; step++) {
      const at = found[step] as number;
      if (at < 0) continue;
      const histogram = histograms?.[at];
      if (histogram !== undefined) {
        if (!histogram.isStale) this.#takeHistogram(step, at, histogram);
        continue;
      }
      const value = values[at] as number;
      if (value !== value && isStaleAt(words, at)) continue;
      out.values[step] = value;
      out.kinds[step] = FLOAT;
      count++;
    }
    this.#count(count);
    if (this.#output !== 'value') this.#replaceByTime();
    return out;
  }

  /** Fills `#found` with the entry each step sees, or -1. */
  #find(index: number): void {
    const { grid, offsetMs, atMs, lookbackMs } = this.#node;
    const { offsets, timestampsMs } = this.#loaded.columns;
    const end = offsets[index + 1] as number;
    const start = offsets[index] as number;
    const found = this.#found;
    let next = start;
    for (let step = 0; step < found.length; step++) {
      const timeMs = (atMs ?? grid.startMs + step * grid.stepMs) - offsetMs;
      if (step === 0) next = firstAfter(timestampsMs, start, end, timeMs);
      else while (next < end && (timestampsMs[next] as number) <= timeMs) next++;
      const isSeen = next > start && (timestampsMs[next - 1] as number) > timeMs - lookbackMs;
      found[step] = isSeen ? next - 1 : -1;
    }
  }

  #takeHistogram(step: number, at: number, histogram: FloatHistogram): void {
    this.#out.setHistogram(step, histogram);
    // `found` stays, the time of the sample is taken from it.
    this.#found[step] = at;
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

  #replaceByTime(): void {
    const out = this.#out;
    const { timestampsMs, startTimestampsMs } = this.#loaded.columns;
    const times = this.#output === 'timestamp' ? timestampsMs : startTimestampsMs;
    for (let step = 0; step < this.steps; step++) {
      const kind = out.kinds[step] as number;
      if (kind !== FLOAT && kind !== HISTOGRAM) continue;
      out.setFloat(step, (times?.[this.#found[step] as number] ?? 0) / 1000);
    }
    out.histograms = undefined;
  }
}
