/** What PromQL computes from one native histogram. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { BucketWalk } from '../histogram/bucket-walk.ts';
import { fractionBelow } from '../histogram/interpolate.ts';
import { KahanSum } from '../histogram/kahan.ts';
import { usesCustomBuckets } from '../histogram/schema.ts';

export interface NativeQuantile {
  readonly value: number;
  /** What observations of NaN, which are in no bucket, did to the value. */
  readonly nanEffect: 'none' | 'skewed-higher' | 'is-nan';
}

interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/**
 * The q-quantile. Custom buckets and the zero bucket are interpolated linearly, exponential ones
 * exponentially: as if they were cut ever finer. NaN without observations; -Inf and +Inf for q
 * outside of 0 to 1.
 */
export function nativeQuantile(q: number, h: FloatHistogram): NativeQuantile {
  if (q < 0) return { value: Number.NEGATIVE_INFINITY, nanEffect: 'none' };
  if (q > 1) return { value: Number.POSITIVE_INFINITY, nanEffect: 'none' };
  if (h.count === 0 || Number.isNaN(q)) return { value: Number.NaN, nanEffect: 'none' };

  // From the nearer end, for accuracy; observations of NaN are missing at the upper one.
  const mayHaveNaNs = Number.isNaN(h.sum);
  const isForward = mayHaveNaNs || q < 0.5;
  const walk = new BucketWalk(h, isForward ? 'ascending' : 'descending');
  const rank = isForward ? q * h.count : (1 - q) * h.count;
  let countSoFar = 0;
  let found: Bucket | undefined;
  while (found === undefined && walk.next()) {
    if (walk.count === 0) continue;
    countSoFar += walk.count;
    if (countSoFar >= rank) found = boundsAndCount(walk);
  }
  const bucket = found ?? lastBucket(h, isForward);
  if (usesCustomBuckets(h)) {
    const isOpenBelow = bucket.lower === Number.NEGATIVE_INFINITY;
    if (isOpenBelow && bucket.upper <= 0) return { value: bucket.upper, nanEffect: 'none' };
    const isOpenAbove = bucket.upper === Number.POSITIVE_INFINITY;
    if (isOpenAbove && !isOpenBelow) return { value: bucket.lower, nanEffect: 'none' };
  }
  const { lower, upper, count } = naturalBucket(h, bucket);
  // Rounding can make the buckets hold more than the whole.
  const reached = Math.min(countSoFar, h.count);
  if (reached < rank) {
    if (mayHaveNaNs) return { value: Number.NaN, nanEffect: 'is-nan' };
    return { value: upper, nanEffect: 'none' };
  }
  const rankInBucket = isForward ? rank - (reached - count) : reached - rank;
  const isSkewed = mayHaveNaNs && reached + countOfRest(walk) < h.count;
  return {
    value: valueWithin(lower, upper, rankInBucket / count, usesCustomBuckets(h)),
    nanEffect: isSkewed ? 'skewed-higher' : 'none',
  };
}

