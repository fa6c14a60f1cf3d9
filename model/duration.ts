/** Prometheus durations: `1y2w3d4h5m6s7ms`, each unit at most once, in this order. */
import { quoteGo } from './labels.ts';

const UNITS_MS: readonly (readonly [string, number])[] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** One number and what follows it up to the next digit. */
const PART = /(\d+)([^\d]+)/y;

/** Go's `time.Duration` counts nanoseconds in an int64. */
const DURATION_MS_MAX = 9_223_372_036_854;

/** A text that is no duration. The message is that of Go's `model.ParseDuration`. */
export class DurationError extends Error {
  override readonly name = 'DurationError';
}

/**
 * @returns milliseconds
 * @throws DurationError
 */
export function parseDurationMs(text: string): number {
  if (text === '') throw new DurationError('empty duration string');
  if (text === '0') return 0;
  let totalMs = 0;
  let lastUnit = -1;
  for (let at = 0; at < text.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const part = PART.exec(text);
    if (part === null) throw new DurationError(`not a valid duration string: ${quoteGo(text)}`);
    const [, count, unit] = part;
    const unitIndex = UNITS_MS.findIndex(([name]) => name === unit);
    const unitMs = UNITS_MS[unitIndex]?.[1];
    if (unitMs === undefined) {
      throw new DurationError(`unknown unit ${quoteGo(unit ?? '')} in duration ${quoteGo(text)}`);
    }
    if (unitIndex <= lastUnit) {
      throw new DurationError(`not a valid duration string: ${quoteGo(text)}`);
    }
    lastUnit = unitIndex;
    totalMs += Number(count) * unitMs;
    if (totalMs > DURATION_MS_MAX) throw new DurationError('duration out of range');
  }
  return totalMs;
}

/** Prometheus' `model.Duration.String`: y and w only where they divide exactly. */
export function formatDurationMs(durationMs: number): string {
  if (durationMs === 0) return '0s';
  let rest = Math.abs(durationMs);
  let out = durationMs < 0 ? '-' : '';
  for (const [unit, unitMs] of UNITS_MS) {
    const exactOnly = unit === 'y' || unit === 'w';
    if (exactOnly && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) out += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return out;
}
