/**
 * `rate`, `increase` and `delta` of anchored and smoothed ranges, which take the values at the
 * edges of the range from the samples around them instead of guessing. Prometheus
 * `promql/functions.go`, extendedRate.
 */
import type { RowBuffer } from '../engine/rows.ts';
import type { RateKind } from './float-rate.ts';
import type { RangeCall, SampleWindow } from './range-function.ts';
import { type EdgeEntries, edgeEntries } from './window-edges.ts';

export function extendedFloatRate(
  kind: RateKind,
  window: SampleWindow,
  call: RangeCall,
  out: RowBuffer,
): void {
  const { timestampsMs, values, startMs, endMs } = window;
  const edges = edgeEntries(timestampsMs, window.from, window.to, window, call.smoothed);
  if (edges === undefined) return;
  const { first, last } = edges;
  if (call.smoothed && (timestampsMs[first] as number) > endMs) return;
  const left = valueAtStart(window, edges, call.smoothed, kind.isCounter);
  const right = valueAtEnd(window, edges, call.smoothed, kind.isCounter);
  let result = right - left;
  if (kind.isCounter) {
    const inner = {
      first: (timestampsMs[first] as number) <= startMs ? first + 1 : first,
      last: (timestampsMs[last] as number) >= endMs ? last - 1 : last,
    };
    result += correctionBetween(values, inner, left, right);
  }
  if (kind.isPerSecond) result /= call.rangeMs / 1000;
  out.setFloat(window.step, result);
}

/** The value that the window begins with. */
export function valueAtStart(
  window: SampleWindow,
  { first }: EdgeEntries,
  smoothed: boolean,
  isCounter: boolean,
): number {
  const { timestampsMs, values, startMs } = window;
  if (!smoothed || (timestampsMs[first] as number) >= startMs) return values[first] as number;
  return interpolated(window, first, startMs, isCounter);
}

/** The value that the window ends with. */
export function valueAtEnd(
  window: SampleWindow,
  { last }: EdgeEntries,
  smoothed: boolean,
  isCounter: boolean,
): number {
  const { timestampsMs, values, endMs, from } = window;
  const isAfter = last > from && (timestampsMs[last] as number) > endMs;
  if (!smoothed || !isAfter) return values[last] as number;
  return interpolated(window, last - 1, endMs, isCounter);
}

function interpolated(
  window: SampleWindow,
  index: number,
  timeMs: number,
  isCounter: boolean,
): number {
  const { timestampsMs, values } = window;
  return interpolate(
    timestampsMs[index] as number,
    values[index] as number,
    timestampsMs[index + 1] as number,
    values[index + 1] as number,
    timeMs,
    isCounter,
  );
}

/** On the line between two samples; after a reset the line begins at zero. */
export function interpolate(
  beforeMs: number,
  before: number,
  afterMs: number,
  after: number,
  timeMs: number,
  isCounter: boolean,
): number {
  const start = isCounter && after < before ? 0 : before;
  return start + ((after - start) * (timeMs - beforeMs)) / (afterMs - beforeMs);
}

function correctionBetween(
  values: Float64Array,
  inner: EdgeEntries,
  left: number,
  right: number,
): number {
  let correction = 0;
  let previous = left;
  for (let index = inner.first; index <= inner.last; index++) {
    const value = values[index] as number;
    if (value < previous) correction += previous;
    previous = value;
  }
  return right < previous ? correction + previous : correction;
}
