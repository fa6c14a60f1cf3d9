import type { FloatColumn } from '../../model/value-bits.ts';

/** True when times go up strictly from `start` to (excluding) `end`. */
export function isAscending(timestampsMs: Float64Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at++) {
    if ((timestampsMs[at] as number) <= (timestampsMs[at - 1] as number)) return false;
  }
  return true;
}

/**
 * Sorts samples by time in place; of several at one time the one that came first stays.
 * @param companions moved along with the samples, from the same index on; undefined: none
 * @returns the end of what is left
 */
export function sortSamples<T>(
  timestampsMs: Float64Array,
  column: FloatColumn,
  companions: T[] | undefined,
  start: number,
  end: number,
): number {
  const order = new Uint32Array(end - start).map((_, at) => start + at);
  const times = timestampsMs.slice(start, end);
  const words = column.words.slice(2 * start, 2 * end);
  const moved = companions?.slice(start, end);
  order.sort((a, b) => (times[a - start] as number) - (times[b - start] as number) || a - b);
  let to = start;
  for (const source of order) {
    const from = source - start;
    const timeMs = times[from] as number;
    if (to > start && timestampsMs[to - 1] === timeMs) continue;
    timestampsMs[to] = timeMs;
    column.words[2 * to] = words[2 * from] as number;
    column.words[2 * to + 1] = words[2 * from + 1] as number;
    if (companions !== undefined && moved !== undefined) companions[to] = moved[from] as T;
    to++;
  }
  return to;
}
