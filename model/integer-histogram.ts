/** Histograms as they come over the wire: integer counts, buckets as differences. */
import type { CounterResetHint, FloatHistogram, Span } from './histogram.ts';

/**
 * Prometheus' `histogram.Histogram`. Bucket entries are the difference to the bucket before, which
 * keeps them short on the wire. Counts above 2^53 lose their last bits.
 */
export interface IntegerHistogram {
  readonly counterResetHint: CounterResetHint;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positiveSpans: readonly Span[];
  readonly negativeSpans: readonly Span[];
  readonly positiveDeltas: readonly number[];
  readonly negativeDeltas: readonly number[];
  readonly customValues: readonly number[];
  readonly isStale: boolean;
}

export function fromIntegerHistogram(h: IntegerHistogram): FloatHistogram {
  const { positiveDeltas, negativeDeltas, ...rest } = h;
  return {
    ...rest,
    positiveBuckets: runningSums(positiveDeltas),
    negativeBuckets: runningSums(negativeDeltas),
  };
}

function runningSums(deltas: readonly number[]): number[] {
  let sum = 0;
  return deltas.map((delta) => {
    sum += delta;
    return sum;
  });
}
