import { expect, test } from 'vitest';
import { almostEqual, almostEqualHistograms, equalHistograms } from './equality.ts';
import { histogram } from './test-histogram.ts';

test('almost equal: the difference is small against the sum', () => {
  const f = (a: number, b: number, want: boolean): void => {
    expect(almostEqual(a, b, 1e-6)).toBe(want);
    expect(almostEqual(b, a, 1e-6)).toBe(want);
  };

  f(1, 1.000001, true);
  f(1, 1.00001, false);
  f(-1, 1, false);
  f(0, 1e-300, false);
  f(0, 1e-315, true);
  f(0, 0, true);
  f(Number.NaN, Number.NaN, true);
  f(Number.NaN, 1, false);
  f(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true);
  f(Number.POSITIVE_INFINITY, Number.MAX_VALUE, false);
  f(Number.MAX_VALUE, Number.MAX_VALUE * (1 - 1e-8), true);
});

test('hints do not make histograms differ, layouts and counts do', () => {
  const base = histogram({ positiveBuckets: [1, 2], sum: 3 });
  expect(equalHistograms(base, { ...base, counterResetHint: 'gauge' })).toBe(true);
  expect(equalHistograms(base, histogram({ positiveBuckets: [1, 3], sum: 3 }))).toBe(false);
  expect(equalHistograms(base, { ...base, schema: 1 })).toBe(false);
  expect(equalHistograms({ ...base, sum: Number.NaN }, { ...base, sum: Number.NaN })).toBe(true);
});

test('almost equal histograms may differ in empty buckets and in rounding', () => {
  const base = histogram({ positiveBuckets: [1, 2] });
  const padded = histogram({ positiveBuckets: [0, 1, 2.0000001, 0], count: 3 });
  const spans = [{ offset: -1, length: 4 }];
  expect(almostEqualHistograms(base, { ...padded, positiveSpans: spans }, 1e-6)).toBe(true);
  expect(almostEqualHistograms(base, padded, 1e-6)).toBe(false);
  expect(equalHistograms(base, { ...padded, positiveSpans: spans })).toBe(false);
});