/** The value that lies `fraction` of the way through a bucket. */
function valueWithin(lower: number, upper: number, fraction: number, isCustom: boolean): number {
  if (isCustom || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction;
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  return lower > 0
    ? 2 ** (logLower + (logUpper - logLower) * fraction)
    : -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}

/**
 * Zero is a natural end: of the zero bucket when all other buckets lie on one side of it, and of a
 * custom bucket that begins at -Inf and ends above zero.
 */
function naturalBucket(h: FloatHistogram, { lower, upper, count }: Bucket): Bucket {
  if (usesCustomBuckets(h)) {
    const beginsAtZero = lower === Number.NEGATIVE_INFINITY && upper > 0;
    return { lower: beginsAtZero ? 0 : lower, upper, count };
  }
  if (lower < 0 && upper > 0) {
    const hasPositive = h.positiveBuckets.length > 0;
    const hasNegative = h.negativeBuckets.length > 0;
    if (hasPositive && !hasNegative) return { lower: 0, upper, count };
    if (hasNegative && !hasPositive) return { lower, upper: 0, count };
  }
  return { lower, upper, count };
}

function boundsAndCount({ lower, upper, count }: Bucket): Bucket {
  return { lower, upper, count };
}

function lastBucket(h: FloatHistogram, isForward: boolean): Bucket {
  const walk = new BucketWalk(h, isForward ? 'ascending' : 'descending');
  let last: Bucket = { lower: 0, upper: 0, count: 0 };
  while (walk.next()) last = boundsAndCount(walk);
  return last;
}

function countOfRest(walk: BucketWalk): number {
  let count = 0;
  while (walk.next()) count += walk.count;
  return count;
}

export interface NativeFraction {
  readonly value: number;
  /** Observations of NaN are in no fraction. */
  readonly hasNaNs: boolean;
}

/**
 * The share of observations between two values. NaN without observations and for NaN bounds; 0
 * when `lower` is not below `upper`.
 */
export function nativeFraction(lower: number, upper: number, h: FloatHistogram): NativeFraction {
  if (h.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) {
    return { value: Number.NaN, hasNaNs: false };
  }
  if (lower >= upper) return { value: 0, hasNaNs: false };
  const mayHaveNaNs = Number.isNaN(h.sum);
  const inBuckets = mayHaveNaNs ? countOfRest(new BucketWalk(h)) : h.count;
  const below = (value: number): number => Math.min(nativeRank(value, h) ?? inBuckets, inBuckets);
  return {
    value: (below(upper) - below(lower)) / h.count,
    hasNaNs: mayHaveNaNs && inBuckets < h.count,
  };
}

/** Count of observations below a value; undefined when all buckets lie below it. */
function nativeRank(value: number, h: FloatHistogram): number | undefined {
  const walk = new BucketWalk(h);
  let countBelow = 0;
  while (walk.next()) {
    const { lower, upper } = bucketOfFraction(h, walk);
    if (lower >= value) return countBelow;
    if (upper > value) {
      // In a bucket from -Inf on nothing is known of where its observations lie.
      if (lower === Number.NEGATIVE_INFINITY) return walk.count;
      const isLinear = usesCustomBuckets(h) || (lower <= 0 && upper >= 0);
      return countBelow + walk.count * fractionBelow(lower, upper, value, isLinear);
    }
    countBelow += walk.count;
  }
  return undefined;
}

/** Unlike quantiles, fractions let a custom bucket begin at 0 only if it holds 0. */
function bucketOfFraction(
  h: FloatHistogram,
  { lower, upper }: Omit<Bucket, 'count'>,
): Omit<Bucket, 'count'> {
  if (lower <= 0 && upper >= 0) {
    const hasPositive = h.positiveBuckets.length > 0;
    const hasNegative = h.negativeBuckets.length > 0;
    if (hasPositive && !hasNegative) return { lower: 0, upper };
    if (hasNegative && !hasPositive) return { lower, upper: 0 };
  }
  return { lower, upper };
}

export function histogramAverage(h: FloatHistogram): number {
  return h.sum / h.count;
}

/**
 * The variance of the observations, each taken to lie in the middle of its bucket: arithmetic for
 * custom buckets, geometric for exponential ones, 0 for the zero bucket.
 */
export function histogramVariance(h: FloatHistogram): number {
  const mean = h.sum / h.count;
  const sum = new KahanSum();
  const walk = new BucketWalk(h);
  while (walk.next()) {
    if (walk.count === 0) continue;
    const delta = middleOf(walk.lower, walk.upper, usesCustomBuckets(h)) - mean;
    sum.add(walk.count * delta * delta);
  }
  return sum.value / h.count;
}

function middleOf(lower: number, upper: number, isCustom: boolean): number {
  if (isCustom) return (upper + lower) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  const geometric = Math.sqrt(upper * lower);
  return upper < 0 ? -geometric : geometric;
}
