/** Histograms from outside, checked before anything is computed with them. */

import { formatGoG } from './go-float.ts';
import {
  CUSTOM_BUCKETS_SCHEMA,
  EXPONENTIAL_SCHEMA_MAX,
  EXPONENTIAL_SCHEMA_MIN,
  type FloatHistogram,
  type Span,
} from './histogram.ts';

/** A histogram that cannot be; the texts are those of Prometheus. */
export class InvalidHistogramError extends Error {
  override readonly name = 'InvalidHistogramError';
}

/** @throws InvalidHistogramError */
export function validateHistogram(h: FloatHistogram): void {
  if (h.schema === CUSTOM_BUCKETS_SCHEMA) {
    validateCustom(h);
  } else if (h.schema >= EXPONENTIAL_SCHEMA_MIN && h.schema <= EXPONENTIAL_SCHEMA_MAX) {
    validateExponential(h);
  } else {
    throw new InvalidHistogramError(
      `histogram has an invalid schema, which must be between ${EXPONENTIAL_SCHEMA_MIN} and ` +
        `${EXPONENTIAL_SCHEMA_MAX} for exponential buckets, or ${CUSTOM_BUCKETS_SCHEMA} for ` +
        `custom buckets, got schema ${h.schema}`,
    );
  }
  if (h.count < 0) {
    throw new InvalidHistogramError(
      `observation count is  ${formatGoG(h.count)}: histogram's observation count is negative`,
    );
  }
  checkBuckets('positive side', h.positiveBuckets);
}

/**
 * A histogram of integer counts counts every observation once: `count` is the sum of its buckets,
 * or above it when NaNs were observed.
 * @throws InvalidHistogramError
 */
export function validateObservationCount(h: FloatHistogram): void {
  const sum = (total: number, count: number): number => total + count;
  const found = h.zeroCount + h.negativeBuckets.reduce(sum, 0) + h.positiveBuckets.reduce(sum, 0);
  const hasNaN = Number.isNaN(h.sum);
  if (hasNaN ? found <= h.count : found === h.count) return;
  throw new InvalidHistogramError(
    `${found} observations found in buckets, but the Count field is ${h.count}: histogram's ` +
      (hasNaN
        ? 'observation count should be at least the number of observations found in the buckets'
        : 'observation count should equal the number of observations found in the buckets ' +
          '(in absence of NaN)'),
  );
}

function validateExponential(h: FloatHistogram): void {
  checkSpans('positive side', h.positiveSpans, h.positiveBuckets.length, true);
  checkSpans('negative side', h.negativeSpans, h.negativeBuckets.length, true);
  checkBuckets('negative side', h.negativeBuckets);
  if (h.zeroCount < 0) {
    throw new InvalidHistogramError(
      `zero bucket has observation count of ${formatGoG(h.zeroCount)}: ` +
        'histogram has a bucket whose observation count is negative',
    );
  }
  if (h.customValues.length > 0) {
    throw new InvalidHistogramError(
      'histogram with exponential schema must not have custom bounds',
    );
  }
}

function validateCustom(h: FloatHistogram): void {
  checkCustomBounds(h.customValues);
  checkSpans('custom buckets', h.positiveSpans, h.positiveBuckets.length, false);
  const reach = h.positiveSpans.reduce((sum, span) => sum + span.offset + span.length, 0);
  if (h.customValues.length + 1 < reach) {
    throw new InvalidHistogramError(
      `custom buckets: only ${h.customValues.length} custom bounds defined which is insufficient ` +
        `to cover total span length of ${reach}: histogram custom bounds are too few`,
    );
  }
  const misplaced: readonly (readonly [boolean, string])[] = [
    [h.zeroCount !== 0, 'have zero count of 0'],
    [h.zeroThreshold !== 0, 'have zero threshold of 0'],
    [h.negativeSpans.length > 0, 'not have negative spans'],
    [h.negativeBuckets.length > 0, 'not have negative buckets'],
  ];
  for (const [isThere, rule] of misplaced) {
    if (isThere) throw new InvalidHistogramError(`custom buckets: must ${rule}`);
  }
}

function checkCustomBounds(bounds: readonly number[]): void {
  let previous = Number.NEGATIVE_INFINITY;
  for (const [index, bound] of bounds.entries()) {
    if (Number.isNaN(bound)) {
      throw new InvalidHistogramError('custom buckets: histogram custom bounds must not be NaN');
    }
    if (index > 0 && bound <= previous) {
      throw new InvalidHistogramError(
        `custom buckets: previous bound is ${previous.toFixed(6)} and current is ` +
          `${bound.toFixed(6)}: histogram custom bounds must be in strictly increasing order`,
      );
    }
    previous = bound;
  }
  if (previous === Number.POSITIVE_INFINITY) {
    throw new InvalidHistogramError(
      'custom buckets: last +Inf bound must not be explicitly defined: ' +
        'histogram custom bounds must be finite',
    );
  }
}

function checkSpans(
  where: string,
  spans: readonly Span[],
  bucketCount: number,
  mayStartNegative: boolean,
): void {
  let needed = 0;
  for (const [index, span] of spans.entries()) {
    if (span.offset < 0 && !(mayStartNegative && index === 0)) {
      throw new InvalidHistogramError(
        `${where}: span number ${index + 1} with offset ${span.offset}: ` +
          'histogram has a span whose offset is negative',
      );
    }
    needed += span.length;
  }
  if (needed !== bucketCount) {
    throw new InvalidHistogramError(
      `${where}: spans need ${needed} buckets, have ${bucketCount} buckets: ` +
        'histogram spans specify different number of buckets than provided',
    );
  }
}

function checkBuckets(where: string, buckets: readonly number[]): void {
  const at = buckets.findIndex((count) => count < 0);
  if (at < 0) return;
  throw new InvalidHistogramError(
    `${where}: bucket number ${at + 1} has observation count of ` +
      `${formatGoG(buckets[at] as number)}: ` +
      'histogram has a bucket whose observation count is negative',
  );
}
