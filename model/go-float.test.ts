import { expect, test } from 'vitest';
import { formatApiFloat } from './go-float.ts';

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
