/** `h </ bound` and `h >/ bound`: only the observations below or above a bound. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { compactHistogram } from '../../model/histogram-buckets.ts';
import { bucketInterval, type Interval } from './bounds.ts';
import { SpanCursor } from './bucket-walk.ts';
import { fractionBelow } from './interpolate.ts';
import { usesCustomBuckets } from './schema.ts';

/** What is kept: observations below the bound (`</`) or above it (`>/`). */
export type KeptSide = 'below' | 'above';

interface Kept {
  readonly count: number;
  /** Where the kept observations are taken to lie, for the new sum. */
  readonly midpoint: number;
}

const NOTHING: Kept = { count: 0, midpoint: 0 };

/**
 * The bucket that the bound cuts is split by interpolation, and the sum is estimated from the
 * middles of the buckets, unless there is nothing to take away: then the result is `h`.
 */
export function trimHistogram(h: FloatHistogram, bound: number, side: KeptSide): FloatHistogram {
  let count = 0;
  let sum = 0;
  let isTrimmed = false;
  const note = (before: number, kept: Kept): number => {
    if (kept.count !== before) isTrimmed = true;
    if (kept.count !== 0) {
      count += kept.count;
      sum += kept.midpoint * kept.count;
    }
    return kept.count;
  };

  const isLinear = usesCustomBuckets(h);
  const positiveBuckets = [...h.positiveBuckets];
  const positive = new SpanCursor(h.positiveSpans, positiveBuckets.length);
  while (positive.next()) {
    const before = positiveBuckets[positive.position] as number;
    if (before === 0) continue;
    const interval = bucketInterval(h, 'positive', positive.index);
    const kept = keptOf(interval, before, bound, side, isLinear ? 'linear' : 'positive');
    positiveBuckets[positive.position] = note(before, kept);
  }
  const negativeBuckets = [...h.negativeBuckets];
  const negative = new SpanCursor(h.negativeSpans, negativeBuckets.length);
  while (negative.next()) {
    const before = negativeBuckets[negative.position] as number;
    if (before === 0) continue;
    const interval = bucketInterval(h, 'negative', negative.index);
    negativeBuckets[negative.position] = note(
      before,
      keptOf(interval, before, bound, side, 'negative'),
    );
  }
  const zeroCount = h.zeroCount > 0 ? note(h.zeroCount, keptOfZero(h, bound, side)) : h.zeroCount;

  if (!isTrimmed) return h;
  return compactHistogram({ ...h, count, sum, zeroCount, positiveBuckets, negativeBuckets });
}

type Spread = 'linear' | 'positive' | 'negative';

function keptOf(
  { lower, upper }: Interval,
  count: number,
  bound: number,
  side: KeptSide,
  spread: Spread,
): Kept {
  const isWhole = side === 'below' ? upper <= bound : lower >= bound;
  if (isWhole) return { count, midpoint: midpointOf(lower, upper, spread) };
  const isCut = side === 'below' ? lower < bound : upper > bound;
  if (!isCut) return NOTHING;
  if (lower === Number.NEGATIVE_INFINITY) return keptOfLowest(upper, count, bound, side);
  if (upper === Number.POSITIVE_INFINITY) {
    // How observations spread up to infinity is unknown, so the bucket goes or stays as a whole.
    return side === 'above' ? { count, midpoint: bound } : NOTHING;
  }
  const below = count * fractionBelow(lower, upper, bound, spread === 'linear');
  return side === 'below'
    ? { count: below, midpoint: midpointOf(lower, bound, spread) }
    : { count: count - below, midpoint: midpointOf(bound, upper, spread) };
}

/** A cut bucket from -Inf on, which only custom bounds have; it is taken to begin at 0 if it can. */
function keptOfLowest(upper: number, count: number, bound: number, side: KeptSide): Kept {
  const beginsAtZero = upper > 0 && upper !== Number.POSITIVE_INFINITY;
  if (side === 'below') {
    if (beginsAtZero && bound > 0) return { count: (count * bound) / upper, midpoint: bound / 2 };
    return upper <= 0 ? { count, midpoint: bound } : NOTHING;
  }
  if (!beginsAtZero || bound < 0) return NOTHING;
  return { count: count * (1 - bound / upper), midpoint: (bound + upper) / 2 };
}

function keptOfZero(h: FloatHistogram, bound: number, side: KeptSide): Kept {
  const hasPositive = h.positiveBuckets.some((count) => count !== 0);
  const hasNegative = h.negativeBuckets.some((count) => count !== 0);
  const lower = hasPositive && !hasNegative ? 0 : -h.zeroThreshold;
  const upper = hasNegative && !hasPositive ? 0 : h.zeroThreshold;
  const from = side === 'below' ? lower : Math.max(lower, bound);
  const to = side === 'below' ? Math.min(upper, bound) : upper;
  const isNothing = side === 'below' ? bound <= lower : bound >= upper && bound > lower;
  if (isNothing) return NOTHING;
  const isWhole = from === lower && to === upper;
  const fraction = isWhole ? 1 : (to - from) / (upper - lower);
  return { count: h.zeroCount * fraction, midpoint: (from + to) / 2 };
}

function midpointOf(lower: number, upper: number, spread: Spread): number {
  if (lower === Number.NEGATIVE_INFINITY) {
    if (upper === Number.POSITIVE_INFINITY) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (upper === Number.POSITIVE_INFINITY) return lower;
  if (spread === 'linear') return (lower + upper) / 2;
  const geometric = Math.sqrt(Math.abs(lower * upper));
  return spread === 'positive' ? geometric : -geometric;
}
