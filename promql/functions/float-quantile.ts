/** Quantiles of floats (Prometheus `promql/quantile.go`, quantile). */

/**
 * The quantile of the first `count` entries, between two of them weighted by distance; NaN counts
 * as the smallest. Changes the order of `values`.
 * @returns NaN for no entries or a NaN quantile, -Inf below 0, +Inf above 1
 */
export function quantileOf(q: number, values: Float64Array, count: number): number {
  if (count === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const nanCount = moveNaNsFirst(values, count);
  const rank = q * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  const lowerValue = lower < nanCount ? Number.NaN : select(values, nanCount, count - 1, lower);
  const upperValue = upper < nanCount ? Number.NaN : least(values, upper, count);
  return lowerValue * (1 - weight) + upperValue * weight;
}

/** @returns how many there are */
function moveNaNsFirst(values: Float64Array, count: number): number {
  let nanCount = 0;
  for (let index = 0; index < count; index++) {
    const value = values[index] as number;
    if (value === value) continue;
    values[index] = values[nanCount] as number;
    values[nanCount++] = value;
  }
  return nanCount;
}

/** The least of the entries from `from` on; after `select` of the one before, the next in order. */
function least(values: Float64Array, from: number, count: number): number {
  let result = values[from] as number;
  for (let index = from + 1; index < count; index++) {
    const value = values[index] as number;
    if (value < result) result = value;
  }
  return result;
}

/**
 * Hoare's quickselect between two entries, both included, none NaN.
 * @returns the value that sorting would put at `wanted`; smaller ones stand before it then, and
 *   larger ones behind
 */
function select(values: Float64Array, from: number, to: number, wanted: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) < pivot) left++;
      while ((values[right] as number) > pivot) right--;
      if (left > right) break;
      const swapped = values[left] as number;
      values[left++] = values[right] as number;
      values[right--] = swapped;
    }
    if (wanted <= right) high = right;
    else if (wanted >= left) low = left;
    else break;
  }
  return values[wanted] as number;
}
