import { expect, test } from 'vitest';
import { assignStyles, distinguishingNames, PALETTE } from './palette.ts';

test('a label set has its colour wherever it stands, and no two of a chart are alike', () => {
  const keys = Array.from({ length: 36 }, (_, at) => `pod-${at}`);

  const all = assignStyles(keys, false);
  const reversed = assignStyles(keys.toReversed(), false);

  expect(new Set(all.map((style) => `${style.color} ${style.dash}`)).size).toBe(36);
  expect(reversed.toReversed()).toEqual(all);
});

test('both themes give the same place of the palette', () => {
  const [light] = assignStyles(['cart-0'], false);
  const [dark] = assignStyles(['cart-0'], true);

  expect(PALETTE.findIndex(([color]) => color === light?.color)).toBe(
    PALETTE.findIndex(([, color]) => color === dark?.color),
  );
});

test('a name says what differs', () => {
  const name = '__name__';
  expect(
    distinguishingNames([
      { [name]: 'up', job: 'a', instance: 'x' },
      { [name]: 'up', job: 'b', instance: 'x' },
    ]),
  ).toEqual(['a', 'b']);
  expect(distinguishingNames([{ [name]: 'up', job: 'a' }])).toEqual(['a']);
  expect(distinguishingNames([{}])).toEqual(['{}']);
});
