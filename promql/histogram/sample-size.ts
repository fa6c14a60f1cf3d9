/** How much a histogram counts for in the limits on samples. */
import type { FloatHistogram } from '../../model/histogram.ts';

/** Prometheus counts what a histogram fills in its memory; limits mean the same here. */
const FIXED_BYTES = 168;
const SPAN_BYTES = 8;
const NUMBER_BYTES = 8;
const SAMPLE_BYTES = 16;

function sizeBytes(h: FloatHistogram): number {
  const spanCount = h.positiveSpans.length + h.negativeSpans.length;
  const numberCount = h.positiveBuckets.length + h.negativeBuckets.length + h.customValues.length;
  return FIXED_BYTES + spanCount * SPAN_BYTES + numberCount * NUMBER_BYTES;
}

/** In float samples, of a histogram among the points of a series. */
export function histogramSampleSize(h: FloatHistogram): number {
  return Math.floor((sizeBytes(h) + NUMBER_BYTES) / SAMPLE_BYTES);
}
