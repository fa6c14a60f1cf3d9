const INITIAL_BYTES = 256;
/** Longer strings are encoded by Node, shorter ones here, where a call would cost more. */
const SHORT_CHARS_MAX = 64;

/** Bytes that grow at the end: lengths and texts as the `Native` format has them. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #length = 0;

  /** A view of what was written; the next write may move it. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  varUint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A `String`: its length in bytes, then UTF-8. */
  text(value: string): void {
    if (value.length <= SHORT_CHARS_MAX && this.#asciiText(value)) return;
    const lengthBytes = Buffer.byteLength(value);
    this.varUint(lengthBytes);
    this.#reserve(lengthBytes);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** @returns false for a text that is not ASCII, of which then nothing is written */
  #asciiText(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    const start = this.#length;
    bytes[start] = length;
    for (let at = 0; at < length; at++) {
      const code = value.charCodeAt(at);
      if (code > 0x7f) return false;
      bytes[start + 1 + at] = code;
    }
    this.#length = start + 1 + length;
    return true;
  }

  #reserve(moreBytes: number): void {
    if (this.#length + moreBytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(
      Math.max(this.#bytes.length * 2, this.#length + moreBytes),
    );
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
