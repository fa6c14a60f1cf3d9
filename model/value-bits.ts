/**
 * NaNs that mean something. JavaScript cannot tell one NaN from another, so markers are written
 * and recognised by their bits, and columns are copied with `set`, `slice` or `copyWithin`
 * (bytes), never value by value through an ordinary array.
 *
 * Stale is Prometheus' `value.StaleNaN` (0x7ff0000000000002), stored as such. Absent is ours: the
 * hole of a column in a block of scrape rows; it never leaves the store.
 */

const STALE_LOW_WORD = 2;
const STALE_HIGH_WORD = 0x7ff00000;
const ABSENT_LOW_WORD = 3;
const ABSENT_HIGH_WORD = 0x7ff80000;

/** A float column with a view of its bits: word 2i is the low half of value i, 2i+1 the high. */
export interface FloatColumn {
  readonly values: Float64Array;
  readonly words: Uint32Array;
}

export function floatColumn(length: number): FloatColumn {
  const values = new Float64Array(length);
  return { values, words: new Uint32Array(values.buffer) };
}

/** The same memory seen as words. One allocation; not for use per sample. */
export function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

/**
 * True for a stale marker. Compares the low word and NaN-ness, so that a marker whose quiet bit
 * an engine has set on the way is still one.
 */
export function isStaleAt(words: Uint32Array, index: number): boolean {
  return (
    words[2 * index] === STALE_LOW_WORD &&
    ((words[2 * index + 1] as number) & 0x7ff00000) === 0x7ff00000
  );
}

export function setStaleAt(words: Uint32Array, index: number): void {
  words[2 * index] = STALE_LOW_WORD;
  words[2 * index + 1] = STALE_HIGH_WORD;
}

/** The one NaN that is a value: Prometheus' `value.NormalNaN`. */
export function setNormalNanAt(words: Uint32Array, index: number): void {
  words[2 * index] = 1;
  words[2 * index + 1] = 0x7ff80000;
}

export function isAbsentAt(words: Uint32Array, index: number): boolean {
  return words[2 * index] === ABSENT_LOW_WORD && words[2 * index + 1] === ABSENT_HIGH_WORD;
}

export function setAbsentAt(words: Uint32Array, index: number): void {
  words[2 * index] = ABSENT_LOW_WORD;
  words[2 * index + 1] = ABSENT_HIGH_WORD;
}
