/** How many rules of all groups may be under way beside the one that each group runs by itself. */

export class ConcurrencyLimit {
  #free: number;

  constructor(countMax: number) {
    this.#free = countMax;
  }

  /** @returns false when none is free; else `release` is to be called once */
  tryAcquire(): boolean {
    if (this.#free <= 0) return false;
    this.#free--;
    return true;
  }

  release(): void {
    this.#free++;
  }
}
