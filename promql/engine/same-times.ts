/**
 * Series of one scrape target have the same timestamps. What depends on times only is computed
 * once for all of them.
 */

interface Entry<Value> {
  readonly times: Float64Array;
  readonly start: number;
  readonly end: number;
  readonly value: Value;
}

/** Values by the timestamps of a series, which are the entries from `start` up to `end`. */
export class ByTimes<Value> {
  readonly #make: (times: Float64Array, start: number, end: number) => Value;
  readonly #entriesMax: number;
  readonly #entries = new Map<number, Entry<Value>>();
  /** In the order of labels series of one target often stand side by side. */
  #recent: Entry<Value> | undefined;

  constructor(
    make: (times: Float64Array, start: number, end: number) => Value,
    entriesMax: number,
  ) {
    this.#make = make;
    this.#entriesMax = entriesMax;
  }

  /** @param times never changed as long as this is in use */
  get(times: Float64Array, start: number, end: number): Value {
    if (this.#entriesMax === 0) return this.#make(times, start, end);
    const recent = this.#recent;
    if (recent !== undefined && isOf(recent, times, start, end)) return recent.value;
    const key = keyOf(times, start, end);
    let entry = this.#entries.get(key);
    if (entry === undefined || !isOf(entry, times, start, end)) {
      entry = { times, start, end, value: this.#make(times, start, end) };
      if (this.#entries.size >= this.#entriesMax) this.#entries.clear();
      this.#entries.set(key, entry);
    }
    this.#recent = entry;
    return entry.value;
  }
}

/** A number that series of different targets seldom share. */
function keyOf(times: Float64Array, start: number, end: number): number {
  if (start === end) return -1;
  return (times[end - 1] as number) * 1024 + (((times[start] as number) + end - start) % 1024);
}

/** True when both have the same timestamps. */
function isOf(entry: Entry<unknown>, times: Float64Array, start: number, end: number): boolean {
  const count = end - start;
  const offset = entry.start - start;
  if (count !== entry.end - entry.start) return false;
  if (count === 0 || (times === entry.times && offset === 0)) return true;
  // Other targets differ nearly always in the last time already.
  if (times[end - 1] !== entry.times[entry.end - 1]) return false;
  let difference = 0;
  for (let index = start; index < end; index++) {
    // Without a branch, which makes it three times as fast as leaving at the first difference.
    const delta = (times[index] as number) - (entry.times[index + offset] as number);
    difference += delta * delta;
  }
  return difference === 0;
}

/** Steps for which such values are kept; more than this are computed anew. */
const STEPS_KEPT_MAX = 1 << 20;

/** With fewer steps comparing times costs more than searching them. */
const STEPS_MIN = 8;

/** How many values to keep that hold something for each step. */
export function entriesMaxFor(steps: number): number {
  if (steps < STEPS_MIN) return 0;
  return Math.ceil(STEPS_KEPT_MAX / Math.max(1, steps));
}
