/** Writes the protobuf wire format into one growing buffer. */
import { FIXED64, LENGTH_DELIMITED, VARINT } from './protobuf-wire.ts';

const TWO_POW_32 = 2 ** 32;
const BUFFER_BYTES_MIN = 256;
const VARINT32_BYTES_MAX = 5;

/**
 * Fields in the order of the calls; a nested message stands between `begin` and `end`. Default
 * values are written like any other: leaving them out is the caller's affair.
 */
export class ProtobufWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacityBytes = BUFFER_BYTES_MIN) {
    this.#bytes = new Uint8Array(Math.max(capacityBytes, BUFFER_BYTES_MIN));
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** Empties the writer and keeps its memory. */
  reset(): void {
    this.#length = 0;
  }

  /** A view of what is written; the next write or reset may change it. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** @param value non-negative safe integer */
  uint(field: number, value: number): this {
    this.#tag(field, VARINT);
    return this.rawUint(value);
  }

  /** `int32` and `int64`. @param value safe integer */
  int(field: number, value: number): this {
    this.#tag(field, VARINT);
    return value >= 0 ? this.rawUint(value) : this.#varint64(BigInt.asUintN(64, BigInt(value)));
  }

  /** `sint32` and `sint64` (zigzag). @param value safe integer */
  sint(field: number, value: number): this {
    this.#tag(field, VARINT);
    return this.rawSint(value);
  }

  /** @param value below 2^64 */
  uint64(field: number, value: bigint): this {
    this.#tag(field, VARINT);
    return this.#varint64(value);
  }

  bool(field: number, value: boolean): this {
    return this.uint(field, value ? 1 : 0);
  }

  double(field: number, value: number): this {
    this.#tag(field, FIXED64);
    return this.rawDouble(value);
  }

  /** Value `index` of a column, bit by bit. */
  doubleBits(field: number, words: Uint32Array, index: number): this {
    this.#tag(field, FIXED64);
    this.#reserve(8);
    this.#view.setUint32(this.#length, words[2 * index] as number, true);
    this.#view.setUint32(this.#length + 4, words[2 * index + 1] as number, true);
    this.#length += 8;
    return this;
  }

  string(field: number, text: string): this {
    this.#tag(field, LENGTH_DELIMITED);
    return this.rawString(text);
  }

  bytes(field: number, bytes: Uint8Array): this {
    this.#tag(field, LENGTH_DELIMITED);
    this.rawUint(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Opens a nested message or a packed field; give the result to `end`. */
  begin(field: number): number {
    this.#tag(field, LENGTH_DELIMITED);
    return this.#length;
  }

  end(start: number): this {
    return this.#prefixLength(start);
  }

  /** Opens a message that has a length before it and no field number (delimited streams). */
  beginDelimited(): number {
    return this.#length;
  }

  /** An element of a packed field. @param value non-negative safe integer */
  rawUint(value: number): this {
    this.#reserve(10);
    let rest = value;
    let at = this.#length;
    while (rest >= TWO_POW_32) {
      this.#bytes[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    let word = rest >>> 0;
    while (word >= 0x80) {
      this.#bytes[at++] = (word & 0x7f) | 0x80;
      word >>>= 7;
    }
    this.#bytes[at++] = word;
    this.#length = at;
    return this;
  }

  /** An element of a packed `sint` field. @param value safe integer */
  rawSint(value: number): this {
    if (value >= -(2 ** 51) && value < 2 ** 51) {
      return this.rawUint(value >= 0 ? value * 2 : -value * 2 - 1);
    }
    const wide = BigInt(value);
    return this.#varint64(wide >= 0n ? wide << 1n : (-wide << 1n) - 1n);
  }

  /** An element of a packed `double` field. */
  rawDouble(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  /** Length and text, without a field number. */
  rawString(text: string): this {
    // A UTF-16 unit takes at most three bytes.
    this.#reserve(text.length * 3 + VARINT32_BYTES_MAX);
    const start = this.#length;
    const target = this.#bytes.subarray(start);
    const { written } = ENCODER.encodeInto(text, target);
    this.#length = start + written;
    return this.#prefixLength(start);
  }

  #tag(field: number, wireType: number): void {
    this.rawUint(field * 8 + wireType);
  }

  #varint64(value: bigint): this {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
    return this;
  }

  /** Moves what stands from `start` on to make room for its length. */
  #prefixLength(start: number): this {
    const bodyLength = this.#length - start;
    let prefixBytes = 1;
    for (let rest = bodyLength; rest >= 0x80; rest = Math.floor(rest / 128)) prefixBytes++;
    this.#reserve(prefixBytes);
    this.#bytes.copyWithin(start + prefixBytes, start, this.#length);
    this.#length = start;
    this.rawUint(bodyLength);
    this.#length += bodyLength;
    return this;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

const ENCODER = new TextEncoder();
