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
  const shared = new WeakMap<Int32Array, WindowTimes>();
  let own: WindowTimes | undefined;
  const resets = new Resets();
  const timesOf = (windows: FloatWindows, call: RangeCall): WindowTimes => {
    const known = windows.areShared ? shared.get(windows.from) : undefined;
    if (known !== undefined) return known;
    const times = windows.areShared || own === undefined ? new WindowTimes(windows.steps) : own;
    times.fill(windows, call, isPerSecond);
    if (windows.areShared) shared.set(windows.from, times);
    else own = times;
    return times;
  };
  return (windows, call, out) => {
    if (windows.steps === 0) return;
    const times = timesOf(windows, call);
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
  /**
   * From the start of the range, as far as it is extrapolated, to the first sample; as a part of
   * the time sampled.
   */
  readonly toStartShares: Float64Array;
  /** From the last sample to the end of the range, as far as it is extrapolated. */
  readonly toEndMs: Float64Array;
  /** What to multiply an increase by when nothing else limits the extrapolation. */
  readonly factors: Float64Array;
  /** True when there are two samples at each step. */
  isComplete = false;
  /** By which to divide the milliseconds of a range, and the seconds of a rate. */
  divisor = 1;

  constructor(steps: number) {
    this.sampledMs = new Float64Array(steps);
    this.toStartShares = new Float64Array(steps);
    this.toEndMs = new Float64Array(steps);
    this.factors = new Float64Array(steps);
  }

  fill(windows: FloatWindows, { rangeMs }: RangeCall, isPerSecond: boolean): void {
    const { steps, timestampsMs, start, from, to, endsMs } = windows;
    this.divisor = isPerSecond ? rangeMs / SECOND_MS : 1;
    let isComplete = true;
    for (let step = 0; step < steps; step++) {
      const first = from[step] as number;
      const last = (to[step] as number) - 1;
      if (last <= first) {
        this.sampledMs[step] = 0;
        isComplete = false;
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
      this.toStartShares[step] = toStartMs / sampledMs;
      this.toEndMs[step] = toEndMs;
      this.factors[step] = (sampledMs + toStartMs + toEndMs) / sampledMs / this.divisor;
    }
    this.isComplete = isComplete;
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

  /** The first one behind an entry, counted from `from` on. */
  nextAfter(entry: number, from: number): number {
    let at = from;
    while (at < this.count && (this.indexes[at] as number) <= entry) at++;
    return at;
  }

  /** What the counter had before each reset up to an entry. */
  lostUpTo(entry: number, from: number, values: Float64Array): number {
    let lost = 0;
    for (let at = from; at < this.count; at++) {
      const index = this.indexes[at] as number;
      if (index > entry) break;
      lost += values[index - 1] as number;
    }
    return lost;
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
  windows: FloatWindows,
  times: WindowTimes,
  resets: Resets,
  out: RowBuffer,
): void {
  if (resets.count === 0 && times.isComplete) {
    plainCounterRow(windows, times, out.values);
    out.markFull();
    return;
  }
  const { steps, values, start, from, to } = windows;
  let resetAt = 0;
  for (let step = 0; step < steps; step++) {
    if (times.sampledMs[step] === 0) continue;
    const first = start + (from[step] as number);
    const last = start + (to[step] as number) - 1;
    const firstValue = values[first] as number;
    resetAt = resets.nextAfter(first, resetAt);
    const lost = resets.lostUpTo(last, resetAt, values);
    const increase = (values[last] as number) - firstValue + lost;
    out.setFloat(step, increase * counterFactor(times, step, firstValue, increase));
  }
}

function counterFactor(times: WindowTimes, step: number, firstValue: number, increase: number) {
  const hitsZero = firstValue >= 0 && firstValue < (times.toStartShares[step] as number) * increase;
  if (!hitsZero) return times.factors[step] as number;
  const toEndShare = (times.toEndMs[step] as number) / (times.sampledMs[step] as number);
  return (1 + firstValue / increase + toEndShare) / times.divisor;
}

/** The loop of most queries: no reset, and two samples at each step. */
function plainCounterRow(
  { steps, values, start, from, to }: FloatWindows,
  { toStartShares, factors, toEndMs, sampledMs, divisor }: WindowTimes,
  results: Float64Array,
): void {
  for (let step = 0; step < steps; step++) {
    const firstValue = values[start + (from[step] as number)] as number;
    const increase = (values[start + (to[step] as number) - 1] as number) - firstValue;
    // A counter that would have been below zero at the start of the range begins at zero.
    if (firstValue < (toStartShares[step] as number) * increase && firstValue >= 0) {
      const share = firstValue / increase;
      const toEndShare = (toEndMs[step] as number) / (sampledMs[step] as number);
      results[step] = (increase * (1 + share + toEndShare)) / divisor;
    } else {
      results[step] = increase * (factors[step] as number);
    }
  }
}

function gaugeRow(
  { steps, values, start, from, to }: FloatWindows,
  { sampledMs, factors, isComplete }: WindowTimes,
  out: RowBuffer,
): void {
  for (let step = 0; step < steps; step++) {
    if (!isComplete) {
      if (sampledMs[step] === 0) continue;
      out.kinds[step] = FLOAT;
    }
    const firstValue = values[start + (from[step] as number)] as number;
    const change = (values[start + (to[step] as number) - 1] as number) - firstValue;
    out.values[step] = change * (factors[step] as number);
  }
  if (isComplete) out.markFull();
}
