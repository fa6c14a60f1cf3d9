/**
 * How long a removed series' number stays unused. Whoever holds numbers (scrape caches, receivers)
 * must drop one it has not used for longer than the index keeps idle series; this is a day more.
 */
export const REF_QUARANTINE_MS = 24 * 3_600_000;

/** Numbers of removed series, given out again in the order they came in, a day later. */
export class FreeRefs {
  #refs: number[] = [];
  #removedMs: number[] = [];
  #head = 0;
  #nowMs = Number.NEGATIVE_INFINITY;

  put(ref: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#refs.push(ref);
    this.#removedMs.push(nowMs);
  }

  /** Time as far as the index knows it. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /** @returns undefined when none is free yet */
  take(): number | undefined {
    const removedMs = this.#removedMs[this.#head];
    if (removedMs === undefined || removedMs + REF_QUARANTINE_MS > this.#nowMs) return undefined;
    const ref = this.#refs[this.#head++];
    if (this.#head > 4096 && this.#head * 2 > this.#refs.length) {
      this.#refs = this.#refs.slice(this.#head);
      this.#removedMs = this.#removedMs.slice(this.#head);
      this.#head = 0;
    }
    return ref;
  }
}
