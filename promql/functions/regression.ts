/** `deriv`, `predict_linear` and `double_exponential_smoothing`. */
import { executionError } from '../engine/query-error.ts';
import { noteIgnoredHistograms } from './float-over-time.ts';
import { compensation } from './float-sums.ts';
import {
  floatCount,
  type RangeCall,
  type RangeFunction,
  type SampleWindow,
} from './range-function.ts';

export const deriv: RangeFunction = {
  window(window, call, out) {
    if (!hasTwoFloats(window, call)) return;
    // Seconds count from a time near those in use, for the sake of accuracy.
    const originMs = window.timestampsMs[window.from] as number;
    out.setFloat(window.step, linearRegression(window, originMs).slope);
    noteIgnoredHistograms(window, call);
  },
};

export const predictLinear: RangeFunction = {
  window(window, call, out) {
    if (!hasTwoFloats(window, call)) return;
    const seconds = call.scalars[0]?.[window.step] ?? Number.NaN;
    const { slope, intercept } = linearRegression(window, window.timeMs);
    out.setFloat(window.step, slope * seconds + intercept);
    noteIgnoredHistograms(window, call);
  },
};

export const doubleExponentialSmoothing: RangeFunction = {
  window(window, call, out) {
    const smoothing = factor(call, 0, window.step, 'smoothing');
    const trendFactor = factor(call, 1, window.step, 'trend');
    if (!hasTwoFloats(window, call)) return;
    const { values, from, to } = window;
    let previous = 0;
    let current = values[from] as number;
    let trend = (values[from + 1] as number) - current;
    for (let index = from + 1; index < to; index++) {
      if (index > from + 1) {
        trend = trendFactor * (current - previous) + (1 - trendFactor) * trend;
      }
      const smoothed = smoothing * (values[index] as number) + (1 - smoothing) * (current + trend);
      previous = current;
      current = smoothed;
    }
    out.setFloat(window.step, current);
    noteIgnoredHistograms(window, call);
  },
};

function factor(call: RangeCall, index: number, step: number, name: string): number {
  const value = call.scalars[index]?.[step] ?? Number.NaN;
  if (value <= 0 || value >= 1) {
    const range = name === 'smoothing' ? '0 < sf < 1' : '0 < tf < 1';
    throw executionError(`invalid ${name} factor. Expected: ${range}, got: ${value.toFixed(6)}`);
  }
  return value;
}

/** False, with an info when a histogram is why, if the window has less than two floats. */
function hasTwoFloats(window: SampleWindow, call: RangeCall): boolean {
  const count = floatCount(window);
  if (count === 1) noteIgnoredHistograms(window, call);
  return count >= 2;
}

/** Least squares; the intercept is the value at `originMs`. */
function linearRegression(
  { timestampsMs, values, from, to }: SampleWindow,
  originMs: number,
): { slope: number; intercept: number } {
  const first = values[from] as number;
  const count = to - from;
  const sums = new Float64Array(4);
  const errors = new Float64Array(4);
  let isConstant = true;
  const add = (at: number, value: number): void => {
    const before = sums[at] as number;
    const after = before + value;
    errors[at] = compensation(value, before, after, errors[at] as number);
    sums[at] = after;
  };
  for (let index = from; index < to; index++) {
    const y = values[index] as number;
    const x = ((timestampsMs[index] as number) - originMs) / 1000;
    if (index > from && y !== first) isConstant = false;
    add(0, x);
    add(1, y);
    add(2, x * y);
    add(3, x * x);
  }
  if (isConstant) {
    return Number.isFinite(first) || Number.isNaN(first)
      ? { slope: 0, intercept: first }
      : { slope: Number.NaN, intercept: Number.NaN };
  }
  const total = (at: number): number => (sums[at] as number) + (errors[at] as number);
  const covariance = total(2) - (total(0) * total(1)) / count;
  const variance = total(3) - (total(0) * total(0)) / count;
  const slope = covariance / variance;
  return { slope, intercept: total(1) / count - (slope * total(0)) / count };
}
