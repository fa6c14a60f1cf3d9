import fc from 'fast-check';
import { expect, test } from 'vitest';
import { almostEqualHistograms } from './equality.ts';
import { HistogramMean } from './mean.ts';
import { scaleHistogram } from './scale.ts';
import { HistogramSum } from './sum.ts';
import { exponentialHistograms, histogram } from './test-histogram.ts';

test('a mean is the sum divided by how many there were', () => {
  const mean = new HistogramMean(histogram({ positiveBuckets: [1, 2], sum: 4 }));
  mean.add(histogram({ positiveBuckets: [2, 2], sum: 5 }));
  mean.add(histogram({ positiveBuckets: [3, 5], sum: 9 }));
  expect(mean.toHistogram()).toEqual(histogram({ positiveBuckets: [2, 3], sum: 6 }));
});

test('a mean of numbers whose sum is beyond a double is exact still', () => {
  const huge = histogram({ positiveBuckets: [1e308], count: 1e308, sum: 1e308 });
  const mean = new HistogramMean(huge);
  for (let n = 0; n < 9; n++) mean.add(huge);
  expect(almostEqualHistograms(mean.toHistogram(), huge, 1e-12)).toBe(true);
});

test('sums lose next to nothing to rounding', () => {
  const small = histogram({ positiveBuckets: [0.1], count: 0.1, sum: 0.1 });
  const sum = HistogramSum.of(histogram({ positiveBuckets: [1e16], count: 1e16, sum: 1e16 }));
  for (let n = 0; n < 1000; n++) sum.add(small);
  sum.subtract(histogram({ positiveBuckets: [1e16], count: 1e16, sum: 1e16 }));
  const { count, positiveBuckets } = sum.toHistogram();
  expect(count).toBeCloseTo(100, 9);
  expect(positiveBuckets[0]).toBeCloseTo(100, 9);
});

test('a clone goes its own way', () => {
  fc.assert(
    fc.property(exponentialHistograms, exponentialHistograms, (a, b) => {
      const sum = HistogramSum.of(a);
      const before = sum.toHistogram();
      const clone = sum.clone();
      clone.add(b);
      expect(sum.toHistogram()).toEqual(before);
    }),
  );
});

test('the mean of a histogram and itself is the histogram', () => {
  fc.assert(
    fc.property(exponentialHistograms, (h) => {
      const mean = new HistogramMean(h);
      mean.add(h);
      expect(almostEqualHistograms(mean.toHistogram(), h, 1e-12)).toBe(true);
      expect(scaleHistogram(h, -1).counterResetHint).toBe('gauge');
    }),
  );
});
