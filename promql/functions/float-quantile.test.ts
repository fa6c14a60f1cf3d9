import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantileOf } from './float-quantile.ts';

/** By the definition: sort, and weigh the two neighbours of the rank. */
function bySorting(q: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => {
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
    return a - b;
  });
  const rank = q * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - lower;
  return sorted[lower]! * (1 - weight) + sorted[upper]! * weight;
}

describe('quantileOf', () => {
  test('is the value that sorting gives, NaN being the smallest', () => {
    const numbers = fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NaN)), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const got = quantileOf(q, Float64Array.from(values), values.length);
        const want = bySorting(q, values);
        expect(Number.isNaN(got) ? 'NaN' : got).toBe(Number.isNaN(want) ? 'NaN' : want);
      }),
    );
  });

  test('outside of 0 to 1 it is infinite, and NaN of nothing', () => {
    const values = Float64Array.of(1, 2);

    expect(quantileOf(-0.1, values, 2)).toBe(-Infinity);
    expect(quantileOf(1.1, values, 2)).toBe(Infinity);
    expect(quantileOf(0.5, values, 0)).toBeNaN();
    expect(quantileOf(Number.NaN, values, 2)).toBeNaN();
  });
});
