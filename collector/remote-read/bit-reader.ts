/** Bits out of bytes, highest first. */

/** Bytes that end amid a value, or cannot be one. */
export class ChunkError extends Error {
  override readonly name = 'ChunkError';
}

const VARINT_BYTES_MAX = 10;

/** Every method throws ChunkError and nothing else. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  /** Bits of the byte at `#at` that are still to be read. */
  #left = 8;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  /** @param count 0 to 32 @returns unsigned */
  bits(count: number): number {
    let word = 0;
    let wanted = count;
    while (wanted > 0) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new ChunkError('chunk ends amid a sample');
      const taken = Math.min(wanted, this.#left);
      this.#left -= taken;
      word = (word << taken) | ((byte >>> this.#left) & ((1 << taken) - 1));
      if (this.#left === 0) {
        this.#at++;
        this.#left = 8;
      }
      wanted -= taken;
    }
    return word >>> 0;
  }

  bit(): boolean {
    return this.bits(1) === 1;
  }

  /** Unsigned LEB128; beyond 2^53 the nearest double. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = this.bits(8);
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw new ChunkError('varint longer than 10 bytes');
  }
}
