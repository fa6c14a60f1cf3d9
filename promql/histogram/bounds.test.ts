import fc from 'fast-check';
import { expect, test } from 'vitest';
import { customBound, exponentialBound } from './bounds.ts';

test('an exponential bound is 2^(index · 2^-schema)', () => {
  const f = (index: number, schema: number, want: number): void =>
    expect(exponentialBound(index, schema)).toBe(want);

  f(-1, 0, 0.5);
  f(0, 0, 1);
  f(1, 0, 2);
  f(512, 0, 2 ** 512);
  f(3, -1, 64);
  f(-1, -4, 2 ** -16);
  f(0, 4, 1);
  f(0, 8, 1);
  f(256, 8, 2);
});

test('a bound inside a power of two is the one Prometheus prints, rounding errors included', () => {
  const f = (index: number, schema: number, want: number): void =>
    expect(exponentialBound(index, schema)).toBe(want);

  f(1, 1, 1.414213562373095);
  f(1, 2, 1.189207115002721);
  f(3, 2, 1.6817928305074288);
  f(1, 8, 2 * 0.5013556375251013);
  f(255, 8, 2 * 0.9972960560854698);
  f(-1, 8, 0.9972960560854698);
  f(244, 8, 2 * 0.9680308967461471);
});

test('the last bucket of finite values ends at the largest double, the one after at infinity', () => {
  const f = (index: number, schema: number, want: number): void =>
    expect(exponentialBound(index, schema)).toBe(want);

  f(1024, 0, Number.MAX_VALUE);
  f(1025, 0, Number.POSITIVE_INFINITY);
  f(64, -4, Number.MAX_VALUE);
  f(65, -4, Number.POSITIVE_INFINITY);
  f(1024 * 256, 8, Number.MAX_VALUE);
  f(1024 * 256 + 1, 8, Number.POSITIVE_INFINITY);
});

test('bounds of a coarser schema are among those of a finer one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -4, max: 7 }),
      fc.integer({ min: -100, max: 100 }),
      (schema, index) => {
        expect(exponentialBound(index * 2, schema + 1)).toBe(exponentialBound(index, schema));
      },
    ),
  );
});

test('custom bounds are open at both ends', () => {
  expect(customBound(-1, [1, 2])).toBe(Number.NEGATIVE_INFINITY);
  expect(customBound(1, [1, 2])).toBe(2);
  expect(customBound(2, [1, 2])).toBe(Number.POSITIVE_INFINITY);
});
