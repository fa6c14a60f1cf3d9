import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteSizeError, formatByteSize, parseByteSize } from './byte-size.ts';

describe('byte sizes', () => {
  test.each([
    ['0', 0],
    ['15MB', 15 * 1024 ** 2],
    ['15MiB', 15 * 1024 ** 2],
    ['1.5KB', 1536],
    ['1GiB512KiB', 1024 ** 3 + 512 * 1024],
    ['7B', 7],
    ['-1KB', -1024],
  ])('%s is %d bytes', (text, sizeBytes) => expect(parseByteSize(text)).toBe(sizeBytes));

  test.each([
    ['100', 'units: unknown unit  in 100'],
    ['', 'units: invalid '],
    ['MB', 'units: invalid MB'],
    ['1iB', 'units: unknown unit iB in 1iB'],
    ['1XB', 'units: unknown unit XB in 1XB'],
    ['99999EB', 'units: overflow parsing unit'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parseByteSize(text)).toThrow(new ByteSizeError(message));
  });

  test('what is printed reads back the same', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (sizeBytes) => {
        expect(parseByteSize(formatByteSize(sizeBytes))).toBe(sizeBytes);
      }),
    );
  });

  test('any text is a size or a ByteSizeError', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'019.-+KMGiB x'.split('')), maxLength: 12 }),
        (text) => {
          try {
            expect(Number.isSafeInteger(parseByteSize(text))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(ByteSizeError);
          }
        },
      ),
    );
  });
});
