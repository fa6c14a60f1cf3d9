/** Columns that grow. Each returns the column itself while it is long enough. */

const GROWTH = 1.5;

/** @returns a column of at least `length` entries with the same beginning; new entries are 0 */
export function growUint32(column: Uint32Array, length: number): Uint32Array {
  if (length <= column.length) return column;
  const grown = new Uint32Array(Math.max(length, Math.ceil(column.length * GROWTH)));
  grown.set(column);
  return grown;
}

/** @see growUint32 */
export function growUint16(column: Uint16Array, length: number): Uint16Array {
  if (length <= column.length) return column;
  const grown = new Uint16Array(Math.max(length, Math.ceil(column.length * GROWTH)));
  grown.set(column);
  return grown;
}

/** @see growUint32 */
export function growFloat64(column: Float64Array, length: number): Float64Array {
  if (length <= column.length) return column;
  const grown = new Float64Array(Math.max(length, Math.ceil(column.length * GROWTH)));
  grown.set(column);
  return grown;
}
