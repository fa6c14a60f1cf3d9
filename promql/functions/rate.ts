/** `rate`, `increase`, `delta`. */
import { mixedFloatsHistogramsWarning } from '../engine/annotation-texts.ts';
import { extendedHistogramRate } from './extended-histogram-rate.ts';
import { extendedFloatRate } from './extended-rate.ts';
import { floatRateWindow, type RateKind } from './float-rate.ts';
import { floatRateRow } from './float-rate-row.ts';
import { histogramRateWindow } from './histogram-rate.ts';
import { floatCount, histogramCount, type RangeFunction } from './range-function.ts';

export function rateFunction(kind: RateKind): RangeFunction {
  return {
    startFloats: () => floatRateRow(kind),
    window(window, call, out) {
      const hasFloats = floatCount(window) > 0;
      const hasHistograms = histogramCount(window) > 0;
      const isExtended = call.anchored || call.smoothed;
      if (hasFloats && hasHistograms) {
        call.annotate(mixedFloatsHistogramsWarning(call.metricName(), call.rangePos));
      } else if (hasHistograms) {
        (isExtended ? extendedHistogramRate : histogramRateWindow)(kind, window, call, out);
      } else {
        (isExtended ? extendedFloatRate : floatRateWindow)(kind, window, call, out);
      }
    },
  };
}
