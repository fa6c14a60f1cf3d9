/** Hash → slot, by open addressing; who is meant among equal hashes is the caller's to say. */

const EMPTY = 0;
const REMOVED = -1;
const CAPACITY_MIN = 128;
/** Filled further than this, a search gets long. */
const FILL_RATIO_MAX = 0.6;

export class HashIndex {
  /** slot + 1, or EMPTY, or REMOVED. */
  #table = new Int32Array(CAPACITY_MIN);
  #mask = CAPACITY_MIN - 1;
  #taken = 0;
  #position = 0;

  /** The first slot under a hash, or -1. */
  first(hash: number, hashOf: Uint32Array): number {
    this.#position = hash & this.#mask;
    return this.#seek(hash, hashOf);
  }

  /** The next one under the same hash, or -1; nothing may be added in between. */
  next(hash: number, hashOf: Uint32Array): number {
    this.#position = (this.#position + 1) & this.#mask;
    return this.#seek(hash, hashOf);
  }

  /** @param hashOf the hash of every slot in the index, and of this one */
  add(slot: number, hashOf: Uint32Array): void {
    if (this.#taken >= this.#table.length * FILL_RATIO_MAX) this.#rebuild(hashOf);
    let at = (hashOf[slot] as number) & this.#mask;
    while ((this.#table[at] as number) > EMPTY) at = (at + 1) & this.#mask;
    if (this.#table[at] === EMPTY) this.#taken++;
    this.#table[at] = slot + 1;
  }

  remove(slot: number, hashOf: Uint32Array): void {
    let at = (hashOf[slot] as number) & this.#mask;
    for (let entry = this.#table[at]; entry !== EMPTY; entry = this.#table[at]) {
      if (entry === slot + 1) {
        this.#table[at] = REMOVED;
        return;
      }
      at = (at + 1) & this.#mask;
    }
  }

  #seek(hash: number, hashOf: Uint32Array): number {
    const table = this.#table;
    let at = this.#position;
    for (let entry = table[at] as number; entry !== EMPTY; entry = table[at] as number) {
      if (entry > 0 && hashOf[entry - 1] === hash) {
        this.#position = at;
        return entry - 1;
      }
      at = (at + 1) & this.#mask;
    }
    return -1;
  }

  /** Leaves the removed entries behind, and grows when the rest needs it. */
  #rebuild(hashOf: Uint32Array): void {
    const kept = this.#table.filter((entry) => entry > EMPTY);
    let capacity = CAPACITY_MIN;
    while (kept.length >= (capacity * FILL_RATIO_MAX) / 2) capacity *= 2;
    this.#table = new Int32Array(capacity);
    this.#mask = capacity - 1;
    this.#taken = kept.length;
    for (const entry of kept) {
      let at = (hashOf[entry - 1] as number) & this.#mask;
      while (this.#table[at] !== EMPTY) at = (at + 1) & this.#mask;
      this.#table[at] = entry;
    }
  }
}
