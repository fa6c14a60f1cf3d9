import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalBytes, seriesEnd } from './series-key.ts';

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

describe('bytes are equal', () => {
  test('when every one is, wherever they lie', () => {
    // Bytes of which NaN, infinity and the two zeros are made are frequent.
    const byte = fc.constantFrom(0, 1, 0x20, 0x61, 0x7f, 0x80, 0xf0, 0xf8, 0xff);
    fc.assert(
      fc.property(
        fc.array(byte, { maxLength: 40 }),
        fc.array(byte, { maxLength: 40 }),
        fc.nat(9),
        fc.option(fc.tuple(fc.nat(39), byte)),
        (text, before, shift, change) => {
          const left = Uint8Array.from([...before, ...text]);
          const right = Uint8Array.from([...before.slice(0, shift), ...text]);
          const rightStart = Math.min(shift, before.length);
          if (change !== null && text.length > 0) {
            right[rightStart + (change[0] % text.length)] = change[1];
          }
          const expected = text.every((value, at) => right[rightStart + at] === value);
          expect(
            equalBytes(viewOf(left), before.length, viewOf(right), rightStart, text.length),
          ).toBe(expected);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('a series ends', () => {
  test.each([
    ['a 1', 1],
    ['a{b="c"} 1', 8],
    ['a{b="}\\"}",c="\\\\"}1', 18],
    ['{"a.b"} 1', 7],
    ['a{b="c"', -1],
    ['a{b=\n"c"}', -1],
    ['a{b="x\ny"} 1', 10],
    ['# HELP', -1],
    ['', -1],
  ])('%j at %i', (text, end) => expect(seriesEnd(Buffer.from(text), 0)).toBe(end));
});
