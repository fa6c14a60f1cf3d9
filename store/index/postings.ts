import { growUint32 } from '../grow-column.ts';
import { PAGE_WORDS, Uint32Pages } from './u32-pages.ts';

/** Longer lists live in an array of their own. A power of two, at most a page. */
const PAGED_REFS_MAX = PAGE_WORDS / 2;
const INITIAL_PAIRS = 1024;
/** Words per list in `#heads`. */
const HEAD_WORDS = 3;
const COUNT = 1;
const VERSION = 2;
const EMPTY = new Uint32Array(0);

/**
 * For each label the series that carry it, ascending. A list of one is kept in place of its
 * offset; longer ones in runs of the next power of two, so the capacity follows from the count.
 */
export class Postings {
  readonly #pages = new Uint32Pages();
  readonly #large = new Map<number, Uint32Array>();
  /** Start, count and version of each list side by side: they are used together. */
  #heads: Uint32Array = new Uint32Array(INITIAL_PAIRS * HEAD_WORDS);
  #largeBytes = 0;

  get bytes(): number {
    return this.#pages.bytes + this.#largeBytes + this.#heads.length * 4;
  }

  count(pair: number): number {
    return this.#heads[pair * HEAD_WORDS + COUNT] ?? 0;
  }

  /** Goes up with every change of the list. */
  version(pair: number): number {
    return this.#heads[pair * HEAD_WORDS + VERSION] ?? 0;
  }

  /** Valid until the next change; not to be written to. */
  view(pair: number): Uint32Array {
    const count = this.count(pair);
    if (count === 0) return EMPTY;
    const start = this.#heads[pair * HEAD_WORDS] as number;
    if (count === 1) return Uint32Array.of(start);
    const large = this.#large.get(pair);
    return large === undefined ? this.#pages.view(start, count) : large.subarray(0, count);
  }

  /** @param ref not in the list yet; cheap when it is above all others */
  add(pair: number, ref: number): void {
    const head = pair * HEAD_WORDS;
    if (head >= this.#heads.length) this.#heads = growUint32(this.#heads, head + HEAD_WORDS);
    const heads = this.#heads;
    heads[head + VERSION] = (heads[head + VERSION] as number) + 1;
    const count = heads[head + COUNT] as number;
    heads[head + COUNT] = count + 1;
    if (count === 0) {
      heads[head] = ref;
      return;
    }
    let list: Uint32Array;
    let index = 0;
    if (count > PAGED_REFS_MAX) {
      list = this.#largeRoom(pair, count);
    } else if ((count & (count - 1)) !== 0) {
      const start = heads[head] as number;
      list = this.#pages.pageOf(start);
      index = this.#pages.indexOf(start);
    } else {
      ({ list, index } = this.#moved(pair, count));
    }
    let at = index + count;
    while (at > index && (list[at - 1] as number) > ref) {
      list[at] = list[at - 1] as number;
      at--;
    }
    list[at] = ref;
  }

  /**
   * Takes the series with `isDead[ref] === 1` out of the list.
   * @returns how many remain
   */
  removeDead(pair: number, isDead: Uint8Array): number {
    const list = this.view(pair);
    let kept = 0;
    for (let at = 0; at < list.length; at++) {
      const ref = list[at] as number;
      if (isDead[ref] !== 1) list[kept++] = ref;
    }
    if (kept === list.length) return kept;
    const head = pair * HEAD_WORDS;
    this.#heads[head + VERSION] = (this.#heads[head + VERSION] as number) + 1;
    this.#heads[head + COUNT] = kept;
    this.#shrink(pair, list, kept);
    return kept;
  }

  /** Gives back memory after the first `kept` of a list were all that stayed. */
  #shrink(pair: number, list: Uint32Array, kept: number): void {
    const start = this.#heads[pair * HEAD_WORDS] as number;
    const large = this.#large.get(pair);
    if (large !== undefined) {
      if (kept * 2 > large.length) return;
      this.#large.delete(pair);
      this.#largeBytes -= large.length * 4;
    } else if (list.length > 1) {
      if (capacityOf(kept) === capacityOf(list.length)) return;
      this.#pages.free(start, capacityOf(list.length));
    }
    if (kept === 0) return;
    const left = list.slice(0, kept);
    if (kept === 1) {
      this.#heads[pair * HEAD_WORDS] = left[0] as number;
      return;
    }
    const place = this.#allocate(pair, kept);
    place.list.set(left, place.index);
  }

  #largeRoom(pair: number, count: number): Uint32Array {
    const large = this.#large.get(pair) as Uint32Array;
    if (count < large.length) return large;
    const grown = growUint32(large, count + 1);
    this.#largeBytes += (grown.length - large.length) * 4;
    this.#large.set(pair, grown);
    return grown;
  }

  /** The list in a run twice as long; `count` is a power of two. */
  #moved(pair: number, count: number): { list: Uint32Array; index: number } {
    const start = this.#heads[pair * HEAD_WORDS] as number;
    const before = count === 1 ? Uint32Array.of(start) : this.#pages.view(start, count);
    const place = this.#allocate(pair, count + 1);
    place.list.set(before, place.index);
    if (count > 1) this.#pages.free(start, count);
    return place;
  }

  #allocate(pair: number, count: number): { list: Uint32Array; index: number } {
    if (count > PAGED_REFS_MAX) {
      const list = new Uint32Array(Math.ceil(count * 1.25));
      this.#large.set(pair, list);
      this.#largeBytes += list.length * 4;
      return { list, index: 0 };
    }
    const start = this.#pages.allocate(capacityOf(count));
    this.#heads[pair * HEAD_WORDS] = start;
    return { list: this.#pages.pageOf(start), index: this.#pages.indexOf(start) };
  }
}

/** The next power of two. */
function capacityOf(count: number): number {
  return count <= 1 ? 1 : 1 << (32 - Math.clz32(count - 1));
}
