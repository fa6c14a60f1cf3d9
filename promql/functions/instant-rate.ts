/** `irate` and `idelta`: the change between the last two samples. */
import type { FloatHistogram } from '../../model/histogram.ts';
import {
  mismatchedCustomBucketsInfo,
  mixedExponentialCustomHistogramsWarning,
  mixedFloatsHistogramsWarning,
  nativeHistogramNotCounterWarning,
  nativeHistogramNotGaugeWarning,
} from '../engine/annotation-texts.ts';
import { subtractHistograms } from '../histogram/arithmetic.ts';
import { detectReset } from '../histogram/detect-reset.ts';
import { divideHistogram } from '../histogram/scale.ts';
import { IncompatibleSchemaError } from '../histogram/schema.ts';
import { isStartReset } from './counter-reset.ts';
import {
  floatCount,
  histogramCount,
  type RangeCall,
  type RangeFunction,
  type SampleWindow,
} from './range-function.ts';

interface Sample {
  readonly timeMs: number;
  readonly startMs: number;
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
}

export function instantRateFunction(isRate: boolean): RangeFunction {
  return {
    window(window, call, out) {
      if (floatCount(window) + histogramCount(window) < 2) return;
      const [before, last] = lastTwo(window, call);
      const intervalMs = last.timeMs - before.timeMs;
      if (intervalMs === 0) return;
      const isStartedAnew =
        isRate && isStartReset(before.startMs, before.timeMs, last.startMs, last.timeMs);
      if (before.histogram === undefined && last.histogram === undefined) {
        const isReset = isStartedAnew || (isRate && last.value < before.value);
        const change = isReset ? last.value : last.value - before.value;
        out.setFloat(window.step, isRate ? change / (intervalMs / 1000) : change);
      } else if (before.histogram === undefined || last.histogram === undefined) {
        call.annotate(mixedFloatsHistogramsWarning(call.metricName(), call.rangePos));
      } else {
        const change = histogramChange(
          before.histogram,
          last.histogram,
          isRate,
          isStartedAnew,
          call,
        );
        if (change === undefined) return;
        const result = isRate ? divideHistogram(change, intervalMs / 1000) : change;
        out.setHistogram(window.step, result);
      }
    },
  };
}

/** The last two samples of either kind. */
function lastTwo(window: SampleWindow, call: RangeCall): [Sample, Sample] {
  const candidates: Sample[] = [];
  const { timestampsMs, values, startTimestampsMs, from, to, histograms } = window;
  const hasStarts = call.usesStartTimestamps;
  for (let index = Math.max(from, to - 2); index < to; index++) {
    candidates.push({
      timeMs: timestampsMs[index] as number,
      startMs: hasStarts ? (startTimestampsMs?.[index] ?? 0) : 0,
      value: values[index] as number,
      histogram: undefined,
    });
  }
  const { histogramFrom, histogramTo } = window;
  for (let index = Math.max(histogramFrom, histogramTo - 2); index < histogramTo; index++) {
    candidates.push({
      timeMs: histograms?.timestampsMs[index] ?? 0,
      startMs: hasStarts ? (histograms?.startTimestampsMs?.[index] ?? 0) : 0,
      value: 0,
      histogram: histograms?.histograms[index],
    });
  }
  candidates.sort((a, b) => a.timeMs - b.timeMs);
  return candidates.slice(-2) as [Sample, Sample];
}

function histogramChange(
  before: FloatHistogram,
  last: FloatHistogram,
  isRate: boolean,
  isStartedAnew: boolean,
  call: RangeCall,
): FloatHistogram | undefined {
  const hints = [before.counterResetHint, last.counterResetHint];
  if (isRate && hints.includes('gauge')) {
    call.annotate(nativeHistogramNotCounterWarning(call.metricName(), call.rangePos));
  }
  if (!isRate && hints.some((hint) => hint !== 'gauge')) {
    call.annotate(nativeHistogramNotGaugeWarning(call.metricName(), call.rangePos));
  }
  if (isRate && (isStartedAnew || detectReset(last, before))) {
    return { ...last, counterResetHint: 'gauge' };
  }
  try {
    const difference = subtractHistograms(last, before);
    if (difference.boundsReconciled) {
      call.annotate(mismatchedCustomBucketsInfo(call.rangePos, 'subtraction'));
    }
    return { ...difference.histogram, counterResetHint: 'gauge' };
  } catch (error) {
    if (!(error instanceof IncompatibleSchemaError)) throw error;
    call.annotate(mixedExponentialCustomHistogramsWarning(call.metricName(), call.rangePos));
    return undefined;
  }
}
