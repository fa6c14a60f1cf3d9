/** Native histograms as data. Arithmetic on them lives in `promql/`. */

/** A run of `length` consecutive buckets, `offset` after the end of the run before (or index 0). */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export type CounterResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge';

/** Schema of histograms with custom bucket bounds ("NHCB"). */
export const CUSTOM_BUCKETS_SCHEMA = -53;
export const EXPONENTIAL_SCHEMA_MIN = -4;
export const EXPONENTIAL_SCHEMA_MAX = 8;

/**
 * Prometheus' `histogram.FloatHistogram`: bucket counts are absolute floats. Bucket `i` of an
 * exponential schema `s` covers (2^((i-1)·2^-s), 2^(i·2^-s)]. A stale marker among histograms is
 * one whose `sum` is the stale NaN: `isStale` says so.
 */
export interface FloatHistogram {
  readonly counterResetHint: CounterResetHint;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positiveSpans: readonly Span[];
  readonly negativeSpans: readonly Span[];
  readonly positiveBuckets: readonly number[];
  readonly negativeBuckets: readonly number[];
  /** Upper bounds, ascending, without +Inf; only with the custom buckets schema. */
  readonly customValues: readonly number[];
  readonly isStale: boolean;
}
