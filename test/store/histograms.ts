import type { FloatHistogram } from '../../model/histogram.ts';

/** A histogram that differs from a usual one in what is given. */
export function histogram(differing: Partial<FloatHistogram>): FloatHistogram {
  return {
    counterResetHint: 'unknown',
    schema: 3,
    zeroThreshold: 2 ** -128,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positiveSpans: [
      { offset: -3, length: 2 },
      { offset: 5, length: 1 },
    ],
    negativeSpans: [],
    positiveBuckets: [1.5, 2, 0],
    negativeBuckets: [],
    customValues: [],
    isStale: false,
    ...differing,
  };
}
