/** Arithmetic on native histograms; nothing given is changed. */
import type { FloatHistogram } from '../../model/histogram.ts';
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
