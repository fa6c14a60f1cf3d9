import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';
import { customHistograms, exponentialHistograms, histogram } from './test-histogram.ts';
import { formatHistogram } from './text.ts';
import { type KeptSide, trimHistogram } from './trim.ts';

describe('trimHistogram', () => {
  const f = (h: Partial<FloatHistogram>, bound: number, side: KeptSide, want: string): void =>
    expect(formatHistogram(trimHistogram(histogram(h), bound, side))).toBe(want);

  test('whole buckets go, and the sum is estimated anew', () => {
    const h = { positiveSpans: [{ offset: 1, length: 2 }], positiveBuckets: [4, 6], sum: 30 };
    f(h, 2, 'below', '{count:4, sum:5.656854249492381, (1,2]:4}');
    f(h, 2, 'above', '{count:6, sum:16.970562748477143, (2,4]:6}');
  });

  test('a bound beyond all buckets changes nothing, not even the sum', () => {
    const h = { positiveSpans: [{ offset: 1, length: 2 }], positiveBuckets: [4, 6], sum: 30 };
    f(h, 4, 'below', '{count:10, sum:30, (1,2]:4, (2,4]:6}');
    f(h, 1, 'above', '{count:10, sum:30, (1,2]:4, (2,4]:6}');
  });

  test('a cut custom bucket is split evenly, the open ones as far as is known', () => {
    const h = { schema: CUSTOM_BUCKETS_SCHEMA, customValues: [10, 20], positiveBuckets: [4, 8, 2] };
    f(h, 15, 'below', '{count:8, sum:70, [-Inf,10]:4, (10,20]:4}');
    f(h, 15, 'above', '{count:6, sum:110, (10,20]:4, (20,+Inf]:2}');
    f(h, 5, 'below', '{count:2, sum:5, [-Inf,10]:2}');
    f(h, 25, 'above', '{count:2, sum:50, (20,+Inf]:2}');
    f(h, 25, 'below', '{count:12, sum:140, [-Inf,10]:4, (10,20]:8}');
  });

  test('the zero bucket reaches to the side where there are other buckets', () => {
    const zero = { zeroThreshold: 1, zeroCount: 8 };
    f(
      { ...zero, positiveSpans: [{ offset: 2, length: 1 }], positiveBuckets: [1] },
      0.5,
      'below',
      '{count:4, sum:1, [-1,1]:4}',
    );
    f(zero, 0.5, 'below', '{count:6, sum:-1.5, [-1,1]:6}');
    f(zero, 0.5, 'above', '{count:2, sum:1.5, [-1,1]:2}');
  });

  test.each([
    ['exponential', exponentialHistograms],
    ['custom', customHistograms],
  ])('%s: what is below and what is above are the whole', (_, histograms) => {
    fc.assert(
      fc.property(histograms, fc.double({ min: 0.01, max: 20, noNaN: true }), (h, bound) => {
        // In the open bucket at the top nothing can be told apart: it may count on neither side.
        const top = h.schema === CUSTOM_BUCKETS_SCHEMA ? (h.positiveBuckets.at(-1) ?? 0) : 0;
        const below = trimHistogram(h, bound, 'below').count;
        const above = trimHistogram(h, bound, 'above').count;
        expect(below + above).toBeGreaterThanOrEqual(h.count - top - 1e-6);
        expect(below + above).toBeLessThanOrEqual(h.count + 1e-6);
      }),
    );
  });
});
