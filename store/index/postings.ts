import { growUint32 } from '../grow-column.ts';
import { PAGE_WORDS, Uint32Pages } from './u32-pages.ts';

/** Longer lists live in an array of their own. A power of two, at most a page. */
const PAGED_REFS_MAX = PAGE_WORDS / 2;
const INITIAL_PAIRS = 1024;
const EMPTY = new Uint32Array(0);

/**
 * For each label the series that carry it, ascending. A list of one is kept in place of its
 * offset; longer ones in runs of the next power of two, so the capacity follows from the count.
 */
export class Postings {
  readonly #pages = new Uint32Pages();
  readonly #large = new Map<number, Uint32Array>();
  #start: Uint32Array = new Uint32Array(INITIAL_PAIRS);
  #count: Uint32Array = new Uint32Array(INITIAL_PAIRS);
  #version: Uint32Array = new Uint32Array(INITIAL_PAIRS);
  #largeBytes = 0;

  get bytes(): number {
    return this.#pages.bytes + this.#largeBytes + this.#start.length * 12;
  }

  count(pair: number): number {
    return pair < this.#count.length ? (this.#count[pair] as number) : 0;
  }

  /** Goes up with every change of the list. */
  version(pair: number): number {
    return pair < this.#version.length ? (this.#version[pair] as number) : 0;
  }

  /** Valid until the next change; not to be written to. */
  view(pair: number): Uint32Array {
    const count = this.count(pair);
    if (count === 0) return EMPTY;
    const start = this.#start[pair] as number;
    if (count === 1) return Uint32Array.of(start);
    const large = this.#large.get(pair);
    return large === undefined ? this.#pages.view(start, count) : large.subarray(0, count);
  }

  /** @param ref not in the list yet; cheap when it is above all others */
  add(pair: number, ref: number): void {
    if (pair >= this.#count.length) this.#grow(pair + 1);
    this.#version[pair] = (this.#version[pair] as number) + 1;
    const count = this.#count[pair] as number;
    this.#count[pair] = count + 1;
    if (count === 0) {
      this.#start[pair] = ref;
      return;
    }
    let list: Uint32Array;
    let index = 0;
    if (count > PAGED_REFS_MAX) {
      list = this.#largeRoom(pair, count);
    } else if ((count & (count - 1)) !== 0) {
      const start = this.#start[pair] as number;
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
    const before = this.view(pair);
    const kept = before.filter((ref) => isDead[ref] !== 1);
    if (kept.length === before.length) return kept.length;
    this.#release(pair, before.length);
    this.#version[pair] = (this.#version[pair] as number) + 1;
    this.#count[pair] = kept.length;
    if (kept.length === 1) this.#start[pair] = kept[0] as number;
    if (kept.length > 1) {
      const { list, index } = this.#allocate(pair, kept.length);
      list.set(kept, index);
    }
    return kept.length;
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
    const start = this.#start[pair] as number;
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
    this.#start[pair] = start;
    return { list: this.#pages.pageOf(start), index: this.#pages.indexOf(start) };
  }

  #release(pair: number, count: number): void {
    const large = this.#large.get(pair);
    if (large !== undefined) {
      this.#large.delete(pair);
      this.#largeBytes -= large.length * 4;
    } else if (count > 1) {
      this.#pages.free(this.#start[pair] as number, capacityOf(count));
    }
  }

  #grow(length: number): void {
    this.#start = growUint32(this.#start, length);
    this.#count = growUint32(this.#count, length);
    this.#version = growUint32(this.#version, length);
  }
}

/** The next power of two. */
function capacityOf(count: number): number {
  return count <= 1 ? 1 : 1 << (32 - Math.clz32(count - 1));
}
