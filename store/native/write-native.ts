import { ByteWriter } from './byte-writer.ts';

/**
 * Blocks of ClickHouse's `Native` format from typed arrays. A block comes out as pieces for one
 * `writev`: column data are the caller's own bytes, never copied here.
 */

export interface WriteColumn {
  readonly name: string;
  /** As ClickHouse writes it, e.g. `DateTime64(3)`. */
  readonly type: string;
  /** The values one after another, little-endian. @see int64Bytes, stringBytes, arrayBytes */
  readonly data: readonly Uint8Array[];
}

/** @param columns each with `rowCount` values */
export function writeNativeBlock(rowCount: number, columns: readonly WriteColumn[]): Uint8Array[] {
  const head = new ByteWriter();
  head.varUint(columns.length);
  head.varUint(rowCount);
  const pieces: Uint8Array[] = [head.bytes];
  for (const column of columns) {
    const title = new ByteWriter();
    title.text(column.name);
    title.text(column.type);
    pieces.push(title.bytes, ...column.data);
  }
  return pieces;
}

/** The bytes of a typed array. Our machines are little-endian, as ClickHouse's format is. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

const WORD_RANGE = 2 ** 32;

/** Whole numbers as 64-bit integers into `words`, two a number, from number `at` on. */
export function writeInt64(integer: number, words: Uint32Array, at: number): void {
  words[2 * at] = integer;
  words[2 * at + 1] = Math.floor(integer / WORD_RANGE);
}

export function int64Bytes(integers: ArrayLike<number>): Uint8Array {
  const words = new Uint32Array(integers.length * 2);
  for (let at = 0; at < integers.length; at++) writeInt64(integers[at] as number, words, at);
  return bytesOf(words);
}

export function stringBytes(texts: readonly string[]): Uint8Array {
  const writer = new ByteWriter();
  for (const text of texts) writer.text(text);
  return writer.bytes;
}

/**
 * @param ends how many elements rows 0 to i have together
 * @param elements bytes of all elements
 */
export function arrayBytes(ends: ArrayLike<number>, elements: Uint8Array): Uint8Array[] {
  return [int64Bytes(ends), elements];
}
