/** Histograms for tests. */
import fc from 'fast-check';
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';
import { exponentialBound } from './bounds.ts';
import { spansOf } from './bucket-side.ts';

/** A histogram with the given fields; a count that is not given is the sum of the buckets. */
export function histogram(fields: Partial<FloatHistogram>): FloatHistogram {
  const all: FloatHistogram = {
    counterResetHint: 'unknown',
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positiveSpans: oneSpan(fields.positiveBuckets),
    negativeSpans: oneSpan(fields.negativeBuckets),
    positiveBuckets: [],
    negativeBuckets: [],
    customValues: [],
    isStale: false,
    ...fields,
  };
  return { ...all, count: fields.count ?? bucketTotal(all) };
}

/** Observations in all buckets. */
export function bucketTotal(h: FloatHistogram): number {
  const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  return h.zeroCount + total(h.positiveBuckets) + total(h.negativeBuckets);
}

function oneSpan(buckets: readonly number[] | undefined): FloatHistogram['positiveSpans'] {
  return buckets === undefined || buckets.length === 0
    ? []
    : [{ offset: 0, length: buckets.length }];
}

const COUNT = fc.integer({ min: 0, max: 1000 });

const side = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -40, max: 40 }), COUNT), {
    maxLength: 12,
    selector: ([index]) => index,
  })
  .map((buckets) => buckets.sort((a, b) => a[0] - b[0]));

/** Exponential histograms as they are scraped: integer counts that add up. */
export const exponentialHistograms: fc.Arbitrary<FloatHistogram> = fc
  .record({
    schema: fc.integer({ min: -4, max: 8 }),
    zeroThreshold: fc.constantFrom(0, 2 ** -128, 0.001, 0.5, 1, 3),
    zeroCount: COUNT,
    sum: fc.integer({ min: -1e6, max: 1e6 }),
    positive: side,
    negative: side,
  })
  .map(({ positive, negative, ...rest }) => {
    // No bucket lies wholly within the zero bucket: its observations are counted there.
    const isOutside = (index: number): boolean =>
      exponentialBound(index, rest.schema) > rest.zeroThreshold;
    return histogram({
      ...rest,
      ...sides(
        positive.filter(([i]) => isOutside(i)),
        negative.filter(([i]) => isOutside(i)),
      ),
    });
  });

type IndexedCounts = readonly (readonly [number, number])[];

function sides(positive: IndexedCounts, negative: IndexedCounts): Partial<FloatHistogram> {
  return {
    positiveSpans: spansOf(positive.map(([index]) => index)),
    positiveBuckets: positive.map(([, count]) => count),
    negativeSpans: spansOf(negative.map(([index]) => index)),
    negativeBuckets: negative.map(([, count]) => count),
  };
}

/** Histograms with some of the same custom bounds. */
export const customHistograms: fc.Arbitrary<FloatHistogram> = fc
  .uniqueArray(fc.integer({ min: -5, max: 10 }), { maxLength: 8 })
  .map((bounds) => bounds.sort((a, b) => a - b))
  .chain((customValues) =>
    fc.record({
      schema: fc.constant(CUSTOM_BUCKETS_SCHEMA),
      customValues: fc.constant(customValues),
      sum: fc.integer({ min: -1e6, max: 1e6 }),
      positiveBuckets: fc.array(COUNT, {
        minLength: customValues.length + 1,
        maxLength: customValues.length + 1,
      }),
    }),
  )
  .map(histogram);
