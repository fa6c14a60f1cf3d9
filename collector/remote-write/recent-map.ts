/**
 * A map that forgets what was not asked for in a while. Numbers of series are given out again
 * after a day without samples, so whoever keeps them must let go of those it does not use.
 */

/** An entry lives for one to two of these after its last use. */
export const GENERATION_MS = 20 * 60_000;

export class RecentMap<K, V> {
  readonly #entriesMax: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #turnedMs = Number.NEGATIVE_INFINITY;

  /** @param entriesMax used within a generation; at the limit the generation ends early */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** Lets time pass. */
  tick(nowMs: number): void {
    if (nowMs - this.#turnedMs < GENERATION_MS) return;
    this.#turnedMs = nowMs;
    this.#turn();
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#entriesMax) this.#turn();
    this.#young.set(key, value);
  }

  #turn(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}
