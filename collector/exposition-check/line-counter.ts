/** Line numbers of ascending offsets, counting each line feed once. */
const LF = 0x0a;

export class LineCounter {
  readonly #bytes: Uint8Array;
  #line = 1;
  #next: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#next = bytes.indexOf(LF);
  }

  /** @param offset not below that of the call before */
  lineOf(offset: number): number {
    while (this.#next >= 0 && this.#next < offset) {
      this.#line++;
      this.#next = this.#bytes.indexOf(LF, this.#next + 1);
    }
    return this.#line;
  }
}
