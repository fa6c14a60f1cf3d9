/** Anchored and smoothed `rate`, `increase` and `delta` of native histograms. */
import type { FloatHistogram } from '../../model/histogram.ts';
import {
  mismatchedCustomBucketsInfo,
  mixedExponentialCustomHistogramsWarning,
  nativeHistogramNotCounterWarning,
  nativeHistogramNotGaugeWarning,
} from '../engine/annotation-texts.ts';
import type { RowBuffer } from '../engine/rows.ts';
import { detectReset } from '../histogram/detect-reset.ts';
import { divideHistogram } from '../histogram/scale.ts';
import { IncompatibleSchemaError, usesCustomBuckets } from '../histogram/schema.ts';
import { type AddOutcome, HistogramSum } from '../histogram/sum.ts';
import type { RateKind } from './float-rate.ts';
import { interpolateHistograms } from './interpolate-histograms.ts';
import type { HistogramSamples, RangeCall, SampleWindow } from './range-function.ts';
import { type EdgeEntries, edgeEntries } from './window-edges.ts';

export function extendedHistogramRate(
  kind: RateKind,
  window: SampleWindow,
  call: RangeCall,
  out: RowBuffer,
): void {
  const samples = window.histograms;
  if (samples === undefined) return;
  const { histogramFrom, histogramTo } = window;
  const edges = edgeEntries(
    samples.timestampsMs,
    histogramFrom,
    histogramTo,
    window,
    call.smoothed,
  );
  if (edges === undefined) return;
  if (call.smoothed && (samples.timestampsMs[edges.first] as number) > window.endMs) return;
  try {
    if (!haveOneLayout(kind, samples, edges, call)) throw new IncompatibleSchemaError();
    const result = increase(kind, window, samples, edges, call);
    const scaled = kind.isPerSecond ? divideHistogram(result, call.rangeMs / 1000) : result;
    out.setHistogram(window.step, { ...scaled, counterResetHint: 'gauge' });
  } catch (error) {
    if (!(error instanceof IncompatibleSchemaError)) throw error;
    call.annotate(mixedExponentialCustomHistogramsWarning(call.metricName(), call.rangePos));
  }
}

function haveOneLayout(
  kind: RateKind,
  samples: HistogramSamples,
  { first, last }: EdgeEntries,
  call: RangeCall,
): boolean {
  const isCustom = usesCustomBuckets(samples.histograms[first] as FloatHistogram);
  for (let index = first; index <= last; index++) {
    const histogram = samples.histograms[index] as FloatHistogram;
    if (usesCustomBuckets(histogram) !== isCustom) return false;
    if (kind.isCounter && histogram.counterResetHint === 'gauge') {
      call.annotate(nativeHistogramNotCounterWarning(call.metricName(), call.rangePos));
    }
  }
  return true;
}

/** @throws IncompatibleSchemaError */
function increase(
  kind: RateKind,
  window: SampleWindow,
  samples: HistogramSamples,
  edges: EdgeEntries,
  call: RangeCall,
): FloatHistogram {
  const note = (outcome: AddOutcome, operation: 'addition' | 'subtraction'): void => {
    if (outcome.boundsReconciled) {
      call.annotate(mismatchedCustomBucketsInfo(call.rangePos, operation));
    }
  };
  const edgeAt = (before: number, timeMs: number): FloatHistogram =>
    interpolateHistograms(
      {
        beforeMs: samples.timestampsMs[before] as number,
        before: samples.histograms[before] as FloatHistogram,
        afterMs: samples.timestampsMs[before + 1] as number,
        after: samples.histograms[before + 1] as FloatHistogram,
        timeMs,
        isCounter: kind.isCounter,
      },
      note,
    );
  const { first, last } = edges;
  const startsBefore = call.smoothed && (samples.timestampsMs[first] as number) < window.startMs;
  const endsAfter =
    call.smoothed &&
    last > window.histogramFrom &&
    (samples.timestampsMs[last] as number) > window.endMs;
  const left = startsBefore
    ? edgeAt(first, window.startMs)
    : (samples.histograms[first] as FloatHistogram);
  const right = endsAfter
    ? edgeAt(last - 1, window.endMs)
    : (samples.histograms[last] as FloatHistogram);
  const areGauges = left.counterResetHint === 'gauge' && right.counterResetHint === 'gauge';
  if (!kind.isCounter && !areGauges) {
    call.annotate(nativeHistogramNotGaugeWarning(call.metricName(), call.rangePos));
  }
  const result = HistogramSum.of(right);
  note(result.subtract(left), 'subtraction');
  if (kind.isCounter) {
    for (const lost of lostAtResets(samples, edges, left, right, startsBefore)) {
      note(result.add(lost), 'addition');
    }
  }
  return result.toHistogram();
}

/** The histograms that stood before each reset between the two edges. */
function lostAtResets(
  samples: HistogramSamples,
  edges: EdgeEntries,
  left: FloatHistogram,
  right: FloatHistogram,
  startsBefore: boolean,
): FloatHistogram[] {
  const { histograms } = samples;
  const lost: FloatHistogram[] = [];
  let previous = left;
  let next = edges.first + 1;
  const second = histograms[next];
  if (startsBefore && second !== undefined) {
    // The interpolation at the left has already gone over a reset between these two.
    if (detectReset(second, histograms[edges.first] as FloatHistogram)) {
      previous = second;
      next++;
    }
  }
  // The last sample is `right` itself, or `right` has its hint: it would count twice.
  const end = edges.last;
  if (next > end) return lost;
  for (; next < end; next++) {
    const current = histograms[next] as FloatHistogram;
    if (detectReset(current, previous)) lost.push(previous);
    previous = current;
  }
  if (detectReset(right, previous)) lost.push(previous);
  return lost;
}
