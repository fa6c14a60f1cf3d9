import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';
import { compactHistogram, reduceResolution } from '../../model/histogram-buckets.ts';
import { addHistograms, subtractHistograms } from './arithmetic.ts';
import { almostEqualHistograms } from './equality.ts';
import { IncompatibleSchemaError } from './schema.ts';
import {
  bucketTotal,
  customHistograms,
  exponentialHistograms,
  histogram,
} from './test-histogram.ts';
import { formatHistogramNotation } from './text.ts';

describe('addHistograms', () => {
  const f = (
    a: Partial<FloatHistogram>,
    b: Partial<FloatHistogram>,
    want: Partial<FloatHistogram>,
  ): void => {
    const { histogram: got } = addHistograms(histogram(a), histogram(b));
    expect(formatHistogramNotation(got)).toBe(formatHistogramNotation(histogram(want)));
  };

  test('counts of equal buckets are added, others stand side by side', () => {
    f(
      { positiveBuckets: [1, 2], sum: 1 },
      { positiveBuckets: [3, 0, 4], positiveSpans: [{ offset: 1, length: 3 }], sum: 2 },
      { positiveBuckets: [1, 5, 0, 4], sum: 3 },
    );
    f(
      { negativeBuckets: [1], negativeSpans: [{ offset: 5, length: 1 }] },
      {
        negativeBuckets: [2, 3],
        negativeSpans: [
          { offset: -2, length: 1 },
          { offset: 2, length: 1 },
        ],
      },
      { negativeBuckets: [2, 0, 0, 3, 0, 0, 0, 1], negativeSpans: [{ offset: -2, length: 8 }] },
    );
  });

  test('the coarser schema is that of the result', () => {
    f(
      { schema: 1, positiveBuckets: [1, 2, 3, 4] },
      { schema: 0, positiveBuckets: [10, 20, 30] },
      { schema: 0, positiveBuckets: [11, 25, 34] },
    );
    f(
      { schema: 0, positiveBuckets: [10, 20, 30] },
      { schema: 1, positiveBuckets: [1, 2, 3, 4] },
      { schema: 0, positiveBuckets: [11, 25, 34] },
    );
  });

  test('the wider zero bucket takes the buckets of the other, whole ones only', () => {
    // Buckets (1,2] and (2,4]; a threshold of 1.5 cuts the first, so the zero bucket ends at 2.
    f(
      {
        zeroThreshold: 0.5,
        zeroCount: 1,
        positiveBuckets: [4, 8],
        positiveSpans: [{ offset: 1, length: 2 }],
      },
      { zeroThreshold: 1.5, zeroCount: 16 },
      {
        zeroThreshold: 2,
        zeroCount: 21,
        positiveBuckets: [8],
        positiveSpans: [{ offset: 2, length: 1 }],
      },
    );
    f(
      { zeroThreshold: 1.5, zeroCount: 16 },
      {
        zeroThreshold: 0.5,
        zeroCount: 1,
        positiveBuckets: [4, 8],
        positiveSpans: [{ offset: 1, length: 2 }],
      },
      {
        zeroThreshold: 2,
        zeroCount: 21,
        positiveBuckets: [8],
        positiveSpans: [{ offset: 2, length: 1 }],
      },
    );
  });

  test('of differing custom bounds those of both are left', () => {
    const custom = (
      customValues: number[],
      positiveBuckets: number[],
    ): Partial<FloatHistogram> => ({
      schema: CUSTOM_BUCKETS_SCHEMA,
      customValues,
      positiveBuckets,
    });
    f(custom([1, 2, 3], [1, 2, 4, 8]), custom([2, 4], [10, 20, 40]), custom([2], [13, 72]));
    f(custom([1], [1, 2]), custom([2], [4, 8]), custom([], [15]));
    f(custom([1, 2], [1, 2, 3]), custom([1, 2], [4, 5, 6]), custom([1, 2], [5, 7, 9]));
  });

  test('custom and exponential buckets do not mix', () => {
    const custom = histogram({ schema: CUSTOM_BUCKETS_SCHEMA });
    expect(() => addHistograms(custom, histogram({}))).toThrow(IncompatibleSchemaError);
    expect(() => subtractHistograms(histogram({}), custom)).toThrow(IncompatibleSchemaError);
  });

  test('hints: a gauge stays one, unknown wins, and a reset collides with no reset', () => {
    const f = (
      a: FloatHistogram['counterResetHint'],
      b: FloatHistogram['counterResetHint'],
      want: FloatHistogram['counterResetHint'],
      collision = false,
    ): void => {
      for (const [x, y] of [
        [a, b],
        [b, a],
      ] as const) {
        const result = addHistograms(
          histogram({ counterResetHint: x }),
          histogram({ counterResetHint: y }),
        );
        expect([result.histogram.counterResetHint, result.resetCollision]).toEqual([
          want,
          collision,
        ]);
      }
    };
    f('gauge', 'gauge', 'gauge');
    f('gauge', 'reset', 'gauge');
    f('gauge', 'unknown', 'gauge');
    f('unknown', 'not_reset', 'unknown');
    f('reset', 'reset', 'reset');
    f('not_reset', 'not_reset', 'not_reset');
    f('reset', 'not_reset', 'unknown', true);
  });

  test.each([
    ['exponential', exponentialHistograms],
    ['custom', customHistograms],
  ])('%s: loses no observation, and takes no notice of the order', (_, histograms) => {
    fc.assert(
      fc.property(histograms, histograms, (a, b) => {
        const sum = addHistograms(a, b).histogram;
        expect(sum.count).toBe(a.count + b.count);
        expect(sum.sum).toBe(a.sum + b.sum);
        expect(formatHistogramNotation(sum)).toBe(
          formatHistogramNotation(addHistograms(b, a).histogram),
        );
      }),
    );
  });

  test('with one zero bucket: a + b - b is a in the layout of the sum', () => {
    fc.assert(
      fc.property(exponentialHistograms, exponentialHistograms, (a, other) => {
        const b = { ...other, zeroThreshold: 0 };
        const start = { ...a, zeroThreshold: 0 };
        const sum = addHistograms(start, b).histogram;
        expect(bucketTotal(sum)).toBe(start.count + b.count);
        const back = subtractHistograms(sum, b).histogram;
        const want = reduceResolution(start, Math.min(a.schema, b.schema));
        expect(almostEqualHistograms(back, want, 1e-9)).toBe(true);
      }),
    );
  });
});

