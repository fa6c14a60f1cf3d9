/** Functions over ranges that pick or count samples of either kind. */

import type { RowBuffer } from '../engine/rows.ts';
import {
  type FloatWindows,
  floatCount,
  histogramCount,
  histogramSample,
  type RangeFunction,
  type SampleWindow,
} from './range-function.ts';

export const countOverTime: RangeFunction = {
  floats(windows, _call, out) {
    eachStep(windows, out, (from, to) => to - from);
  },
  window(window, _call, out) {
    out.setFloat(window.step, floatCount(window) + histogramCount(window));
  },
};

/** Also of `absent_over_time`, whose answer is made from what is missing here. */
export const presentOverTime: RangeFunction = {
  floats(windows, _call, out) {
    eachStep(windows, out, () => 1);
  },
  window(window, _call, out) {
    out.setFloat(window.step, 1);
  },
};

export const firstOverTime: RangeFunction = {
  floats(windows, _call, out) {
    eachStep(windows, out, (from) => windows.values[from] as number);
  },
  window(window, _call, out) {
    const isFloat = !(firstHistogramMs(window) <= firstFloatMs(window));
    if (isFloat) out.setFloat(window.step, window.values[window.from] as number);
    else out.setHistogram(window.step, histogramSample(window, window.histogramFrom));
  },
};

export const lastOverTime: RangeFunction = {
  floats(windows, _call, out) {
    eachStep(windows, out, (_from, to) => windows.values[to - 1] as number);
  },
  window(window, _call, out) {
    const isFloat = lastFloatMs(window) > lastHistogramMs(window);
    if (isFloat) out.setFloat(window.step, window.values[window.to - 1] as number);
    else out.setHistogram(window.step, histogramSample(window, window.histogramTo - 1));
  },
};

export const tsOfFirstOverTime: RangeFunction = {
  window(window, _call, out) {
    const timeMs = Math.min(firstFloatMs(window), firstHistogramMs(window));
    out.setFloat(window.step, timeMs / 1000);
  },
};

export const tsOfLastOverTime: RangeFunction = {
  window(window, _call, out) {
    const timeMs = Math.max(lastFloatMs(window), lastHistogramMs(window));
    out.setFloat(window.step, timeMs / 1000);
  },
};

function eachStep(
  { steps, start, from, to }: FloatWindows,
  out: RowBuffer,
  valueOf: (from: number, to: number) => number,
): void {
  for (let step = 0; step < steps; step++) {
    const first = start + (from[step] as number);
    const end = start + (to[step] as number);
    if (end > first) out.setFloat(step, valueOf(first, end));
  }
}

function firstFloatMs(window: SampleWindow): number {
  return floatCount(window) > 0 ? (window.timestampsMs[window.from] as number) : Infinity;
}

function firstHistogramMs(window: SampleWindow): number {
  return window.histograms !== undefined && histogramCount(window) > 0
    ? (window.histograms.timestampsMs[window.histogramFrom] as number)
    : Infinity;
}

function lastFloatMs(window: SampleWindow): number {
  return floatCount(window) > 0 ? (window.timestampsMs[window.to - 1] as number) : -Infinity;
}

function lastHistogramMs(window: SampleWindow): number {
  return window.histograms !== undefined && histogramCount(window) > 0
    ? (window.histograms.timestampsMs[window.histogramTo - 1] as number)
    : -Infinity;
}
