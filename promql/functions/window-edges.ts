/** The samples next to the edges of an anchored or smoothed range. */

/** Both included. */
export interface EdgeEntries {
  readonly first: number;
  readonly last: number;
}

/**
 * The last sample at or before the start of the range, or the first one at all; and, when
 * smoothed, the first sample at or after its end, else the last one at all.
 * @returns undefined when there is nothing to measure
 */
export function edgeEntries(
  timestampsMs: ArrayLike<number>,
  from: number,
  to: number,
  range: { readonly startMs: number; readonly endMs: number },
  smoothed: boolean,
): EdgeEntries | undefined {
  const lastIndex = to - 1;
  let first = from;
  while (first < lastIndex && (timestampsMs[first] as number) <= range.startMs) first++;
  first = Math.max(from, first - 1);
  let last = lastIndex;
  if (smoothed) {
    last = from;
    while (last < lastIndex && (timestampsMs[last] as number) < range.endMs) last++;
  }
  if ((timestampsMs[last] as number) <= range.startMs) return undefined;
  return { first, last };
}
