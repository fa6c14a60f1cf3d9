/** `sum_over_time` and `avg_over_time`. */
import type { FloatHistogram } from '../../model/histogram.ts';
import {
  counterResetCollisionWarning,
  mismatchedCustomBucketsInfo,
  mixedExponentialCustomHistogramsWarning,
  mixedFloatsHistogramsWarning,
} from '../engine/annotation-texts.ts';
import { HistogramMean } from '../histogram/mean.ts';
import { IncompatibleSchemaError } from '../histogram/schema.ts';
import { HistogramSum } from '../histogram/sum.ts';
import { mean, sum } from './float-sums.ts';
import {
  floatCount,
  histogramCount,
  histogramSample,
  type RangeCall,
  type RangeFunction,
  type SampleWindow,
} from './range-function.ts';

type FloatFold = (values: Float64Array, from: number, to: number) => number;
type HistogramFold = HistogramSum | HistogramMean;

export const sumOverTime: RangeFunction = foldFunction(sum, (first) => HistogramSum.of(first));
export const avgOverTime: RangeFunction = foldFunction(mean, (first) => new HistogramMean(first));

function foldFunction(
  foldFloats: FloatFold,
  start: (first: FloatHistogram) => HistogramFold,
): RangeFunction {
  return {
    floats(windows, _call, out) {
      const { steps, values, start, from, to } = windows;
      for (let step = 0; step < steps; step++) {
        const first = start + (from[step] as number);
        const end = start + (to[step] as number);
        if (end > first) out.setFloat(step, foldFloats(values, first, end));
      }
    },
    window(window, call, out) {
      if (histogramCount(window) === 0) {
        out.setFloat(window.step, foldFloats(window.values, window.from, window.to));
      } else if (floatCount(window) > 0) {
        call.annotate(mixedFloatsHistogramsWarning(call.metricName(), call.rangePos));
      } else {
        const result = foldHistograms(window, call, start);
        if (result !== undefined) out.setHistogram(window.step, result);
      }
    },
  };
}

function foldHistograms(
  window: SampleWindow,
  call: RangeCall,
  start: (first: FloatHistogram) => HistogramFold,
): FloatHistogram | undefined {
  const first = histogramSample(window, window.histogramFrom);
  const fold = start(first);
  let hasReset = first.counterResetHint === 'reset';
  let hasNoReset = first.counterResetHint === 'not_reset';
  let areReconciled = false;
  for (let index = window.histogramFrom + 1; index < window.histogramTo; index++) {
    const histogram = histogramSample(window, index);
    hasReset ||= histogram.counterResetHint === 'reset';
    hasNoReset ||= histogram.counterResetHint === 'not_reset';
    try {
      areReconciled = fold.add(histogram).boundsReconciled || areReconciled;
    } catch (error) {
      if (!(error instanceof IncompatibleSchemaError)) throw error;
      call.annotate(mixedExponentialCustomHistogramsWarning(call.metricName(), call.rangePos));
      return undefined;
    }
  }
  if (hasReset && hasNoReset) {
    call.annotate(counterResetCollisionWarning(call.rangePos, 'aggregation'));
  }
  if (areReconciled) call.annotate(mismatchedCustomBucketsInfo(call.rangePos, 'aggregation'));
  return fold.toHistogram();
}
