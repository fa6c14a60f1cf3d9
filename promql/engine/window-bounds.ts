/** Which samples of a series each step of a range function sees. */
import { firstAfter } from './loaded-columns.ts';

export class WindowBounds {
  /** The samples of step k are the entries from `from[k]` up to but not including `to[k]`. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Ends of the windows, extensions included; starts are `#backMs` before, and open. */
  readonly #lastMs: Float64Array;
  readonly #backMs: number;

  /** @param lastMs for each step the last time it sees; ascending */
  constructor(lastMs: Float64Array, backMs: number) {
    this.from = new Int32Array(lastMs.length);
    this.to = new Int32Array(lastMs.length);
    this.#lastMs = lastMs;
    this.#backMs = backMs;
  }

  /** @returns the number of samples in all windows, each counted at each step that sees it */
  fill(timestampsMs: Float64Array, start: number, end: number): number {
    const lastMs = this.#lastMs;
    const backMs = this.#backMs;
    const steps = lastMs.length;
    if (steps === 0) return 0;
    let from = firstAfter(timestampsMs, start, end, (lastMs[0] as number) - backMs);
    let to = from;
    let total = 0;
    for (let step = 0; step < steps; step++) {
      const windowEndMs = lastMs[step] as number;
      const windowStartMs = windowEndMs - backMs;
      while (to < end && (timestampsMs[to] as number) <= windowEndMs) to++;
      while (from < to && (timestampsMs[from] as number) <= windowStartMs) from++;
      this.from[step] = from;
      this.to[step] = to;
      total += to - from;
    }
    return total;
  }

  /** The same for times in an ordinary array. */
  fillFromList(timestampsMs: ArrayLike<number>): void {
    this.fill(Float64Array.from(timestampsMs), 0, timestampsMs.length);
  }
}
