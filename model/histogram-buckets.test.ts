import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FloatHistogram } from './histogram.ts';
import { compactHistogram, reduceResolution } from './histogram-buckets.ts';

const EMPTY: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 2,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positiveSpans: [],
  negativeSpans: [],
  positiveBuckets: [],
  negativeBuckets: [],
  customValues: [],
  isStale: false,
};

const arbitrarySide = fc
  .array(fc.record({ gap: fc.nat(3), counts: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }) }))
  .map((runs) => ({
    spans: runs.map(({ gap, counts }) => ({ offset: gap, length: counts.length })),
    buckets: runs.flatMap(({ counts }) => counts),
  }));

/** Bucket index → count, without the empty ones. */
function countsOf(h: FloatHistogram): Map<number, number> {
  const counts = new Map<number, number>();
  let index = 0;
  let position = 0;
  for (const { offset, length } of h.positiveSpans) {
    index += offset;
    for (let at = 0; at < length; at++, index++, position++) {
      const count = h.positiveBuckets[position] as number;
      if (count > 0) counts.set(index, count);
    }
  }
  return counts;
}

test('leaving out empty buckets changes no count', () => {
  fc.assert(
    fc.property(arbitrarySide, ({ spans, buckets }) => {
      const h = { ...EMPTY, positiveSpans: spans, positiveBuckets: buckets };
      const compact = compactHistogram(h);
      expect(countsOf(compact)).toEqual(countsOf(h));
      expect(compact.positiveBuckets).not.toContain(0);
    }),
  );
});

test('a coarser bucket is the sum of the finer ones that end in it', () => {
  fc.assert(
    fc.property(arbitrarySide, fc.integer({ min: -4, max: 2 }), ({ spans, buckets }, schema) => {
      const h = { ...EMPTY, positiveSpans: spans, positiveBuckets: buckets };
      const expected = new Map<number, number>();
      for (const [index, count] of countsOf(h)) {
        // Bucket i of schema s ends at 2^(i · 2^-s).
        const coarse = Math.ceil(index / 2 ** (2 - schema));
        expected.set(coarse, (expected.get(coarse) ?? 0) + count);
      }
      const reduced = reduceResolution(h, schema);
      expect(countsOf(reduced)).toEqual(expected);
      expect(reduced.schema).toBe(schema);
    }),
  );
});
