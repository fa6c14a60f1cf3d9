import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatApiFloat, formatGoG, parseGoFloat } from './go-float.ts';

test.each([
  [0, '0'],
  [-0, '-0'],
  [1e-6, '0.000001'],
  [-9.5e-7, '-9.5e-07'],
  [6.71e-7, '6.71e-07'],
  [1e-9, '1e-09'],
  [1e-10, '1e-10'],
  [5e-324, '5e-324'],
  [1e6, '1000000'],
  [123456789012345680000, '123456789012345680000'],
  [1e21, '1e+21'],
  [-1.5e300, '-1.5e+300'],
  [Number.NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('%d is written as Prometheus writes it: %s', (value, text) => {
  expect(formatApiFloat(value)).toBe(text);
});

test('from 1e-6 to 1e21 a number has the digits JavaScript gives it', () => {
  const decimal = fc
    .tuple(fc.maxSafeInteger(), fc.integer({ min: -6, max: 3 }))
    .map(([digits, exponent]) => Number(`${digits}e${exponent}`));
  const big = fc.double({ min: 1e-6, max: 1e20, noNaN: true });
  const near = decimal.map((value) => value + value * Number.EPSILON);
  fc.assert(
    fc.property(fc.oneof(decimal, big, near), (value) => {
      fc.pre(Math.abs(value) >= 1e-6);
      expect(formatApiFloat(value)).toBe(String(value));
      expect(formatApiFloat(-value)).toBe(String(-value));
    }),
    { numRuns: 3000 },
  );
});

test('%g has an exponent below -4 and from 6 on', () => {
  const f = (value: number, want: string): void => expect(formatGoG(value)).toBe(want);
  f(0, '0');
  f(-0, '-0');
  f(100_000, '100000');
  f(1_000_000, '1e+06');
  f(1_234_567, '1.234567e+06');
  f(0.0001, '0.0001');
  f(0.00001, '1e-05');
  f(1e21, '1e+21');
  f(-12_345.678, '-12345.678');
  f(Number.POSITIVE_INFINITY, '+Inf');
  f(Number.NaN, 'NaN');
});

test('numbers are read as Go reads them', () => {
  const f = (text: string, want: number | undefined): void =>
    expect(parseGoFloat(text)).toEqual(want);
  f('1', 1);
  f('+1.5e3', 1500);
  f('.5', 0.5);
  f('5.', 5);
  f('Inf', Number.POSITIVE_INFINITY);
  f('-infinity', Number.NEGATIVE_INFINITY);
  f('nan', Number.NaN);
  f('0x1p-2', 0.25);
  f('-0x1.8p1', -3);
  for (const text of ['', ' 1', '1 ', '.', 'e1', '0x', '0x10', '-nan', 'one', '1e400', '1_0']) {
    f(text, undefined);
  }
});
