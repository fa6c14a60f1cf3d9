/** A native histogram times or divided by a number. */
import type { FloatHistogram } from '../../model/histogram.ts';

/** All counts and the sum times `factor`; the result of a negative one is a gauge. */
export function scaleHistogram(h: FloatHistogram, factor: number): FloatHistogram {
  return {
    ...h,
    counterResetHint: factor < 0 ? 'gauge' : h.counterResetHint,
    zeroCount: h.zeroCount * factor,
    count: h.count * factor,
    sum: h.sum * factor,
    positiveBuckets: h.positiveBuckets.map((count) => count * factor),
    negativeBuckets: h.negativeBuckets.map((count) => count * factor),
  };
}

/** Like scaling by 1/divisor; division by zero leaves no buckets. */
export function divideHistogram(h: FloatHistogram, divisor: number): FloatHistogram {
  const hasBuckets = divisor !== 0;
  return {
    ...h,
    counterResetHint: divisor < 0 ? 'gauge' : h.counterResetHint,
    zeroCount: h.zeroCount / divisor,
    count: h.count / divisor,
    sum: h.sum / divisor,
    positiveSpans: hasBuckets ? h.positiveSpans : [],
    negativeSpans: hasBuckets ? h.negativeSpans : [],
    positiveBuckets: hasBuckets ? h.positiveBuckets.map((count) => count / divisor) : [],
    negativeBuckets: hasBuckets ? h.negativeBuckets.map((count) => count / divisor) : [],
  };
}
