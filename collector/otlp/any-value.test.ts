import { describe, expect, test } from 'vitest';
import { type AnyValue, anyValueText } from './any-value.ts';

describe('anyValueText', () => {
  test.each<[AnyValue, string]>([
    ['a<b', 'a<b'],
    [null, ''],
    [true, 'true'],
    [-9007199254740993n, '-9007199254740993'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [0.5, '0.5'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Uint8Array.of(1, 2, 3), 'AQID'],
    [[1n, 'x', null, [2.5]], '[1,"x",null,[2.5]]'],
    [
      new Map<string, AnyValue>([
        ['b', '<&>'],
        ['a', Uint8Array.of(1)],
      ]),
      '{"a":"AQ==","b":"<&>"}',
    ],
  ])('value %#', (value, text) => {
    expect(anyValueText(value)).toBe(text);
  });
});
