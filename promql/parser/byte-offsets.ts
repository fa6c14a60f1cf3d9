/** Offsets in UTF-8 bytes, which positions count, for places in a JavaScript string. */
import { isByteSurrogate } from './go-text.ts';

export class ByteOffsets {
  /** The byte offset of every UTF-16 index; undefined when all is ASCII and both are the same. */
  readonly #bytes: Uint32Array | undefined;

  constructor(text: string) {
    // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
    this.#bytes = /^[\x00-\x7f]*$/.test(text) ? undefined : byteOffsets(text);
  }

  byteAt(index: number): number {
    return this.#bytes === undefined ? index : (this.#bytes[index] as number);
  }

  /** The index at a byte offset that `byteAt` has given. */
  indexAt(byte: number): number {
    const bytes = this.#bytes;
    if (bytes === undefined) return byte;
    let low = 0;
    let high = bytes.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((bytes[middle] as number) < byte) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function byteOffsets(text: string): Uint32Array {
  const bytes = new Uint32Array(text.length + 1);
  let total = 0;
  for (let index = 0; index < text.length; index++) {
    bytes[index] = total;
    const code = text.charCodeAt(index);
    if (code < 0x80) total += 1;
    else if (code < 0x800) total += 2;
    else if (code < 0xd800 || code > 0xdfff) total += 3;
    else if (code < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) {
      bytes[++index] = total;
      total += 4;
    } else total += isByteSurrogate(code) ? 1 : 3;
  }
  bytes[text.length] = total;
  return bytes;
}
