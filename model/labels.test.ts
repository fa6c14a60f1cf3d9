import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareUtf8, Labels } from './labels.ts';

const name = fc.string({
  unit: fc.constantFrom('a', 'b', 'Z', '_', 'é', '\u{1f600}', '\uff5e'),
  minLength: 1,
  maxLength: 4,
});
const value = fc.constantFrom('', 'x', 'y');
const entries = fc.uniqueArray(fc.tuple(name, value), {
  maxLength: 100,
  selector: (entry) => entry[0],
});

/** By the definition: no empty values, names in the order of their UTF-8 bytes. */
function pairsOf(record: ReadonlyMap<string, string>): string[] {
  return [...record]
    .filter((entry) => entry[1] !== '')
    .sort((a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])))
    .flat();
}

describe('a label set', () => {
  test('has its names in the order of their UTF-8 bytes, and no empty value', () => {
    fc.assert(
      fc.property(entries, (list) => {
        expect(Labels.fromEntries(list).pairs).toEqual(pairsOf(new Map(list)));
      }),
    );
  });

  test('with a label set, changed or taken away is as if made with it', () => {
    fc.assert(
      fc.property(entries, name, value, (list, label, text) => {
        const labels = Labels.fromEntries(list);
        expect(labels.with(label, text).pairs).toEqual(pairsOf(new Map(list).set(label, text)));
        expect(labels.pairs).toEqual(pairsOf(new Map(list)));
      }),
    );
  });

  test('order of strings is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareUtf8(a, b))).toBe(expected);
      }),
    );
  });
});
