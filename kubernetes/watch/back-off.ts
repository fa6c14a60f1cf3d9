/** How long to wait before trying again: client-go's reflector's numbers. */

const FIRST_MS = 800;
const MAX_MS = 30_000;
const FACTOR = 2;
const JITTER = 0.5;
/** After so long without a failure the count begins anew. */
const HEALTHY_MS = 120_000;

export class BackOff {
  readonly #monotonicMs: () => number;
  readonly #random: () => number;
  #delayMs = FIRST_MS;
  #failedAtMs = Number.NEGATIVE_INFINITY;

  constructor(monotonicMs: () => number, random: () => number) {
    this.#monotonicMs = monotonicMs;
    this.#random = random;
  }

  /** Something failed; wait for so long. */
  nextMs(): number {
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#failedAtMs > HEALTHY_MS) this.#delayMs = FIRST_MS;
    const delayMs = this.#delayMs;
    this.#failedAtMs = nowMs;
    this.#delayMs = Math.min(delayMs * FACTOR, MAX_MS);
    return delayMs * (1 + JITTER * (2 * this.#random() - 1));
  }
}
