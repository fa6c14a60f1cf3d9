/** OTLP's histograms as native ones: exponential buckets, or the sender's own bounds. */
import {
  CUSTOM_BUCKETS_SCHEMA,
  EXPONENTIAL_SCHEMA_MAX,
  EXPONENTIAL_SCHEMA_MIN,
  type FloatHistogram,
  type Span,
} from '../../model/histogram.ts';
import { InvalidHistogramError } from '../../model/histogram-validation.ts';
import type { DenseBuckets, ExponentialPoint, HistogramPoint } from './otlp-metrics.ts';

/** What Prometheus takes where the sender gives none. */
const ZERO_THRESHOLD_DEFAULT = 1e-128;

/** Fewer empty buckets than this between two others are cheaper than a new span. */
const GAP_MAX = 2;

/** @throws InvalidHistogramError for a scale below Prometheus' smallest */
export function fromExponential(point: ExponentialPoint): FloatHistogram {
  if (point.scale < EXPONENTIAL_SCHEMA_MIN) {
    throw new InvalidHistogramError(
      'cannot convert exponential to native histogram. Scale must be >= ' +
        `${EXPONENTIAL_SCHEMA_MIN}, was ${point.scale}`,
    );
  }
  const schema = Math.min(point.scale, EXPONENTIAL_SCHEMA_MAX);
  const scaleDown = point.scale - schema;
  const positive = sparse(downscaled(point.positive, scaleDown));
  const negative = sparse(downscaled(point.negative, scaleDown));
  return {
    counterResetHint: 'unknown',
    schema,
    zeroThreshold: point.zeroThreshold > 0 ? point.zeroThreshold : ZERO_THRESHOLD_DEFAULT,
    zeroCount: point.zeroCount,
    count: point.count,
    sum: point.sum ?? 0,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
    customValues: [],
    isStale: point.hasNoValue,
  };
}

/** A native histogram with the bounds of the sender. */
export function fromExplicit(point: HistogramPoint): FloatHistogram {
  const counts = point.bucketCounts.length === 0 ? [point.count] : point.bucketCounts;
  const { spans, buckets } = sparse(counts.map((count, index) => [index, count] as const));
  return {
    counterResetHint: 'unknown',
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    zeroCount: 0,
    count: point.count,
    sum: point.sum ?? 0,
    positiveSpans: spans,
    positiveBuckets: buckets,
    negativeSpans: [],
    negativeBuckets: [],
    customValues: point.bounds,
    isStale: point.hasNoValue,
  };
}

/**
 * Merges 2^scaleDown buckets into one. OTLP's bucket 0 lies above 1, Prometheus' ends there, hence
 * the one that is added.
 */
function downscaled(dense: DenseBuckets, scaleDown: number): (readonly [number, number])[] {
  const merged: [number, number][] = [];
  const factor = 2 ** scaleDown;
  for (const [at, count] of dense.counts.entries()) {
    const index = Math.floor((dense.offset + at) / factor) + 1;
    const last = merged.at(-1);
    if (last !== undefined && last[0] === index) last[1] += count;
    else merged.push([index, count]);
  }
  return merged;
}

/** @param dense index and count, ascending */
function sparse(dense: readonly (readonly [number, number])[]) {
  const spans: { offset: number; length: number }[] = [];
  const buckets: number[] = [];
  let next = 0;
  for (const [index, count] of dense) {
    if (count === 0) continue;
    const last = spans.at(-1);
    const gap = index - next;
    if (last === undefined || gap > GAP_MAX) {
      spans.push({ offset: gap, length: 1 });
    } else {
      last.length += gap + 1;
      for (let empty = 0; empty < gap; empty++) buckets.push(0);
    }
    buckets.push(count);
    next = index + 1;
  }
  return { spans: spans as readonly Span[], buckets };
}
