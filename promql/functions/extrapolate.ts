/**
 * The factor that extends an increase between the first and last sample of a range to the whole
 * range: all the way to an edge that is at most 1.1 average intervals away, else by half an
 * interval, and never so far that a counter would begin below zero. Prometheus
 * `promql/functions.go`, extrapolatedRate.
 */
export interface ExtrapolationEdges {
  readonly rangeStartMs: number;
  readonly rangeEndMs: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly sampleCount: number;
}

/** A sample is "near" an edge up to so many average intervals away. */
const NEAR_INTERVALS = 1.1;

/**
 * @param zeroRatio first value divided by the increase, for counters that grew from a value not
 *   below zero; undefined else
 */
export function extrapolationFactor(
  edges: ExtrapolationEdges,
  zeroRatio: number | undefined,
): number {
  const sampledSeconds = (edges.lastMs - edges.firstMs) / 1000;
  const averageSeconds = sampledSeconds / (edges.sampleCount - 1);
  const thresholdSeconds = averageSeconds * NEAR_INTERVALS;
  let toStartSeconds = (edges.firstMs - edges.rangeStartMs) / 1000;
  let toEndSeconds = (edges.rangeEndMs - edges.lastMs) / 1000;
  if (toStartSeconds >= thresholdSeconds) toStartSeconds = averageSeconds / 2;
  if (zeroRatio !== undefined) {
    const toZeroSeconds = sampledSeconds * zeroRatio;
    if (toZeroSeconds < toStartSeconds) toStartSeconds = toZeroSeconds;
  }
  if (toEndSeconds >= thresholdSeconds) toEndSeconds = averageSeconds / 2;
  if (sampledSeconds === 0) return 1;
  return (sampledSeconds + toStartSeconds + toEndSeconds) / sampledSeconds;
}

/**
 * The same when the first sample's start timestamp lies in the range: the counter was zero then,
 * so that nothing is guessed at the left.
 */
export function factorFromStart(edges: ExtrapolationEdges, counterStartMs: number): number {
  const sampledSeconds = (edges.lastMs - counterStartMs) / 1000;
  const averageSeconds =
    edges.sampleCount > 1 ? (edges.lastMs - edges.firstMs) / 1000 / (edges.sampleCount - 1) : 0;
  let toEndSeconds = (edges.rangeEndMs - edges.lastMs) / 1000;
  if (toEndSeconds >= averageSeconds * NEAR_INTERVALS) toEndSeconds = averageSeconds / 2;
  if (sampledSeconds === 0) return 1;
  return (sampledSeconds + toEndSeconds) / sampledSeconds;
}
