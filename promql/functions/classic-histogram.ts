/** Quantiles and fractions of classic histograms: one series per bucket, counts cumulative. */
import { almostEqual } from '../histogram/equality.ts';

/**
 * Counts of neighbouring buckets closer than this are the same count with rounding errors, which
 * come from queries that were split and summed up again.
 */
const SMALL_DELTA_TOLERANCE = 1e-12;

/** The buckets of one histogram at one time. Filled anew for each, so that nothing is allocated. */
export class ClassicBuckets {
  length = 0;
  readonly #upperBounds: Float64Array;
  readonly #counts: Float64Array;

  /** @param capacity series the histogram has at most */
  constructor(capacity: number) {
    this.#upperBounds = new Float64Array(capacity);
    this.#counts = new Float64Array(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  /**
   * Bounds must come in ascending order. Counts of equal bounds, which two spellings of one number
   * can give, are added up.
   * @param count of observations up to and including the bound
   */
  push(upperBound: number, count: number): void {
    const last = this.length - 1;
    if (last >= 0 && this.#upperBounds[last] === upperBound) {
      this.#counts[last] = this.countAt(last) + count;
      return;
    }
    this.#upperBounds[this.length] = upperBound;
    this.#counts[this.length] = count;
    this.length++;
  }

  upperBoundAt(index: number): number {
    return this.#upperBounds[index] as number;
  }

  countAt(index: number): number {
    return this.#counts[index] as number;
  }

  setCount(index: number, count: number): void {
    this.#counts[index] = count;
  }

  /** Without a bucket up to +Inf the count of all observations is unknown. */
  get hasInfiniteBucket(): boolean {
    return this.length > 0 && this.upperBoundAt(this.length - 1) === Number.POSITIVE_INFINITY;
  }
}

/** Where and by how much counts fell from one bucket to the next, which cannot be. */
interface MonotonicityFix {
  readonly minBucket: number;
  readonly maxBucket: number;
  readonly maxDiff: number;
}

export interface BucketQuantile {
  readonly value: number;
  /** Undefined when counts did not fall. */
  readonly fix: MonotonicityFix | undefined;
}

/**
 * The q-quantile, interpolated linearly within its bucket. The lowest bucket begins at 0 when it
 * ends above; the last one gives its lower bound. NaN without a +Inf bucket, with fewer than two
 * buckets and without observations; -Inf and +Inf for q outside of 0 to 1.
 * @param buckets counts that fall are changed
 */
export function bucketQuantile(q: number, buckets: ClassicBuckets): BucketQuantile {
  if (Number.isNaN(q)) return { value: Number.NaN, fix: undefined };
  if (q < 0) return { value: Number.NEGATIVE_INFINITY, fix: undefined };
  if (q > 1) return { value: Number.POSITIVE_INFINITY, fix: undefined };
  if (!buckets.hasInfiniteBucket) return { value: Number.NaN, fix: undefined };
  const fix = makeMonotonic(buckets);
  return { value: interpolatedQuantile(q, buckets), fix };
}

function interpolatedQuantile(q: number, buckets: ClassicBuckets): number {
  const last = buckets.length - 1;
  const observations = buckets.countAt(last);
  if (last < 1 || observations === 0) return Number.NaN;
  const rank = q * observations;
  let at = 0;
  // Written so that NaN counts lead to the last bucket.
  while (at < last && !(buckets.countAt(at) >= rank)) at++;
  const upper = buckets.upperBoundAt(at);
  if (at === last) return buckets.upperBoundAt(last - 1);
  if (at === 0 && upper <= 0) return upper;
  const lower = at === 0 ? 0 : buckets.upperBoundAt(at - 1);
  const countBelow = at === 0 ? 0 : buckets.countAt(at - 1);
  return lower + (upper - lower) * ((rank - countBelow) / (buckets.countAt(at) - countBelow));
}

/** Raises counts that fall to the count before, and takes tiny differences for none. */
function makeMonotonic(buckets: ClassicBuckets): MonotonicityFix | undefined {
  let minBucket = Number.POSITIVE_INFINITY;
  let maxBucket = Number.NEGATIVE_INFINITY;
  let maxDiff = 0;
  let isForced = false;
  let highest = buckets.countAt(0);
  for (let at = 1; at < buckets.length; at++) {
    const count = buckets.countAt(at);
    if (count === highest) continue;
    const isTiny = almostEqual(highest, count, SMALL_DELTA_TOLERANCE);
    if (!isTiny && !(count < highest)) {
      highest = count;
      continue;
    }
    buckets.setCount(at, highest);
    if (isTiny) continue;
    isForced = true;
    minBucket = Math.min(minBucket, buckets.upperBoundAt(at));
    maxBucket = Math.max(maxBucket, buckets.upperBoundAt(at));
    maxDiff = Math.max(maxDiff, highest - count);
  }
  return isForced ? { minBucket, maxBucket, maxDiff } : undefined;
}

/**
 * The share of observations between two values, interpolated linearly. NaN without a +Inf bucket,
 * without observations and for NaN bounds; 0 when `lower` is not below `upper`.
 */
export function bucketFraction(lower: number, upper: number, buckets: ClassicBuckets): number {
  if (!buckets.hasInfiniteBucket) return Number.NaN;
  const count = buckets.countAt(buckets.length - 1);
  if (count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (bucketRank(upper, buckets) - bucketRank(lower, buckets)) / count;
}

/** Count of observations below a value. */
function bucketRank(value: number, buckets: ClassicBuckets): number {
  const total = buckets.countAt(buckets.length - 1);
  let countBelow = 0;
  let from = buckets.upperBoundAt(0) > 0 ? 0 : Number.NEGATIVE_INFINITY;
  for (let at = 0; at < buckets.length; at++) {
    if (from >= value) return Math.min(countBelow, total);
    const to = buckets.upperBoundAt(at);
    const count = buckets.countAt(at);
    if (to > value) {
      // In a bucket from -Inf on nothing is known of where its observations lie.
      if (from === Number.NEGATIVE_INFINITY) return Math.min(count, total);
      return Math.min(countBelow + ((count - countBelow) * (value - from)) / (to - from), total);
    }
    countBelow = count;
    from = to;
  }
  return total;
}
