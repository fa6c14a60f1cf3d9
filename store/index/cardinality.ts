import { compareUtf8, METRIC_NAME } from '../../model/labels.ts';
import type { LabelPairs } from './label-pairs.ts';
import type { Postings } from './postings.ts';

interface NamedCount {
  readonly name: string;
  readonly value: number;
}

/** What `/api/v1/status/tsdb` tells, under its names; each list largest first. */
export interface Cardinality {
  readonly seriesCount: number;
  readonly labelPairCount: number;
  readonly seriesCountByMetricName: readonly NamedCount[];
  readonly labelValueCountByLabelName: readonly NamedCount[];
  /** Prometheus' measure: bytes of each value times the series that carry it. */
  readonly memoryInBytesByLabelName: readonly NamedCount[];
  readonly seriesCountByLabelValuePair: readonly NamedCount[];
}

/** @param limit entries per list */
export function readCardinality(
  pairs: LabelPairs,
  postings: Postings,
  seriesCount: number,
  limit: number,
): Cardinality {
  const metrics = new TopList(limit);
  const valueCounts = new TopList(limit);
  const memory = new TopList(limit);
  const labelPairs = new TopList(limit);
  for (const name of pairs.names()) {
    if (name.pairs.length === 0) continue;
    valueCounts.offer(name.name, name.pairs.length);
    let bytes = 0;
    for (const pair of name.pairs) {
      const count = postings.count(pair);
      const value = pairs.value(pair);
      bytes += Buffer.byteLength(value) * count;
      if (name.name === METRIC_NAME) metrics.offer(value, count);
      if (labelPairs.takes(count)) labelPairs.offer(`${name.name}=${value}`, count);
    }
    memory.offer(name.name, bytes);
  }
  return {
    seriesCount,
    labelPairCount: pairs.count,
    seriesCountByMetricName: metrics.entries(),
    labelValueCountByLabelName: valueCounts.entries(),
    memoryInBytesByLabelName: memory.entries(),
    seriesCountByLabelValuePair: labelPairs.entries(),
  };
}

/** The largest of many, in a list that is cut when it is twice too long. */
class TopList {
  readonly #limit: number;
  #entries: NamedCount[] = [];
  #leastValue = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  takes(value: number): boolean {
    return value >= this.#leastValue;
  }

  offer(name: string, value: number): void {
    if (!this.takes(value)) return;
    this.#entries.push({ name, value });
    if (this.#entries.length < this.#limit * 2 + 16) return;
    this.#entries = this.entries();
    this.#leastValue = this.#entries.at(-1)?.value ?? 0;
  }

  entries(): NamedCount[] {
    return this.#entries
      .toSorted((a, b) => b.value - a.value || compareUtf8(a.name, b.name))
      .slice(0, this.#limit);
  }
}
