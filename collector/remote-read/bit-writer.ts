/** Bits into bytes, highest first. */

const BYTES_MIN = 256;

export class BitWriter {
  #bytes = new Uint8Array(BYTES_MIN);
  #length = 0;
  /** Bits still free in the last byte. */
  #free = 0;

  /** Empties the writer and keeps its memory. */
  reset(): void {
    this.#length = 0;
    this.#free = 0;
  }

  /** A copy of what is written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** @param count 0 to 32 lowest bits of `word` */
  bits(word: number, count: number): void {
    if (this.#length + 5 > this.#bytes.length) this.#grow();
    let left = count;
    while (left > 0) {
      if (this.#free === 0) {
        this.#bytes[this.#length++] = 0;
        this.#free = 8;
      }
      const taken = Math.min(left, this.#free);
      left -= taken;
      const part = (word >>> left) & ((1 << taken) - 1);
      this.#free -= taken;
      const last = this.#length - 1;
      this.#bytes[last] = (this.#bytes[last] as number) | (part << this.#free);
    }
  }

  /** The lowest `count` bits of 64. */
  wideBits(high: number, low: number, count: number): void {
    if (count > 32) {
      this.bits(high, count - 32);
      this.bits(low, 32);
    } else this.bits(low, count);
  }

  /** Unsigned LEB128. @param value non-negative safe integer */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.bits((rest % 128) | 0x80, 8);
      rest = Math.floor(rest / 128);
    }
    this.bits(rest, 8);
  }

  /** Overwrites the first two bytes. */
  setUint16(value: number): void {
    this.#bytes[0] = value >>> 8;
    this.#bytes[1] = value & 0xff;
  }

  #grow(): void {
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
