/** Quantiles of floats (Prometheus `promql/quantile.go`, quantile). */

/** Ascending, NaN first; `count` entries from the start of `values` are sorted in place. */
export function sortFloats(values: Float64Array, count: number): void {
  const part = values.subarray(0, count);
  part.sort();
  // Typed arrays sort NaN to the end.
  let nanCount = 0;
  while (nanCount < count && Number.isNaN(part[count - 1 - nanCount])) nanCount++;
  if (nanCount === 0 || nanCount === count) return;
  part.copyWithin(nanCount, 0, count - nanCount);
  part.fill(Number.NaN, 0, nanCount);
}

/**
 * The quantile of the first `count` entries, between two of them weighted by distance. Sorts
 * `values` in place.
 * @returns NaN for no entries or a NaN quantile, -Inf below 0, +Inf above 1
 */
export function quantileOf(q: number, values: Float64Array, count: number): number {
  if (count === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  sortFloats(values, count);
  const rank = q * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (values[lower] as number) * (1 - weight) + (values[upper] as number) * weight;
}
