/** A LabelSource over a fixed list, for tests of what asks for labels. */
import type { Labels } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { MetricMetadata } from '../model/sink.ts';
import type { LabelSelection, LabelSource } from '../model/source.ts';

/** Label look-ups over a fixed list of series, whatever the times. */
export class ListedLabels implements LabelSource {
  readonly #series: readonly Labels[];
  readonly #metadata: ReadonlyMap<string, readonly MetricMetadata[]>;
  /** What was asked last. */
  lastSelection: LabelSelection | undefined;

  constructor(
    series: readonly Labels[],
    metadata: ReadonlyMap<string, readonly MetricMetadata[]> = new Map(),
  ) {
    this.#series = series;
    this.#metadata = metadata;
  }

  async series(selection: LabelSelection): Promise<readonly Labels[]> {
    return this.#cut(this.#select(selection), selection);
  }

  async labelNames(selection: LabelSelection): Promise<readonly string[]> {
    const names = this.#select(selection).flatMap((labels) =>
      Array.from(labels.entries(), ([name]) => name),
    );
    return this.#cut([...new Set(names)].sort(), selection);
  }

  async labelValues(name: string, selection: LabelSelection): Promise<readonly string[]> {
    const values = this.#select(selection).map((labels) => labels.get(name));
    return this.#cut([...new Set(values)].filter((value) => value !== '').sort(), selection);
  }

  async exemplars(): Promise<readonly never[]> {
    return [];
  }

  metadata(
    name: string | undefined,
    limit: number,
  ): ReadonlyMap<string, readonly MetricMetadata[]> {
    const entries = [...this.#metadata].filter(([key]) => name === undefined || key === name);
    return new Map(limit === 0 ? entries : entries.slice(0, limit));
  }

  #select(selection: LabelSelection): readonly Labels[] {
    this.lastSelection = selection;
    const { matcherSets } = selection;
    if (matcherSets.length === 0) return this.#series;
    return this.#series.filter((labels) =>
      matcherSets.some((matchers) => matchesAll(matchers, labels)),
    );
  }

  #cut<T>(items: readonly T[], { limit }: LabelSelection): readonly T[] {
    return limit === 0 ? items : items.slice(0, limit);
  }
}
