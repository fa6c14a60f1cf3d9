/** Counter resets told by start timestamps (Prometheus `promql/functions.go`). */

/**
 * True when the counter started anew between two samples, going by the start timestamps alone.
 * A start of 0 is none; one not before its own sample is unknown or wrong.
 */
export function isStartReset(
  prevStartMs: number,
  prevMs: number,
  startMs: number,
  timeMs: number,
): boolean {
  if (startMs === 0 || startMs >= timeMs || startMs < prevMs) return false;
  if (startMs > prevMs) return true;
  // The start is the sample before: a reset in a delta series, but none when that sample's own
  // start is unknown.
  if (prevStartMs > prevMs) return false;
  return prevStartMs !== 0 && prevStartMs !== prevMs;
}

/** True when a sample claims to cover time that the sample before covers. */
export function isStartOverlap(prevStartMs: number, prevMs: number, startMs: number): boolean {
  return startMs !== 0 && startMs < prevMs && startMs !== prevStartMs;
}
