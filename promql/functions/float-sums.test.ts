import { describe, expect, test } from 'vitest';
import { mean, sum, variance } from './float-sums.ts';

describe('sum', () => {
  test('what rounding would lose is kept', () => {
    expect(sum(Float64Array.of(5, 1e100, 5, -1e100), 0, 4)).toBe(10);
  });

  test('only the entries asked for count', () => {
    expect(sum(Float64Array.of(1, 2, 4, 8), 1, 3)).toBe(6);
  });

  test('infinities stay what they are, and opposite ones make NaN', () => {
    expect(sum(Float64Array.of(1, Infinity, 2), 0, 3)).toBe(Infinity);
    expect(sum(Float64Array.of(Infinity, -Infinity), 0, 2)).toBeNaN();
  });
});

describe('mean', () => {
  test('a sum that overflows still has a mean', () => {
    expect(mean(Float64Array.of(1.7e308, 1.7e308, 1.7e308), 0, 3)).toBeCloseTo(1.7e308, -296);
  });

  test('small parts beside large ones count', () => {
    expect(mean(Float64Array.of(5, 1e100, 5, -1e100), 0, 4)).toBe(2.5);
  });
});

test('variance is that of the population', () => {
  expect(variance(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9), 0, 8)).toBe(4);
});
