/** `rate`, `increase` and `delta` of the floats of one window. */

import { startTimeOverlapWarning } from '../engine/annotation-texts.ts';
import type { RowBuffer } from '../engine/rows.ts';
import { isStartOverlap, isStartReset } from './counter-reset.ts';
import { extrapolationFactor, factorFromStart } from './extrapolate.ts';
import { floatCount, type RangeCall, type SampleWindow } from './range-function.ts';

/** Which of the three functions it is. */
export interface RateKind {
  readonly isCounter: boolean;
  readonly isPerSecond: boolean;
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
