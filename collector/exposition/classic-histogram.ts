/** Puts the series of a classic histogram together into a native one with custom buckets. */
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';
import { compactHistogram } from '../../model/histogram-buckets.ts';

interface CumulativeBucket {
  readonly bound: number;
  readonly count: number;
}

/**
 * Takes counts and sum in any order. A histogram that cannot be (negative or falling counts, a
 * count that is not the last bucket's) gives none.
 */
export class ClassicHistogram {
  readonly #buckets: CumulativeBucket[] = [];
  #count: number | undefined = undefined;
  #sum = 0;
  #isBroken = false;
  #isOrdered = true;

  setSum(sum: number): void {
    this.#sum = sum;
  }

  setCount(count: number): void {
    if (count < 0) this.#isBroken = true;
    this.#count = count;
  }

  /** @param count of observations up to `bound`; of a bound given twice the first counts */
  setBucket(bound: number, count: number): void {
    if (Number.isNaN(bound) || count < 0) {
      this.#isBroken = true;
      return;
    }
    const last = this.#buckets.at(-1);
    if (last !== undefined && last.bound >= bound) this.#isOrdered = false;
    this.#buckets.push({ bound, count });
  }

  /** @returns undefined when the series are no histogram */
  toNative(isGauge: boolean): FloatHistogram | undefined {
    if (this.#isBroken) return undefined;
    const buckets = this.#isOrdered ? this.#buckets : ordered(this.#buckets);
    const count = this.#count ?? buckets.at(-1)?.count ?? 0;
    const bounded = buckets.filter(({ bound }) => bound !== Number.POSITIVE_INFINITY);
    const infinite = buckets.length > bounded.length ? buckets.at(-1)?.count : count;
    if (infinite !== count) return undefined;
    const counts: number[] = [];
    let before = 0;
    for (const cumulative of [...bounded.map((bucket) => bucket.count), count]) {
      if (cumulative < before) return undefined;
      counts.push(cumulative - before);
      before = cumulative;
    }
    return compactHistogram({
      counterResetHint: isGauge ? 'gauge' : 'unknown',
      schema: CUSTOM_BUCKETS_SCHEMA,
      zeroThreshold: 0,
      zeroCount: 0,
      count,
      sum: this.#sum,
      positiveSpans: [{ offset: 0, length: counts.length }],
      negativeSpans: [],
      positiveBuckets: counts,
      negativeBuckets: [],
      customValues: bounded.map(({ bound }) => bound),
      isStale: false,
    });
  }
}

/** Ascending bounds, each once. */
function ordered(buckets: readonly CumulativeBucket[]): CumulativeBucket[] {
  const sorted = buckets.toSorted((a, b) => (a.bound === b.bound ? 0 : a.bound - b.bound));
  return sorted.filter(({ bound }, index) => bound !== sorted[index - 1]?.bound);
}
