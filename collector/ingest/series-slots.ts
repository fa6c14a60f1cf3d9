/** The series of one target, as columns; a slot is a series as exposed. */
import type { Labels } from '../../model/labels.ts';
import { NO_SERIES } from '../../model/sink.ts';
import { grownUint32 } from './line-table.ts';

export const NO_COLUMN = -1;
const SLOTS_MIN = 64;

/** Pages are numbered from 1; 0 is no page. */
export class SeriesSlots {
  /** Slots in use or free, all below this. */
  count = 0;
  /** Page in which the series was last exposed. */
  page: Uint32Array = new Uint32Array(SLOTS_MIN);
  /** Page in which it last had its own timestamp. */
  ownTimePage: Uint32Array = new Uint32Array(SLOTS_MIN);
  /** Line where it last stood. */
  line: Uint32Array = new Uint32Array(SLOTS_MIN);
  hash: Uint32Array = new Uint32Array(SLOTS_MIN);
  /** NO_SERIES until the store has taken it. */
  ref: Uint32Array = new Uint32Array(SLOTS_MIN);
  /** Column among the target's columns; NO_COLUMN until there was a sample for one. */
  column: Int32Array = new Int32Array(SLOTS_MIN);
  /** 1: relabelling drops it. */
  dropped: Uint8Array = new Uint8Array(SLOTS_MIN);
  /** 1: in use. */
  used: Uint8Array = new Uint8Array(SLOTS_MIN);
  /** Labels of a series that waits for its reference. */
  readonly waiting = new Map<number, Labels>();
  /** True when the store refused series of the last page. */
  refusedBefore = false;
  readonly #free: number[] = [];

  get usedCount(): number {
    return this.count - this.#free.length;
  }

  /** @param labels final ones, or undefined when the series is dropped */
  add(hash: number, labels: Labels | undefined): number {
    const slot = this.#free.pop() ?? this.count++;
    if (slot >= this.page.length) this.#grow();
    this.page[slot] = 0;
    this.ownTimePage[slot] = 0;
    this.line[slot] = 0;
    this.hash[slot] = hash;
    this.ref[slot] = NO_SERIES;
    this.column[slot] = NO_COLUMN;
    this.dropped[slot] = labels === undefined ? 1 : 0;
    this.used[slot] = 1;
    if (labels !== undefined) this.waiting.set(slot, labels);
    return slot;
  }

  remove(slot: number): void {
    this.used[slot] = 0;
    this.waiting.delete(slot);
    this.#free.push(slot);
  }

  #grow(): void {
    const capacity = this.page.length * 2;
    this.page = grownUint32(this.page, capacity);
    this.ownTimePage = grownUint32(this.ownTimePage, capacity);
    this.line = grownUint32(this.line, capacity);
    this.hash = grownUint32(this.hash, capacity);
    this.ref = grownUint32(this.ref, capacity);
    const column = new Int32Array(capacity);
    column.set(this.column);
    this.column = column;
    this.dropped = grownUint8(this.dropped, capacity);
    this.used = grownUint8(this.used, capacity);
  }
}

export function grownUint8(column: Uint8Array, capacity: number): Uint8Array {
  const grown = new Uint8Array(capacity);
  grown.set(column);
  return grown;
}
