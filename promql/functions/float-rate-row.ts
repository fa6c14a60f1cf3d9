/** `rate`, `increase` and `delta` of a series of floats: the hot loop of most queries. */
import { FLOAT, type RowBuffer } from '../engine/rows.ts';
import type { RateKind } from './float-rate.ts';
import type { FloatRowFunction, FloatWindows, RangeCall } from './range-function.ts';

/** A sample is "near" the edge of a range up to so many average intervals away. */
const NEAR_INTERVALS = 1.1;
const SECOND_MS = 1000;

/**
 * All steps of one series. A window costs the same however many samples it holds: what lies
 * between its first and last sample matters only at counter resets, which are found once per
 * series; and what depends on times only is computed once for all series of a target.
 */
export function floatRateRow({ isCounter, isPerSecond }: RateKind): FloatRowFunction {
  const timesOf = new WeakMap<Int32Array, WindowTimes>();
  const resets = new Resets();
  return (windows, call, out) => {
    if (windows.steps === 0) return;
    let times = timesOf.get(windows.from);
    if (times === undefined) {
      times = new WindowTimes(windows, call, isPerSecond);
      timesOf.set(windows.from, times);
    }
    if (isCounter) {
      if (windows.isRising) resets.count = 0;
      else resets.find(windows);
      counterRow(windows, times, resets, out);
    } else {
      gaugeRow(windows, times, out);
    }
  };
}

/** What the extrapolation of each window needs to know of its times (see `extrapolate.ts`). */
class WindowTimes {
  /** From the first to the last sample, in ms; 0 where there are fewer than two. */
  readonly sampledMs: Float64Array;
  /** From the start of the range, as far as it is extrapolated, to the first sample. */
  readonly toStartMs: Float64Array;
  /** From the last sample to the end of the range, as far as it is extrapolated. */
  readonly toEndMs: Float64Array;
  /** What to multiply an increase by when nothing else limits the extrapolation. */
  readonly factors: Float64Array;
  /** By which to divide the milliseconds of a range, and the seconds of a rate. */
  readonly divisor: number;

  constructor(windows: FloatWindows, { rangeMs }: RangeCall, isPerSecond: boolean) {
    const { steps, timestampsMs, start, from, to, endsMs } = windows;
    this.sampledMs = new Float64Array(steps);
    this.toStartMs = new Float64Array(steps);
    this.toEndMs = new Float64Array(steps);
    this.factors = new Float64Array(steps);
    this.divisor = isPerSecond ? rangeMs / SECOND_MS : 1;
    for (let step = 0; step < steps; step++) {
      const first = from[step] as number;
      const last = (to[step] as number) - 1;
      if (last <= first) {
        this.sampledMs[step] = 0;
        continue;
      }
      const firstMs = timestampsMs[start + first] as number;
      const lastMs = timestampsMs[start + last] as number;
      const endMs = endsMs[step] as number;
      const sampledMs = lastMs - firstMs;
      const averageMs = sampledMs / (last - first);
      const nearMs = averageMs * NEAR_INTERVALS;
      let toStartMs = firstMs - (endMs - rangeMs);
      let toEndMs = endMs - lastMs;
      if (toStartMs >= nearMs) toStartMs = averageMs / 2;
      if (toEndMs >= nearMs) toEndMs = averageMs / 2;
      this.sampledMs[step] = sampledMs;
      this.toStartMs[step] = toStartMs;
      this.toEndMs[step] = toEndMs;
      this.factors[step] = (sampledMs + toStartMs + toEndMs) / sampledMs / this.divisor;
    }
  }
}

/** The entries of a series whose value is below the one before. */
class Resets {
  count = 0;
  indexes = new Int32Array(16);

  find({ values, steps, start, from, to }: FloatWindows): void {
    const end = start + (to[steps - 1] as number);
    let index = start + (from[0] as number);
    let previous = values[index] as number;
    this.count = 0;
    for (index++; index < end; index++) {
      const value = values[index] as number;
      if (value < previous) this.#push(index);
      previous = value;
    }
  }

  #push(index: number): void {
    if (this.count === this.indexes.length) {
      const grown = new Int32Array(this.count * 2);
      grown.set(this.indexes);
      this.indexes = grown;
    }
    this.indexes[this.count++] = index;
  }
}

function counterRow(
  { steps, values, start, from, to }: FloatWindows,
  times: WindowTimes,
  resets: Resets,
  out: RowBuffer,
): void {
  const { sampledMs, toStartMs, toEndMs, factors, divisor } = times;
  const { count: resetCount, indexes } = resets;
  const { values: results, kinds } = out;
  let resetAt = 0;
  for (let step = 0; step < steps; step++) {
    const sampled = sampledMs[step] as number;
    if (sampled === 0) continue;
    const first = start + (from[step] as number);
    const last = start + (to[step] as number) - 1;
    const firstValue = values[first] as number;
    let increase = (values[last] as number) - firstValue;
    while (resetAt < resetCount && (indexes[resetAt] as number) <= first) resetAt++;
    for (let at = resetAt; at < resetCount; at++) {
      const index = indexes[at] as number;
      if (index > last) break;
      increase += values[index - 1] as number;
    }
    const toStart = toStartMs[step] as number;
    // A counter that would have been below zero at the start of the range begins at zero.
    const hitsZero = increase > 0 && firstValue >= 0 && sampled * firstValue < toStart * increase;
    if (hitsZero) {
      const toZero = sampled * (firstValue / increase);
      const covered = sampled + toZero + (toEndMs[step] as number);
      results[step] = increase * (covered / sampled / divisor);
    } else {
      results[step] = increase * (factors[step] as number);
    }
    kinds[step] = FLOAT;
  }
}

function gaugeRow(
  { steps, values, start, from, to }: FloatWindows,
  { sampledMs, factors }: WindowTimes,
  out: RowBuffer,
): void {
  for (let step = 0; step < steps; step++) {
    if (sampledMs[step] === 0) continue;
    const firstValue = values[start + (from[step] as number)] as number;
    const change = (values[start + (to[step] as number) - 1] as number) - firstValue;
    out.values[step] = change * (factors[step] as number);
    out.kinds[step] = FLOAT;
  }
}
