/** Arithmetic on native histograms; nothing given is changed. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { BucketSide } from './bucket-side.ts';
import { coarserIndex } from './schema.ts';
import { type AddOutcome, HistogramSum } from './sum.ts';

export interface AddResult extends AddOutcome {
  /** Without empty buckets. */
  readonly histogram: FloatHistogram;
}

/** @throws IncompatibleSchemaError */
export function addHistograms(a: FloatHistogram, b: FloatHistogram): AddResult {
  const sum = HistogramSum.of(a);
  const outcome = sum.add(b);
  return { ...outcome, histogram: sum.toHistogram() };
}

/** @throws IncompatibleSchemaError */
export function subtractHistograms(a: FloatHistogram, b: FloatHistogram): AddResult {
  const difference = HistogramSum.of(a);
  const outcome = difference.subtract(b);
  return { ...outcome, histogram: difference.toHistogram() };
}

/** The same histogram without empty buckets and with as few spans as can be. */
export function compactHistogram(h: FloatHistogram): FloatHistogram {
  return withSides(h, h.schema, undefined);
}

/**
 * The histogram in a coarser exponential schema; itself when that is its own.
 * @param schema not above that of `h`
 */
export function reduceResolution(h: FloatHistogram, schema: number): FloatHistogram {
  if (schema === h.schema) return h;
  return withSides(h, schema, (index) => coarserIndex(index, h.schema, schema));
}

function withSides(
  h: FloatHistogram,
  schema: number,
  moved: ((index: number) => number) | undefined,
): FloatHistogram {
  const positive = BucketSide.of(h.positiveSpans, h.positiveBuckets);
  const negative = BucketSide.of(h.negativeSpans, h.negativeBuckets);
  if (moved !== undefined) {
    positive.move(moved);
    negative.move(moved);
  }
  const positiveArrays = positive.toArrays();
  const negativeArrays = negative.toArrays();
  return {
    ...h,
    schema,
    positiveSpans: positiveArrays.spans,
    negativeSpans: negativeArrays.spans,
    positiveBuckets: positiveArrays.buckets,
    negativeBuckets: negativeArrays.buckets,
  };
}
