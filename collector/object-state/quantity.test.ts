import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantityNumber, quantityUnits } from './quantity.ts';

test('quantities in thousandths and in whole units, both rounded up', () => {
  const f = (
    text: string | number,
    number: number | undefined,
    units: number | undefined,
  ): void => {
    expect([text, quantityNumber(text), quantityUnits(text)]).toEqual([text, number, units]);
  };
  f('0', 0, 0);
  f('1', 1, 1);
  f(2, 2, 2);
  f('100m', 0.1, 1);
  f('1500m', 1.5, 2);
  f('1.5', 1.5, 2);
  f('.5', 0.5, 1);
  f('3.', 3, 3);
  f('1Ki', 1024, 1024);
  f('1.5Gi', 1_610_612_736, 1_610_612_736);
  f('12k', 12_000, 12_000);
  f('2e3', 2000, 2000);
  f('2E-1', 0.2, 1);
  f('1E', 1e18, 1e18);
  f('123456789n', 0.124, 1);
  f('100u', 0.001, 1);
  f('-1.5', -1.5, -2);
  f('8Ei', 2 ** 63, 2 ** 63);
  f('1e999', 2 ** 63, 2 ** 63);
  for (const bad of ['', '.', 'x', '1 ', '1Kib', '1e', '--1', '1.2.3', '1e99999'])
    f(bad, undefined, undefined);
});

test('whatever stands there is a number or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer(), fc.double()), (text) => {
      const value = quantityNumber(text);
      expect(value === undefined || Number.isFinite(value)).toBe(true);
    }),
  );
});
