/** What a `DateTime64(3)` can hold: the years 1900 to 2299. */
const STORED_MS_MIN = Date.UTC(1900, 0, 1);
const STORED_MS_MAX = Date.UTC(2299, 11, 31);

/** A bound of a range as the tables can compare it: whole milliseconds, moved into what they hold. */
export function storedMs(timeMs: number): number {
  return Math.min(Math.max(timeMs, STORED_MS_MIN), STORED_MS_MAX);
}
