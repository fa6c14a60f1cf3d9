import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketFraction, bucketQuantile, ClassicBuckets } from './classic-histogram.ts';

const INF = Number.POSITIVE_INFINITY;

function buckets(...pairs: readonly (readonly [number, number])[]): ClassicBuckets {
  const all = new ClassicBuckets(pairs.length);
  for (const [bound, count] of pairs) all.push(bound, count);
  return all;
}

describe('bucketQuantile', () => {
  const f = (q: number, given: ClassicBuckets, want: number): void =>
    expect(bucketQuantile(q, given).value).toBeCloseTo(want, 9);
  const four = (): ClassicBuckets => buckets([1, 10], [2, 20], [4, 40], [INF, 50]);

  test('interpolates linearly within the bucket; the lowest begins at 0', () => {
    f(0.1, four(), 0.5);
    f(0.3, four(), 1.5);
    f(0.6, four(), 3);
    f(0, four(), 0);
  });

  test('the last bucket gives its lower bound, the lowest its upper one when below zero', () => {
    f(0.9, four(), 4);
    f(1, four(), 4);
    f(0.1, buckets([-2, 10], [INF, 20]), -2);
  });

  test('outside of 0 to 1 it is infinite', () => {
    expect(bucketQuantile(-0.1, four()).value).toBe(-INF);
    expect(bucketQuantile(1.1, four()).value).toBe(INF);
    expect(bucketQuantile(Number.NaN, four()).value).toBeNaN();
  });

  test('without observations, +Inf or a second bucket there is none', () => {
    expect(bucketQuantile(0.5, buckets([1, 0], [INF, 0])).value).toBeNaN();
    expect(bucketQuantile(0.5, buckets([1, 5], [2, 6])).value).toBeNaN();
    expect(bucketQuantile(0.5, buckets([INF, 6])).value).toBeNaN();
    expect(bucketQuantile(0.5, buckets()).value).toBeNaN();
  });

  test('counts that fall are raised and reported, tiny differences only evened out', () => {
    const falling = buckets([1, 10], [2, 8], [4, 20], [8, 15], [INF, 20]);
    expect(bucketQuantile(0.5, falling)).toEqual({
      value: 1,
      fix: { minBucket: 2, maxBucket: 8, maxDiff: 5 },
    });
    expect(bucketQuantile(0.5, buckets([1, 10], [2, 10 - 1e-13], [INF, 20])).fix).toBeUndefined();
  });

  test('counts of equal bounds are added', () => {
    expect(bucketQuantile(0.5, buckets([1, 5], [1, 5], [INF, 20])).value).toBe(1);
  });

  test('it never falls when q rises, and stays within the bounds', () => {
    const counts = fc.array(fc.nat(100), { minLength: 1, maxLength: 8 });
    // Of q = 0 and an empty first bucket the quantile is NaN.
    const share = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(counts, share, share, (steps, a, b) => {
        let total = 0;
        const pairs = steps.map((step, index): [number, number] => [index + 1, (total += step)]);
        fc.pre(total > 0);
        const given = (): ClassicBuckets => buckets(...pairs, [INF, total]);
        const low = bucketQuantile(Math.min(a, b), given()).value;
        const high = bucketQuantile(Math.max(a, b), given()).value;
        expect(low).toBeLessThanOrEqual(high + 1e-9);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(steps.length);
      }),
    );
  });
});

describe('bucketFraction', () => {
  const f = (lower: number, upper: number, given: ClassicBuckets, want: number): void =>
    expect(bucketFraction(lower, upper, given)).toBeCloseTo(want, 9);
  const four = (): ClassicBuckets => buckets([1, 10], [2, 20], [4, 40], [INF, 50]);

  test('interpolates linearly', () => {
    f(0, 1, four(), 0.2);
    f(1.5, 3, four(), 0.3);
    f(-INF, INF, four(), 1);
    f(4, INF, four(), 0.2);
    f(2, 2, four(), 0);
    f(3, 2, four(), 0);
  });

  test('in a bucket from -Inf on nothing is known', () => {
    f(-INF, -5, buckets([-2, 10], [INF, 20]), 0.5);
  });

  test('without observations or +Inf, and for NaN, there is none', () => {
    expect(bucketFraction(0, 1, buckets([1, 0], [INF, 0]))).toBeNaN();
    expect(bucketFraction(0, 1, buckets([1, 5]))).toBeNaN();
    expect(bucketFraction(Number.NaN, 1, four())).toBeNaN();
  });
});
