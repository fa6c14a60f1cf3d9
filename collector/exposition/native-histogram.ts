/** Native histograms out of protobuf messages. */
import type { FloatHistogram, Span } from '../../model/histogram.ts';
import { compactHistogram } from '../../model/histogram-buckets.ts';
import { validateHistogram } from '../../model/histogram-validation.ts';
import { fromIntegerHistogram } from '../../model/integer-histogram.ts';
import type { HistogramMessage } from './histogram-message.ts';

/** A histogram whose parts contradict each other. */
export class HistogramMessageError extends Error {
  override readonly name = 'HistogramMessageError';
}

/**
 * A histogram without any span and zero bucket is a classic one. (A native one that has seen
 * nothing yet carries an empty span to say so.)
 */
export function isNative(h: HistogramMessage): boolean {
  return (
    h.positiveSpans.length > 0 ||
    h.negativeSpans.length > 0 ||
    h.zeroThreshold > 0 ||
    h.zeroCount > 0
  );
}

/** @throws HistogramMessageError, InvalidHistogramError */
export function nativeHistogramOf(h: HistogramMessage, isGauge: boolean): FloatHistogram {
  const isFloat = h.countFloat > 0 || h.zeroCountFloat > 0;
  checkSpans('positive', h.positiveSpans, isFloat ? h.positiveCounts : h.positiveDeltas);
  checkSpans('negative', h.negativeSpans, isFloat ? h.negativeCounts : h.negativeDeltas);
  const common = {
    counterResetHint: isGauge ? ('gauge' as const) : ('unknown' as const),
    schema: h.schema,
    zeroThreshold: h.zeroThreshold,
    sum: h.sum,
    positiveSpans: h.positiveSpans,
    negativeSpans: h.negativeSpans,
    customValues: [],
    isStale: false,
  };
  const histogram = isFloat
    ? {
        ...common,
        count: h.countFloat,
        zeroCount: h.zeroCountFloat,
        positiveBuckets: h.positiveCounts,
        negativeBuckets: h.negativeCounts,
      }
    : fromIntegerHistogram({
        ...common,
        count: h.count,
        zeroCount: h.zeroCount,
        positiveDeltas: h.positiveDeltas,
        negativeDeltas: h.negativeDeltas,
      });
  validateHistogram(histogram);
  if (!isFloat) checkCount(histogram);
  return compactHistogram(histogram);
}

function checkSpans(side: string, spans: readonly Span[], buckets: readonly number[]): void {
  let needed = 0;
  for (const span of spans) needed += span.length;
  if (needed === buckets.length) return;
  throw new HistogramMessageError(
    `${side} side: spans require ${needed} buckets, have ${buckets.length}`,
  );
}

/** Observations that are NaN count, but are in no bucket and make the sum NaN. */
function checkCount({ zeroCount, positiveBuckets, negativeBuckets, count, sum }: FloatHistogram) {
  const add = (total: number, bucket: number) => total + bucket;
  const inBuckets = positiveBuckets.reduce(add, negativeBuckets.reduce(add, zeroCount));
  if (Number.isNaN(sum) ? inBuckets <= count : inBuckets === count) return;
  throw new HistogramMessageError(
    `${inBuckets} observations found in buckets, but the Count field is ${count}: histogram's ` +
      'observation count should ' +
      (Number.isNaN(sum)
        ? 'be at least the number of observations found in the buckets'
        : 'equal the number of observations found in the buckets (in absence of NaN)'),
  );
}
