import { expect, test } from 'vitest';
import { formatValue, type Unit } from './format.ts';

test.each<[number, Unit, string]>([
  [1_234_567, 'none', '1,234,567'],
  [1_234_567, 'short', '1.23 M'],
  [0.873, 'percentunit', '87.3 %'],
  [1_610_612_736, 'bytes', '1.5 GiB'],
  [12_400_000, 'Bps', '12.4 MB/s'],
  [0.0042, 's', '4.2 ms'],
  [90, 's', '1.5 min'],
  [0.045, 'cores', '45m'],
  [2.5, 'cores', '2.5 cores'],
  [0, 'bytes', '0 B'],
  [Number.NaN, 'bytes', 'NaN'],
  [Number.NEGATIVE_INFINITY, 's', '-Inf'],
  [-2048, 'bytes', '-2 KiB'],
])('%d in %s is %s', (value, unit, expected) => {
  expect(formatValue(value, unit)).toBe(expected);
});
