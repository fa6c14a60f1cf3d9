/** When two histograms, or two numbers, are the same. */
import type { FloatHistogram, Span } from '../../model/histogram.ts';
import { compactHistogram } from '../../model/histogram-buckets.ts';
import { sameNumbers, usesCustomBuckets } from './schema.ts';

const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Equal apart from rounding: |a-b| is less than `tolerance` times |a|+|b|. All NaNs are equal.
 * Formula: floating-point-gui.de/errors/comparison.
 */
export function almostEqual(a: number, b: number, tolerance: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  const magnitude = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || magnitude < SMALLEST_NORMAL) {
    return difference < tolerance * SMALLEST_NORMAL;
  }
  return difference / Math.min(magnitude, Number.MAX_VALUE) < tolerance;
}

/** The same in every number and in layout; hints do not count, and NaNs are equal. */
export function equalHistograms(a: FloatHistogram, b: FloatHistogram): boolean {
  return sameHistograms(a, b, Object.is);
}

/** The same apart from rounding, from empty buckets and from how spans are cut. */
export function almostEqualHistograms(
  a: FloatHistogram,
  b: FloatHistogram,
  tolerance: number,
): boolean {
  return sameHistograms(compactHistogram(a), compactHistogram(b), (x, y) =>
    almostEqual(x, y, tolerance),
  );
}

function sameHistograms(
  a: FloatHistogram,
  b: FloatHistogram,
  isSame: (a: number, b: number) => boolean,
): boolean {
  const allSame = (x: readonly number[], y: readonly number[]): boolean =>
    x.length === y.length && x.every((value, index) => isSame(value, y[index] as number));
  return (
    a.schema === b.schema &&
    a.isStale === b.isStale &&
    a.zeroThreshold === b.zeroThreshold &&
    isSame(a.count, b.count) &&
    isSame(a.sum, b.sum) &&
    isSame(a.zeroCount, b.zeroCount) &&
    (!usesCustomBuckets(a) || sameNumbers(a.customValues, b.customValues)) &&
    sameSpans(a.positiveSpans, b.positiveSpans) &&
    sameSpans(a.negativeSpans, b.negativeSpans) &&
    allSame(a.positiveBuckets, b.positiveBuckets) &&
    allSame(a.negativeBuckets, b.negativeBuckets)
  );
}

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return (
    a.length === b.length &&
    a.every((span, index) => span.offset === b[index]?.offset && span.length === b[index]?.length)
  );
}
