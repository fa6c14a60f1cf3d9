import { growUint32 } from '../grow-column.ts';

const NONE = 0;

/**
 * In which lineages a series is, and as which column: a chain of nodes per series. Nearly every
 * series is in exactly one.
 */
export class Memberships {
  /** By reference: its first node, 0 for none. */
  #first: Uint32Array = new Uint32Array(1024);
  #lineage: Uint32Array = new Uint32Array(1024);
  #column: Uint32Array = new Uint32Array(1024);
  #next: Uint32Array = new Uint32Array(1024);
  #free: number = NONE;
  #end = 1;

  get bytes(): number {
    return this.#first.length * 4 + this.#lineage.length * 12;
  }

  has(ref: number): boolean {
    return this.first(ref) !== NONE;
  }

  /** The first node of a series; 0: none. */
  first(ref: number): number {
    return ref < this.#first.length ? (this.#first[ref] as number) : NONE;
  }

  next(node: number): number {
    return this.#next[node] as number;
  }

  lineageOf(node: number): number {
    return this.#lineage[node] as number;
  }

  columnOf(node: number): number {
    return this.#column[node] as number;
  }

  add(ref: number, lineageId: number, column: number): void {
    if (ref >= this.#first.length) this.#first = growUint32(this.#first, ref + 1);
    let node = this.#free;
    if (node === NONE) {
      node = this.#end++;
      if (node >= this.#lineage.length) this.#grow(node + 1);
    } else {
      this.#free = this.#next[node] as number;
    }
    this.#lineage[node] = lineageId;
    this.#column[node] = column;
    this.#next[node] = this.#first[ref] as number;
    this.#first[ref] = node;
  }

  /** Takes a series out of a lineage. */
  remove(ref: number, lineageId: number): void {
    let before = NONE;
    let node = this.first(ref);
    while (node !== NONE) {
      const next = this.#next[node] as number;
      if (this.#lineage[node] === lineageId) {
        if (before === NONE) this.#first[ref] = next;
        else this.#next[before] = next;
        this.#next[node] = this.#free;
        this.#free = node;
      } else {
        before = node;
      }
      node = next;
    }
  }

  #grow(length: number): void {
    this.#lineage = growUint32(this.#lineage, length);
    this.#column = growUint32(this.#column, length);
    this.#next = growUint32(this.#next, length);
  }
}
