/** `rate`, `increase` and `delta` of floats: the hot loop of most queries. */

import { startTimeOverlapWarning } from '../engine/annotation-texts.ts';
import type { RowBuffer } from '../engine/rows.ts';
import { FLOAT } from '../engine/rows.ts';
import { isStartOverlap, isStartReset } from './counter-reset.ts';
import { extrapolationFactor, factorFromStart } from './extrapolate.ts';
import {
  type FloatWindows,
  floatCount,
  type RangeCall,
  type SampleWindow,
} from './range-function.ts';

/** Which of the three functions it is. */
export interface RateKind {
  readonly isCounter: boolean;
  readonly isPerSecond: boolean;
}

/** @returns how many resets there are; their entries are in the scratch */
function findResets(windows: FloatWindows): number {
  const { values, scratch, steps } = windows;
  const end = windows.to[steps - 1] as number;
  let { indexes } = scratch;
  let count = 0;
  let index = windows.from[0] as number;
  let previous = values[index] as number;
  for (index++; index < end; index++) {
    const value = values[index] as number;
    if (value < previous) {
      if (count === indexes.length) indexes = grow(scratch);
      indexes[count++] = index;
    }
    previous = value;
  }
  return count;
}

function grow(scratch: { indexes: Int32Array }): Int32Array {
  const grown = new Int32Array(Math.max(64, scratch.indexes.length * 2));
  grown.set(scratch.indexes);
  scratch.indexes = grown;
  return grown;
}

/**
 * All steps of one series. Each window costs the same however many samples it holds: what lies
 * between its first and last sample matters only at counter resets, which are found once.
 */
export function floatRateRow(
  kind: RateKind,
  windows: FloatWindows,
  call: RangeCall,
  out: RowBuffer,
) {
  const { steps, timestampsMs, values, from, to, endsMs } = windows;
  const { isCounter, isPerSecond } = kind;
  const { rangeMs } = call;
  if (steps === 0) return;
  const resetCount = isCounter ? findResets(windows) : 0;
  const resets = windows.scratch.indexes;
  const rangeSeconds = rangeMs / 1000;
  let resetAt = 0;
  for (let step = 0; step < steps; step++) {
    const first = from[step] as number;
    const last = (to[step] as number) - 1;
    if (last <= first) continue;
    const firstValue = values[first] as number;
    let result = (values[last] as number) - firstValue;
    while (resetAt < resetCount && (resets[resetAt] as number) <= first) resetAt++;
    for (let at = resetAt; at < resetCount; at++) {
      const index = resets[at] as number;
      if (index > last) break;
      result += values[index - 1] as number;
    }
    // What follows is `extrapolationFactor`, written out: a call per point would cost as much.
    const firstMs = timestampsMs[first] as number;
    const lastMs = timestampsMs[last] as number;
    const endMs = endsMs[step] as number;
    const sampledSeconds = (lastMs - firstMs) / 1000;
    const averageSeconds = sampledSeconds / (last - first);
    const thresholdSeconds = averageSeconds * 1.1;
    let toStartSeconds = (firstMs - (endMs - rangeMs)) / 1000;
    let toEndSeconds = (endMs - lastMs) / 1000;
    if (toStartSeconds >= thresholdSeconds) toStartSeconds = averageSeconds / 2;
    if (isCounter && result > 0 && firstValue >= 0) {
      const toZeroSeconds = sampledSeconds * (firstValue / result);
      if (toZeroSeconds < toStartSeconds) toStartSeconds = toZeroSeconds;
    }
    if (toEndSeconds >= thresholdSeconds) toEndSeconds = averageSeconds / 2;
    let factor = (sampledSeconds + toStartSeconds + toEndSeconds) / sampledSeconds;
    if (isPerSecond) factor /= rangeSeconds;
    out.values[step] = result * factor;
    out.kinds[step] = FLOAT;
  }
}

/** One window, start timestamps taken into account when there are any. */
export function floatRateWindow(
  kind: RateKind,
  window: SampleWindow,
  call: RangeCall,
  out: RowBuffer,
): void {
  const { timestampsMs, values, from, to } = window;
  const starts = kind.isCounter && call.usesStartTimestamps ? window.startTimestampsMs : undefined;
  const count = floatCount(window);
  const firstValue = values[from] as number;
  const edges = {
    rangeStartMs: window.startMs,
    rangeEndMs: window.endMs,
    firstMs: timestampsMs[from] as number,
    lastMs: timestampsMs[to - 1] as number,
    sampleCount: count,
  };
  let result = (values[to - 1] as number) - firstValue;
  if (kind.isCounter) result += counterCorrection(window, starts, call);
  const startMs = starts?.[from] ?? 0;
  let factor: number;
  if (startMs !== 0 && startMs > window.startMs && startMs < edges.firstMs) {
    factor = factorFromStart(edges, startMs);
    result += firstValue;
  } else if (count === 1) {
    return;
  } else {
    const hasZeroPoint = kind.isCounter && result > 0 && firstValue >= 0;
    factor = extrapolationFactor(edges, hasZeroPoint ? firstValue / result : undefined);
  }
  if (kind.isPerSecond) factor /= call.rangeMs / 1000;
  out.setFloat(window.step, result * factor);
}

function counterCorrection(
  window: SampleWindow,
  starts: Float64Array | undefined,
  call: RangeCall,
): number {
  const { timestampsMs, values, from, to } = window;
  let correction = 0;
  let hasWarned = false;
  for (let index = from + 1; index < to; index++) {
    const previous = values[index - 1] as number;
    let isReset = (values[index] as number) < previous;
    if (starts !== undefined) {
      const prevStartMs = starts[index - 1] as number;
      const prevMs = timestampsMs[index - 1] as number;
      const startMs = starts[index] as number;
      if (!hasWarned && isStartOverlap(prevStartMs, prevMs, startMs)) {
        call.annotate(startTimeOverlapWarning(call.metricName(), call.rangePos));
        hasWarned = true;
      }
      isReset ||= isStartReset(prevStartMs, prevMs, startMs, timestampsMs[index] as number);
    }
    if (isReset) correction += previous;
  }
  return correction;
}
