/** Finds the slot of a series by the bytes it is exposed with. */
import { randomInt } from 'node:crypto';
import { HashIndex } from './hash-index.ts';
import type { LineTable } from './line-table.ts';
import type { PageMemory } from './page-memory.ts';
import { equalBytes, hashBytes } from './series-key.ts';
import type { SeriesSlots } from './series-slots.ts';

export class SeriesIndex {
  readonly #slots: SeriesSlots;
  readonly #memory: PageMemory;
  readonly #index = new HashIndex();
  readonly #seed = randomInt(2 ** 32);
  /** Hash of the key that was looked for last. */
  #hash = 0;

  constructor(slots: SeriesSlots, memory: PageMemory) {
    this.#slots = slots;
    this.#memory = memory;
  }

  /**
   * The slot of the series that stands in `body` at [start, end), or -1. A series has its bytes
   * where it stood last: in the page that is being read, or in the one before.
   */
  find(
    body: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    page: number,
    lines: LineTable,
  ): number {
    const slots = this.#slots;
    const length = end - start;
    const hash = hashBytes(body, start, end, this.#seed);
    this.#hash = hash;
    for (
      let slot = this.#index.first(hash, slots.hash);
      slot >= 0;
      slot = this.#index.next(hash, slots.hash)
    ) {
      const isHere = slots.page[slot] === page;
      const table = isHere ? lines : this.#memory.lines;
      const line = slots.line[slot] as number;
      if (table.keyLengths[line] !== length) continue;
      const at = table.starts[line] as number;
      if (equalBytes(isHere ? view : this.#memory.view, at, view, start, length)) return slot;
    }
    return -1;
  }

  /** Hash of the key of the last `find`, for `SeriesSlots.add`. */
  get lastHash(): number {
    return this.#hash;
  }

  add(slot: number): void {
    this.#index.add(slot, this.#slots.hash);
  }

  remove(slot: number): void {
    this.#index.remove(slot, this.#slots.hash);
    this.#slots.remove(slot);
  }

  /** A page failed: lines are those of the page before again, and its new series never were. */
  restore(newSlots: readonly number[]): void {
    for (const slot of newSlots) this.remove(slot);
    const { slots, count } = this.#memory.lines;
    for (let line = 0; line < count; line++) {
      const slot = slots[line] as number;
      if (slot < 0) continue;
      this.#slots.line[slot] = line;
      this.#slots.page[slot] = 0;
    }
  }

  /** Forgets the series that `page` did not have. @returns how many */
  removeUnseen(page: number): number {
    const { count, used, page: seenIn } = this.#slots;
    let removed = 0;
    for (let slot = 0; slot < count; slot++) {
      if (used[slot] !== 1 || seenIn[slot] === page) continue;
      this.remove(slot);
      removed++;
    }
    return removed;
  }
}
