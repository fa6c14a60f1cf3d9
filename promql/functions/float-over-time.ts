/** Functions over ranges that look at floats and pass over histograms with an info. */
import {
  histogramIgnoredInMixedRangeInfo,
  invalidQuantileWarning,
} from '../engine/annotation-texts.ts';
import { quantileOf } from './float-quantile.ts';
import { variance } from './float-sums.ts';
import {
  floatCount,
  histogramCount,
  type RangeCall,
  type RangeFunction,
  type SampleWindow,
} from './range-function.ts';

type ValueOf = (
  values: Float64Array,
  from: number,
  to: number,
  timestampsMs: Float64Array,
) => number;

export const maxOverTime = floatFunction(max);
export const minOverTime = floatFunction(min);
export const tsOfMaxOverTime = floatFunction((values, from, to, timestampsMs) =>
  timeOfExtreme(values, from, to, timestampsMs, 1),
);
export const tsOfMinOverTime = floatFunction((values, from, to, timestampsMs) =>
  timeOfExtreme(values, from, to, timestampsMs, -1),
);
export const stdvarOverTime = floatFunction(variance);
export const stddevOverTime = floatFunction((values, from, to) =>
  Math.sqrt(variance(values, from, to)),
);
export const madOverTime = floatFunction(medianAbsoluteDeviation);

export const quantileOverTime: RangeFunction = {
  window(window, call, out) {
    if (floatCount(window) === 0) return;
    const q = call.scalars[0]?.[window.step] ?? Number.NaN;
    if (!(q >= 0 && q <= 1)) call.annotate(invalidQuantileWarning(q, call.firstArgPos));
    if (histogramCount(window) > 0) {
      call.annotate(histogramIgnoredInMixedRangeInfo(call.metricName(), call.firstArgPos));
    }
    const { values, from, to } = window;
    out.setFloat(window.step, quantileOf(q, values.slice(from, to), to - from));
  },
};

function floatFunction(valueOf: ValueOf): RangeFunction {
  return {
    floats({ steps, values, timestampsMs, start, from, to }, _call, out) {
      for (let step = 0; step < steps; step++) {
        const first = start + (from[step] as number);
        const end = start + (to[step] as number);
        if (end > first) out.setFloat(step, valueOf(values, first, end, timestampsMs));
      }
    },
    window(window, call, out) {
      if (floatCount(window) === 0) return;
      noteIgnoredHistograms(window, call);
      const { values, from, to, timestampsMs } = window;
      out.setFloat(window.step, valueOf(values, from, to, timestampsMs));
    },
  };
}

export function noteIgnoredHistograms(window: SampleWindow, call: RangeCall): void {
  if (histogramCount(window) === 0) return;
  call.annotate(histogramIgnoredInMixedRangeInfo(call.metricName(), call.rangePos));
}

/** NaN only when all values are. */
function max(values: Float64Array, from: number, to: number): number {
  let result = values[from] as number;
  for (let index = from + 1; index < to; index++) {
    const value = values[index] as number;
    if (value > result || result !== result) result = value;
  }
  return result;
}

function min(values: Float64Array, from: number, to: number): number {
  let result = values[from] as number;
  for (let index = from + 1; index < to; index++) {
    const value = values[index] as number;
    if (value < result || result !== result) result = value;
  }
  return result;
}

/** Seconds; of equal extremes the last. */
function timeOfExtreme(
  values: Float64Array,
  from: number,
  to: number,
  timestampsMs: Float64Array,
  sign: 1 | -1,
): number {
  let extreme = (values[from] as number) * sign;
  let at = from;
  for (let index = from; index < to; index++) {
    const value = (values[index] as number) * sign;
    if (!(value >= extreme || Number.isNaN(extreme))) continue;
    extreme = value;
    at = index;
  }
  return (timestampsMs[at] as number) / 1000;
}

function medianAbsoluteDeviation(values: Float64Array, from: number, to: number): number {
  const count = to - from;
  const sorted = values.slice(from, to);
  if (sorted.some(Number.isNaN)) return Number.NaN;
  const median = quantileOf(0.5, sorted, count);
  for (let index = 0; index < count; index++) {
    sorted[index] = Math.abs((sorted[index] as number) - median);
  }
  return quantileOf(0.5, sorted, count);
}
