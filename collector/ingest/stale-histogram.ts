/** The end of a native histogram's series. */
import type { FloatHistogram } from '../../model/histogram.ts';

/** The marker is `isStale`; a sink writes the sum as the stale NaN. */
export const STALE_HISTOGRAM: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: Number.NaN,
  positiveSpans: [],
  negativeSpans: [],
  positiveBuckets: [],
  negativeBuckets: [],
  customValues: [],
  isStale: true,
};
