import type { Labels } from '../model/labels.ts';
import type { MetricMetadata } from '../model/sink.ts';
import type { LabelSelection, LabelSource, SeriesExemplars } from '../model/source.ts';
import type { Head } from './head/head.ts';
import type { SeriesIndex } from './index/series-index.ts';
import type { HiddenSamples } from './read/merge-columns.ts';
import type { ExemplarReader } from './read/stored-exemplars.ts';
import type { SeenDays } from './seen-days.ts';
import type { MetadataCache } from './write/metadata-cache.ts';

export interface LabelReaderOptions {
  readonly index: SeriesIndex;
  readonly head: Head;
  readonly seen: SeenDays;
  readonly hidden: HiddenSamples;
  readonly metadata: MetadataCache;
  readonly exemplars: ExemplarReader;
}

/** Between batches of label sets other work gets its turn. */
const SERIES_PER_TURN = 20_000;

/**
 * Look-ups of labels, all from memory. Whether a series lies in a time range is known exactly for
 * samples of this process, and to the day for older ones.
 */
export class LabelReader implements LabelSource {
  readonly #options: LabelReaderOptions;

  constructor(options: LabelReaderOptions) {
    this.#options = options;
  }

  async series(selection: LabelSelection, signal: AbortSignal): Promise<readonly Labels[]> {
    const { index } = this.#options;
    const refs = this.#refs(selection);
    if (selection.matcherSets.length !== 1) index.sortByLabels(refs);
    const count = selection.limit > 0 ? Math.min(selection.limit, refs.length) : refs.length;
    const labels: Labels[] = [];
    for (let at = 0; at < count; at++) {
      if (at > 0 && at % SERIES_PER_TURN === 0) await new Promise((turn) => setImmediate(turn));
      signal.throwIfAborted();
      if (index.isLive(refs[at] as number)) labels.push(index.labels(refs[at] as number));
    }
    return labels;
  }

  async labelNames(selection: LabelSelection, signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    const names = this.#options.index.labelNames(this.#refsUnlessAll(selection));
    return limited(names, selection.limit);
  }

  async labelValues(
    name: string,
    selection: LabelSelection,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    signal.throwIfAborted();
    const values = this.#options.index.labelValues(name, this.#refsUnlessAll(selection));
    return limited(values, selection.limit);
  }

  exemplars(selection: LabelSelection, signal: AbortSignal): Promise<readonly SeriesExemplars[]> {
    const refs = this.#refs(selection);
    if (selection.matcherSets.length !== 1) this.#options.index.sortByLabels(refs);
    return this.#options.exemplars.read(refs, selection, signal);
  }

  metadata(
    metricName: string | undefined,
    limit: number,
  ): ReadonlyMap<string, readonly MetricMetadata[]> {
    return this.#options.metadata.read(metricName, limit);
  }

  /** undefined: every series there is, which the index answers without looking at them. */
  #refsUnlessAll(selection: LabelSelection): Uint32Array | undefined {
    const isAnyTime = selection.startMs <= 0 && selection.endMs >= Date.now();
    return selection.matcherSets.length === 0 && isAnyTime ? undefined : this.#refs(selection);
  }

  #refs(selection: LabelSelection): Uint32Array {
    const { index, seen, hidden } = this.#options;
    const { matcherSets, endMs } = selection;
    const startMs = Math.max(selection.startMs, hidden.beforeMs);
    const [first, ...others] = matcherSets;
    if (first === undefined) return seen.seenBetween(index, index.select([]), startMs, endMs);
    if (others.length === 0)
      return seen.seenBetween(index, index.selectSorted(first), startMs, endMs);
    const union = new Set<number>();
    for (const matchers of matcherSets) for (const ref of index.select(matchers)) union.add(ref);
    return seen.seenBetween(index, Uint32Array.from(union), startMs, endMs);
  }
}

function limited(texts: readonly string[], limit: number): readonly string[] {
  return limit > 0 && texts.length > limit ? texts.slice(0, limit) : texts;
}
