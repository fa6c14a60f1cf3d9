import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';
import { customHistograms, exponentialHistograms, histogram } from '../histogram/test-histogram.ts';
import {
  histogramAverage,
  histogramVariance,
  nativeFraction,
  nativeQuantile,
} from './native-histogram.ts';

const INF = Number.POSITIVE_INFINITY;
const EXPONENTIAL = histogram({
  positiveSpans: [{ offset: 1, length: 2 }],
  positiveBuckets: [4, 4],
  sum: 16,
});
const CUSTOM = histogram({
  schema: CUSTOM_BUCKETS_SCHEMA,
  customValues: [10, 20],
  positiveBuckets: [4, 4, 2],
});

describe('nativeQuantile', () => {
  const f = (q: number, h: FloatHistogram, want: number): void =>
    expect(nativeQuantile(q, h).value).toBeCloseTo(want, 9);

  test('the middle of an exponential bucket is the geometric one', () => {
    f(0.25, EXPONENTIAL, Math.SQRT2);
    f(0.75, EXPONENTIAL, 2 * Math.SQRT2);
    f(1, EXPONENTIAL, 4);
  });

  test('negative buckets mirror positive ones', () => {
    const { positiveSpans, positiveBuckets } = EXPONENTIAL;
    const mirror = histogram({ negativeSpans: positiveSpans, negativeBuckets: positiveBuckets });
    f(0.75, mirror, -Math.SQRT2);
    f(0.25, mirror, -2 * Math.SQRT2);
  });

  test('custom buckets are linear; the open ones give the bound that is known', () => {
    f(0.2, CUSTOM, 5);
    f(0.6, CUSTOM, 15);
    f(0.95, CUSTOM, 20);
    const negative = { ...CUSTOM, customValues: [-10, 20] };
    f(0.1, negative, -10);
  });

  test('the zero bucket is linear, and ends at zero towards an empty side', () => {
    const zero = histogram({ zeroThreshold: 1, zeroCount: 10 });
    f(0.25, zero, -0.5);
    f(0.25, histogram({ zeroThreshold: 1, zeroCount: 10, positiveBuckets: [0] }), 0.25);
  });

  test('observations of NaN skew the quantile, or make it NaN', () => {
    const withNaNs = { ...EXPONENTIAL, count: 10, sum: Number.NaN };
    expect(nativeQuantile(0.9, withNaNs)).toEqual({ value: Number.NaN, nanEffect: 'is-nan' });
    const skewed = nativeQuantile(0.4, withNaNs);
    expect(skewed.value).toBeCloseTo(2, 9);
    expect(skewed.nanEffect).toBe('skewed-higher');
    expect(nativeQuantile(0.4, EXPONENTIAL).nanEffect).toBe('none');
  });

  test('outside of 0 to 1 it is infinite, without observations NaN', () => {
    expect(nativeQuantile(-1, EXPONENTIAL).value).toBe(-INF);
    expect(nativeQuantile(2, EXPONENTIAL).value).toBe(INF);
    expect(nativeQuantile(Number.NaN, EXPONENTIAL).value).toBeNaN();
    expect(nativeQuantile(0.5, histogram({})).value).toBeNaN();
  });

  test.each([
    ['exponential', exponentialHistograms],
    ['custom', customHistograms],
  ])('%s: it never falls when q rises', (_, histograms) => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(histograms, share, share, (h, a, b) => {
        // Without bounds there is nothing to tell but infinity.
        fc.pre(h.count > 0 && (h.schema !== CUSTOM_BUCKETS_SCHEMA || h.customValues.length > 0));
        const low = nativeQuantile(Math.min(a, b), h).value;
        const high = nativeQuantile(Math.max(a, b), h).value;
        expect(low).toBeLessThanOrEqual(high + Math.abs(high) * 1e-9);
      }),
    );
  });
});

describe('nativeFraction', () => {
  const f = (lower: number, upper: number, h: FloatHistogram, want: number): void =>
    expect(nativeFraction(lower, upper, h).value).toBeCloseTo(want, 9);

  test('interpolates as quantiles do', () => {
    f(-INF, Math.SQRT2, EXPONENTIAL, 0.25);
    f(Math.SQRT2, 2 * Math.SQRT2, EXPONENTIAL, 0.5);
    f(5, 15, CUSTOM, 0.4);
    f(-INF, INF, CUSTOM, 1);
    f(3, 3, EXPONENTIAL, 0);
  });

  test('observations of NaN are in no fraction', () => {
    const withNaNs = { ...EXPONENTIAL, count: 10, sum: Number.NaN };
    expect(nativeFraction(-INF, INF, withNaNs)).toEqual({ value: 0.8, hasNaNs: true });
    expect(nativeFraction(-INF, INF, EXPONENTIAL)).toEqual({ value: 1, hasNaNs: false });
  });

  test('it is the inverse of the quantile', () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(exponentialHistograms, share, (h, q) => {
        fc.pre(h.count > 0);
        const { value } = nativeQuantile(q, h);
        fc.pre(Number.isFinite(value));
        const delta = Math.max(Math.abs(value) * 1e-9, Number.MIN_VALUE);
        // Where two buckets meet, an empty stretch lies between: the fraction may be that before.
        const below = nativeFraction(-INF, value - delta, h).value;
        const above = nativeFraction(-INF, value + delta, h).value;
        expect(below).toBeLessThanOrEqual(q + 1e-6);
        expect(above).toBeGreaterThanOrEqual(q - 1e-6);
      }),
    );
  });
});

test('average and variance take observations to lie in the middle of their buckets', () => {
  expect(histogramAverage(EXPONENTIAL)).toBe(2);
  const middles = [Math.SQRT2, 2 * Math.SQRT2];
  const want = middles.reduce((sum, middle) => sum + 4 * (middle - 2) ** 2, 0) / 8;
  expect(histogramVariance(EXPONENTIAL)).toBeCloseTo(want, 12);
  expect(histogramVariance(histogram({ zeroThreshold: 1, zeroCount: 3 }))).toBe(0);
  expect(histogramVariance(histogram({}))).toBeNaN();
});
