/** Words in one page. A run never crosses a page, so it can be seen as one subarray. */
export const PAGE_WORDS = 65_536;
const PAGE_SHIFT = 16;
const PAGE_MASK = PAGE_WORDS - 1;

/**
 * Many short runs of 32-bit words in a few large pages: a typed array of its own costs some 200
 * bytes, which a million runs cannot afford. An offset names a run; freed runs are given out
 * again to runs of the same length.
 */
export class Uint32Pages {
  readonly #pages: Uint32Array[] = [];
  readonly #freeByLength = new Map<number, number[]>();
  #end = 0;

  get bytes(): number {
    return this.#pages.length * PAGE_WORDS * 4;
  }

  /** @param length 1 to PAGE_WORDS words; what they hold is left from earlier use */
  allocate(length: number): number {
    const free = this.#freeByLength.get(length)?.pop();
    if (free !== undefined) return free;
    const page = this.#end >>> PAGE_SHIFT;
    const room = PAGE_WORDS - (this.#end & PAGE_MASK);
    if (page >= this.#pages.length || room < length) {
      this.#pages.push(new Uint32Array(PAGE_WORDS));
      this.#end = (this.#pages.length - 1) * PAGE_WORDS;
    }
    const offset = this.#end;
    this.#end += length;
    return offset;
  }

  free(offset: number, length: number): void {
    const list = this.#freeByLength.get(length);
    if (list === undefined) this.#freeByLength.set(length, [offset]);
    else list.push(offset);
  }

  /** The page of a run; the run begins at `indexOf(offset)`. No allocation. */
  pageOf(offset: number): Uint32Array {
    return this.#pages[offset >>> PAGE_SHIFT] as Uint32Array;
  }

  indexOf(offset: number): number {
    return offset & PAGE_MASK;
  }

  view(offset: number, length: number): Uint32Array {
    const index = offset & PAGE_MASK;
    return this.pageOf(offset).subarray(index, index + length);
  }
}
