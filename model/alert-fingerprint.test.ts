import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertFingerprint } from './alert-fingerprint.ts';
import { Labels } from './labels.ts';

const MASK = 2n ** 64n - 1n;

/** The definition, word by word. */
function byDefinition(labels: Labels): string {
  let hash = 0xcbf29ce484222325n;
  for (const text of labels.pairs) {
    for (const byte of [...new TextEncoder().encode(text), 0xff]) {
      hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & MASK;
    }
  }
  return hash.toString(16).padStart(16, '0');
}

describe('alertFingerprint', () => {
  test('no labels: the basis itself', () => {
    expect(alertFingerprint(Labels.EMPTY)).toBe('cbf29ce484222325');
  });

  test('equals the 64-bit definition for any labels', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
        (record) => {
          const labels = Labels.fromRecord(record);
          expect(alertFingerprint(labels)).toBe(byDefinition(labels));
        },
      ),
    );
  });

  test('name and value do not run into each other', () => {
    const a = alertFingerprint(Labels.fromRecord({ a: 'bc' }));
    const b = alertFingerprint(Labels.fromRecord({ ab: 'c' }));
    expect(a).not.toBe(b);
  });
});
