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
  #buckets: CumulativeBucket[] = [];
  #count: number | undefined = undefined;
  #sum = 0;
  #isBroken = false;

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
    let at = this.#buckets.length;
    while (at > 0 && (this.#buckets[at - 1] as CumulativeBucket).bound >= bound) at--;
    if (this.#buckets[at]?.bound === bound) return;
    this.#buckets.splice(at, 0, { bound, count });
  }

  /** @returns undefined when the series are no histogram */
  toNative(isGauge: boolean): FloatHistogram | undefined {
    if (this.#isBroken) return undefined;
    const buckets = this.#buckets;
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
