import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headBytes, truncateBytes, truncateRunes } from './truncate.ts';

describe('truncate', () => {
  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['😀😀😀😀😀', 4, '😀😀😀…'],
    ['abcdef', 3, 'abc'],
    ['äöü', 3, 'äöü'],
  ])('%s to %i characters', (text, max, expected) => {
    expect(truncateRunes(text, max)).toBe(expected);
  });

  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'ab…'],
    ['äöüä', 7, 'äö…'],
    ['äöüä', 6, 'ä…'],
    ['abcdef', 3, '…'],
    ['abcdef', 2, '..'],
  ])('%s to %i bytes', (text, max, expected) => {
    expect(truncateBytes(text, max)).toBe(expected);
  });

  test('never more than the limit, and never half a character', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(texts, fc.nat(60), (text, max) => {
        expect(Buffer.byteLength(truncateBytes(text, max))).toBeLessThanOrEqual(max);
        expect(Array.from(truncateRunes(text, max)).length).toBeLessThanOrEqual(Math.max(max, 0));
        expect(text.startsWith(headBytes(text, max))).toBe(true);
        expect(headBytes(text, max)).not.toContain('\ufffd');
      }),
    );
  });
});
