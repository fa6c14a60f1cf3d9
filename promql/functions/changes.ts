/** `changes` and `resets`, which compare each sample with the one before, whatever their kinds. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { detectReset } from '../histogram/detect-reset.ts';
import { equalHistograms } from '../histogram/equality.ts';
import { isStartReset } from './counter-reset.ts';
import type { RangeCall, RangeFunction, SampleWindow } from './range-function.ts';

interface Sample {
  readonly timeMs: number;
  readonly startMs: number;
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
}

type Differs = (before: Sample, current: Sample) => boolean;

export const changes = countFunction((before, current) => {
  if (before.histogram === undefined && current.histogram === undefined) {
    const areBothNaN = Number.isNaN(before.value) && Number.isNaN(current.value);
    return before.value !== current.value && !areBothNaN;
  }
  if (before.histogram === undefined || current.histogram === undefined) return true;
  return !equalHistograms(current.histogram, before.histogram);
});

export const resets = countFunction((before, current) => {
  if ((before.histogram === undefined) !== (current.histogram === undefined)) return true;
  if (isStartReset(before.startMs, before.timeMs, current.startMs, current.timeMs)) return true;
  if (before.histogram === undefined || current.histogram === undefined) {
    return current.value < before.value;
  }
  return detectReset(current.histogram, before.histogram);
});

function countFunction(differs: Differs): RangeFunction {
  return {
    window(window, call, out) {
      const samples = inOrder(window, call);
      const first = call.anchored ? anchorIndex(samples, window.startMs) : 0;
      if (first === undefined) return;
      let count = 0;
      for (let index = first + 1; index < samples.length; index++) {
        if (differs(samples[index - 1] as Sample, samples[index] as Sample)) count++;
      }
      out.setFloat(window.step, count);
    },
  };
}

/** The last sample at or before the start of the range; undefined when none comes after it. */
function anchorIndex(samples: readonly Sample[], startMs: number): number | undefined {
  let index = 0;
  while (index < samples.length && (samples[index] as Sample).timeMs <= startMs) index++;
  return index === samples.length ? undefined : Math.max(0, index - 1);
}

function inOrder(window: SampleWindow, call: RangeCall): Sample[] {
  const samples: Sample[] = [];
  const { timestampsMs, values, startTimestampsMs, histograms } = window;
  const hasStarts = call.usesStartTimestamps;
  let at = window.histogramFrom;
  const pushHistogramsBefore = (timeMs: number): void => {
    if (histograms === undefined) return;
    for (; at < window.histogramTo; at++) {
      const histogramMs = histograms.timestampsMs[at] as number;
      if (histogramMs >= timeMs) return;
      const startMs = hasStarts ? (histograms.startTimestampsMs?.[at] ?? 0) : 0;
      const histogram = histograms.histograms[at];
      samples.push({ timeMs: histogramMs, startMs, value: 0, histogram });
    }
  };
  for (let index = window.from; index < window.to; index++) {
    const timeMs = timestampsMs[index] as number;
    pushHistogramsBefore(timeMs);
    const startMs = hasStarts ? (startTimestampsMs?.[index] ?? 0) : 0;
    samples.push({ timeMs, startMs, value: values[index] as number, histogram: undefined });
  }
  pushHistogramsBefore(Infinity);
  return samples;
}
