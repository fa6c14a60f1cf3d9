/**
 * Columns of ClickHouse's `Native` format as views of the received bytes. Integers of 64 bits stay
 * two words: a bigint per row would cost more than the whole query.
 */

/** Numbers of a fixed width; the bytes are little-endian and not aligned. */
export interface FixedColumn {
  readonly kind: 'fixed';
  readonly bytes: Uint8Array;
}

/** Where each string begins and (exclusive) ends in `bytes`: start, end, start, end, … */
export interface StringColumn {
  readonly kind: 'string';
  readonly bytes: Uint8Array;
  readonly bounds: Uint32Array;
}

export interface ArrayColumn {
  readonly kind: 'array';
  /** How many elements rows 0 to i have together. */
  readonly ends: Uint32Array;
  readonly elements: NativeColumn;
}

export interface MapColumn {
  readonly kind: 'map';
  /** How many entries rows 0 to i have together. */
  readonly ends: Uint32Array;
  /** Of simple key and value types. */
  readonly keys: NativeColumn;
  readonly values: NativeColumn;
}

export type NativeColumn = FixedColumn | StringColumn | ArrayColumn | MapColumn;

export interface NativeBlock {
  readonly rowCount: number;
  readonly columns: readonly NativeColumn[];
  readonly names: readonly string[];
}

const WORD_RANGE = 2 ** 32;

/** An answer whose columns are not those that were asked for: a bug, or another schema. */
export class NativeFormatError extends Error {
  override readonly name = 'NativeFormatError';
}

export function fixedColumn(block: NativeBlock, index: number): FixedColumn {
  const column = block.columns[index];
  if (column?.kind !== 'fixed') throw new NativeFormatError(`column ${index} is not of numbers`);
  return column;
}

export function stringColumn(block: NativeBlock, index: number): StringColumn {
  const column = block.columns[index];
  if (column?.kind !== 'string') throw new NativeFormatError(`column ${index} is not of strings`);
  return column;
}

export function arrayColumn(block: NativeBlock, index: number): ArrayColumn {
  const column = block.columns[index];
  if (column?.kind !== 'array') throw new NativeFormatError(`column ${index} is not of arrays`);
  return column;
}

export function mapColumn(block: NativeBlock, index: number): MapColumn {
  const column = block.columns[index];
  if (column?.kind !== 'map') throw new NativeFormatError(`column ${index} is not of maps`);
  return column;
}

/** Floats bit by bit, whatever NaN they are. */
export function copyFloats(column: FixedColumn, target: Float64Array, at: number): void {
  new Uint8Array(target.buffer, target.byteOffset + at * 8, column.bytes.length).set(column.bytes);
}

/** 64-bit integers as words: word 2i is the low half of number i. A copy, aligned. */
export function wordsOf64(column: FixedColumn): Uint32Array {
  return new Uint32Array(alignedCopy(column.bytes));
}

/** 64-bit integers that a double holds exactly (milliseconds, counts). */
export function copyIntegers(column: FixedColumn, target: Float64Array, at: number): void {
  const words = wordsOf64(column);
  const high = new Int32Array(words.buffer);
  const count = words.length >>> 1;
  for (let row = 0; row < count; row++) {
    target[at + row] = (high[2 * row + 1] as number) * WORD_RANGE + (words[2 * row] as number);
  }
}

export function integersOf(column: FixedColumn): Float64Array {
  const integers = new Float64Array(column.bytes.length / 8);
  copyIntegers(column, integers, 0);
  return integers;
}

export function floatsOf(column: FixedColumn): Float64Array {
  return new Float64Array(alignedCopy(column.bytes));
}

export function int32Of(column: FixedColumn): Int32Array {
  return new Int32Array(alignedCopy(column.bytes));
}

export function uint16Of(column: FixedColumn): Uint16Array {
  return new Uint16Array(alignedCopy(column.bytes));
}

export function uint32Of(column: FixedColumn): Uint32Array {
  return new Uint32Array(alignedCopy(column.bytes));
}

const DECODER = new TextDecoder();

export function textsOf(column: StringColumn): string[] {
  const { bytes, bounds } = column;
  const texts: string[] = [];
  for (let at = 0; at < bounds.length; at += 2) {
    texts.push(DECODER.decode(bytes.subarray(bounds[at], bounds[at + 1])));
  }
  return texts;
}

function alignedCopy(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
