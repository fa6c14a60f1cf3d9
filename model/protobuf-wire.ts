/**
 * Reads the protobuf wire format without a schema compiler: a caller loops over tags and asks for
 * the value of each field it knows, and skips the rest.
 */

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const TWO_POW_32 = 2 ** 32;
const VARINT_BYTES_MAX = 10;
/** Groups are deprecated, but an unknown field may hold one; nesting is bounded. */
const GROUP_DEPTH_MAX = 32;

/** Bytes that are no protobuf message, e.g. a field that goes past the end. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
  /** Offset into the reader's bytes. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`);
    this.offset = offset;
  }
}

/** `field << 3 | wireType`, for `switch` over `readTag()`. */
export function tagOf(field: number, wireType: number): number {
  return field * 8 + wireType;
}

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A cursor over `bytes`, kept within [start, end). A nested message is read with the same reader:
 * `const outerEnd = reader.enter(); while (!reader.atEnd) …; reader.leave(outerEnd);`
 * Every method throws ProtobufError and nothing else.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text: Buffer;
  #at: number;
  #end: number;
  /** High word of the last varint read, for 64-bit values. */
  #high = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
  }

  get offset(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** Goes to read bytes [start, end) of the body; they must lie within it. */
  moveTo(start: number, end: number): void {
    this.#at = start;
    this.#end = end;
  }

  /** The next `field << 3 | wireType`. Call it only while `!atEnd`. */
  readTag(): number {
    const tag = this.readUint();
    if (tag < 8 || tag >= TWO_POW_32) throw new ProtobufError('invalid field number', this.#at);
    return tag;
  }

  /** An unsigned varint; above 2^53 the nearest double. */
  readUint(): number {
    const low = this.#readVarint();
    return this.#high * TWO_POW_32 + low;
  }

  /** `int32` and `int64`; beyond ±2^53 the nearest double. */
  readInt(): number {
    const low = this.#readVarint();
    return (this.#high | 0) * TWO_POW_32 + low;
  }

  /** `sint32` and `sint64` (zigzag); beyond ±2^53 the nearest double. */
  readSint(): number {
    const low = this.#readVarint();
    const high = this.#high;
    const negative = (low & 1) === 1;
    const half = Math.floor(high / 2) * TWO_POW_32 + ((low >>> 1) + (high & 1) * 2 ** 31);
    return negative ? -half - 1 : half;
  }

  /** `uint64`, `int64` (as its two's complement) exactly. */
  readUint64(): bigint {
    const low = this.#readVarint();
    return (BigInt(this.#high) << 32n) | BigInt(low);
  }

  readBool(): boolean {
    return this.#readVarint() !== 0 || this.#high !== 0;
  }

  readDouble(): number {
    const at = this.#take(8);
    return this.#view.getFloat64(at, true);
  }

  /** Copies the eight bytes into column `index`: the way to keep a NaN's bits. */
  readDoubleBits(words: Uint32Array, index: number): void {
    const at = this.#take(8);
    words[2 * index] = this.#view.getUint32(at, true);
    words[2 * index + 1] = this.#view.getUint32(at + 4, true);
  }

  readFixed64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  readFixed32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A view into the bytes, not a copy. */
  readBytes(): Uint8Array {
    const length = this.readUint();
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** A second cursor over part of the same bytes. */
  within(start: number, end: number): ProtobufReader {
    return new ProtobufReader(this.bytes, start, end);
  }

  /** The bytes of a range as a string of the same length: a key for a `Map`. */
  latin1(start: number, end: number): string {
    return this.#text.toString('latin1', start, end);
  }

  /** Strict UTF-8. */
  readString(): string {
    const length = this.readUint();
    const at = this.#take(length);
    if (isShortAscii(this.bytes, at, at + length)) {
      return this.#text.toString('latin1', at, at + length);
    }
    try {
      return TEXT.decode(this.bytes.subarray(at, at + length));
    } catch {
      throw new ProtobufError('string is not valid UTF-8', at);
    }
  }

  /** Narrows the reader to the nested message that comes next; give the result to `leave`. */
  enter(): number {
    const length = this.readUint();
    if (length > this.#end - this.#at) this.#fail(length);
    const outerEnd = this.#end;
    this.#end = this.#at + length;
    return outerEnd;
  }

  /** Goes to the end of the nested message and widens again. */
  leave(outerEnd: number): void {
    this.#at = this.#end;
    this.#end = outerEnd;
  }

  /** Skips the value of a field that the caller does not know. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case VARINT:
        this.#readVarint();
        return;
      case FIXED64:
        this.#take(8);
        return;
      case LENGTH_DELIMITED:
        this.#take(this.readUint());
        return;
      case FIXED32:
        this.#take(4);
        return;
      case 3:
        this.#skipGroup(tag, depth);
        return;
      default:
        throw new ProtobufError(`invalid wire type ${tag & 7}`, this.#at);
    }
  }

  #skipGroup(tag: number, depth: number): void {
    if (depth >= GROUP_DEPTH_MAX) throw new ProtobufError('groups nested too deep', this.#at);
    for (;;) {
      if (this.atEnd) throw new ProtobufError('group without end', this.#at);
      const inner = this.readTag();
      if (inner === tag + 1) return;
      this.skip(inner, depth + 1);
    }
  }

  /** Returns the low word, leaves the high one in `#high`. */
  #readVarint(): number {
    const bytes = this.bytes;
    const end = this.#end;
    let at = this.#at;
    let low = 0;
    let high = 0;
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      if (at >= end) throw new ProtobufError('truncated varint', at);
      const byte = bytes[at++] as number;
      const bits = byte & 0x7f;
      if (index < 4) low |= bits << (7 * index);
      else if (index === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * index - 32);
      if (byte < 0x80) {
        this.#at = at;
        this.#high = high >>> 0;
        return low >>> 0;
      }
    }
    throw new ProtobufError('varint longer than 10 bytes', at);
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#end - at) this.#fail(length);
    this.#at = at + length;
    return at;
  }

  #fail(length: number): never {
    throw new ProtobufError(`truncated: ${length} bytes announced`, this.#at);
  }
}

const SHORT_TEXT_BYTES = 64;

/** Label names and values are mostly short ASCII, for which the strict decoder costs more. */
function isShortAscii(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > SHORT_TEXT_BYTES) return false;
  for (let at = start; at < end; at++) {
    if ((bytes[at] as number) >= 0x80) return false;
  }
  return true;
}
