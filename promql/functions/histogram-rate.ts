/** `rate`, `increase` and `delta` of native histograms. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { reduceResolution } from '../../model/histogram-buckets.ts';
import {
  mismatchedCustomBucketsInfo,
  mixedExponentialCustomHistogramsWarning,
  nativeHistogramNotCounterWarning,
  nativeHistogramNotGaugeWarning,
  startTimeOverlapWarning,
} from '../engine/annotation-texts.ts';
import type { RowBuffer } from '../engine/rows.ts';
import { addHistograms } from '../histogram/arithmetic.ts';
import { detectReset } from '../histogram/detect-reset.ts';
import { scaleHistogram } from '../histogram/scale.ts';
import { IncompatibleSchemaError, usesCustomBuckets } from '../histogram/schema.ts';
import { HistogramSum } from '../histogram/sum.ts';
import { isStartOverlap, isStartReset } from './counter-reset.ts';
import { extrapolationFactor, factorFromStart } from './extrapolate.ts';
import type { RateKind } from './float-rate.ts';
import {
  type HistogramSamples,
  histogramCount,
  type RangeCall,
  type SampleWindow,
} from './range-function.ts';

export function histogramRateWindow(
  kind: RateKind,
  window: SampleWindow,
  call: RangeCall,
  out: RowBuffer,
): void {
  const samples = window.histograms;
  if (samples === undefined) return;
  const { histogramFrom: from, histogramTo: to } = window;
  const count = histogramCount(window);
  const first = samples.histograms[from] as FloatHistogram;
  let result: FloatHistogram | undefined;
  if (count > 1) {
    result = increase(kind, samples, from, to, call);
    if (result === undefined) return;
  }
  const edges = {
    rangeStartMs: window.startMs,
    rangeEndMs: window.endMs,
    firstMs: samples.timestampsMs[from] as number,
    lastMs: samples.timestampsMs[to - 1] as number,
    sampleCount: count,
  };
  const starts = kind.isCounter && call.usesStartTimestamps ? samples.startTimestampsMs : undefined;
  const startMs = starts?.[from] ?? 0;
  let factor: number;
  if (startMs !== 0 && startMs > window.startMs && startMs < edges.firstMs) {
    factor = factorFromStart(edges, startMs);
    result = result === undefined ? first : withFirst(result, first, call);
    if (result === undefined) return;
  } else if (result === undefined) {
    return;
  } else {
    const hasZeroPoint = kind.isCounter && result.count > 0 && first.count >= 0;
    factor = extrapolationFactor(edges, hasZeroPoint ? first.count / result.count : undefined);
  }
  if (kind.isPerSecond) factor /= call.rangeMs / 1000;
  out.setHistogram(window.step, scaleHistogram(result, factor));
}

function withFirst(
  result: FloatHistogram,
  first: FloatHistogram,
  call: RangeCall,
): FloatHistogram | undefined {
  try {
    const sum = addHistograms(result, first);
    if (sum.boundsReconciled) {
      call.annotate(mismatchedCustomBucketsInfo(call.rangePos, 'addition'));
    }
    return sum.histogram;
  } catch (error) {
    if (!(error instanceof IncompatibleSchemaError)) throw error;
    call.annotate(mixedExponentialCustomHistogramsWarning(call.metricName(), call.rangePos));
    return undefined;
  }
}

/** Last minus first, what was lost at resets added; undefined when the layouts cannot be mixed. */
function increase(
  kind: RateKind,
  samples: HistogramSamples,
  from: number,
  to: number,
  call: RangeCall,
): FloatHistogram | undefined {
  const { histograms, timestampsMs } = samples;
  const starts = call.usesStartTimestamps ? samples.startTimestampsMs : undefined;
  const first = histograms[from] as FloatHistogram;
  const second = histograms[from + 1] as FloatHistogram;
  const last = histograms[to - 1] as FloatHistogram;
  const isResetAt = (index: number, previous: FloatHistogram): boolean =>
    isStartResetAt(starts, timestampsMs, index) ||
    detectReset(histograms[index] as FloatHistogram, previous);

  let base = first;
  if (kind.isCounter) {
    if (first.counterResetHint === 'gauge' || last.counterResetHint === 'gauge') {
      call.annotate(nativeHistogramNotCounterWarning(call.metricName(), call.rangePos));
    }
    // A first sample followed by a reset adds nothing, so that its layout does not matter either.
    if (isResetAt(from + 1, first)) base = emptyLike(second);
  }
  const isCustom = usesCustomBuckets(base);
  let minSchema = Math.min(last.schema, base.schema);
  let isMixed = usesCustomBuckets(last) !== isCustom;
  for (let index = from + 1; index < to - 1 && kind.isCounter && !isMixed; index++) {
    const current = histograms[index] as FloatHistogram;
    if (current.counterResetHint === 'gauge') {
      call.annotate(nativeHistogramNotCounterWarning(call.metricName(), call.rangePos));
    }
    minSchema = Math.min(minSchema, current.schema);
    isMixed = usesCustomBuckets(current) !== isCustom;
  }
  if (isMixed) {
    call.annotate(mixedExponentialCustomHistogramsWarning(call.metricName(), call.rangePos));
    return undefined;
  }

  const result = HistogramSum.of(isCustom ? last : reduceResolution(last, minSchema));
  if (result.subtract(base).boundsReconciled) {
    call.annotate(mismatchedCustomBucketsInfo(call.rangePos, 'subtraction'));
  }
  if (kind.isCounter) {
    let previous = base;
    let hasWarned = false;
    for (let index = from + 1; index < to; index++) {
      if (!hasWarned && isStartOverlapAt(starts, timestampsMs, index)) {
        call.annotate(startTimeOverlapWarning(call.metricName(), call.rangePos));
        hasWarned = true;
      }
      if (isResetAt(index, previous) && result.add(previous).boundsReconciled) {
        call.annotate(mismatchedCustomBucketsInfo(call.rangePos, 'addition'));
      }
      previous = histograms[index] as FloatHistogram;
    }
  } else if (first.counterResetHint !== 'gauge' || last.counterResetHint !== 'gauge') {
    call.annotate(nativeHistogramNotGaugeWarning(call.metricName(), call.rangePos));
  }
  return { ...result.toHistogram(), counterResetHint: 'gauge' };
}

function isStartResetAt(
  starts: ArrayLike<number> | undefined,
  timestampsMs: ArrayLike<number>,
  index: number,
): boolean {
  if (starts === undefined) return false;
  return isStartReset(
    starts[index - 1] as number,
    timestampsMs[index - 1] as number,
    starts[index] as number,
    timestampsMs[index] as number,
  );
}

function isStartOverlapAt(
  starts: ArrayLike<number> | undefined,
  timestampsMs: ArrayLike<number>,
  index: number,
): boolean {
  if (starts === undefined) return false;
  return isStartOverlap(
    starts[index - 1] as number,
    timestampsMs[index - 1] as number,
    starts[index] as number,
  );
}

function emptyLike(h: FloatHistogram): FloatHistogram {
  return {
    counterResetHint: 'unknown',
    schema: h.schema,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positiveSpans: [],
    negativeSpans: [],
    positiveBuckets: [],
    negativeBuckets: [],
    customValues: h.customValues,
    isStale: false,
  };
}