test('compacting drops empty buckets, joins spans and changes nothing twice', () => {
  const got = compactHistogram(
    histogram({
      positiveSpans: [
        { offset: 1, length: 2 },
        { offset: 0, length: 1 },
        { offset: 3, length: 2 },
      ],
      positiveBuckets: [0, 1, 2, 0, 3],
    }),
  );
  expect(got.positiveSpans).toEqual([
    { offset: 2, length: 2 },
    { offset: 4, length: 1 },
  ]);
  expect(got.positiveBuckets).toEqual([1, 2, 3]);

  fc.assert(
    fc.property(exponentialHistograms, (h) => {
      const once = compactHistogram(h);
      expect(compactHistogram(once)).toEqual(once);
      expect(formatHistogramNotation(once)).toBe(formatHistogramNotation(h));
    }),
  );
});

test('a coarser resolution keeps all observations, whatever the way to it', () => {
  fc.assert(
    fc.property(exponentialHistograms, fc.nat(6), fc.nat(6), (h, less, lesser) => {
      const middle = reduceResolution(h, Math.max(-4, h.schema - less));
      const low = reduceResolution(middle, Math.max(-4, middle.schema - lesser));
      expect(bucketTotal(low)).toBe(h.count);
      expect(reduceResolution(h, low.schema).positiveBuckets.filter((c) => c !== 0)).toEqual(
        low.positiveBuckets.filter((c) => c !== 0),
      );
    }),
  );
});
