/** Which samples each step of a range function sees. */
import { firstAfter } from './loaded-columns.ts';

/** The windows over series that all have the same timestamps. */
export class TimeWindows {
  /**
   * The samples of step k are, counted from the first of the series, those from `from[k]` up to
   * but not including `to[k]`.
   */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Samples in all windows, each counted at each step that sees it. */
  total = 0;
  /** Samples in any window, each counted once. */
  distinct = 0;
  readonly #lastMs: Float64Array;
  readonly #backMs: number;

  /**
   * @param lastMs for each step the last time it sees; ascending
   * @param backMs length of the windows, which are open at the left
   */
  constructor(lastMs: Float64Array, backMs: number) {
    this.from = new Int32Array(lastMs.length);
    this.to = new Int32Array(lastMs.length);
    this.#lastMs = lastMs;
    this.#backMs = backMs;
  }

  /** The windows over the entries from `start` up to but not including `end`. */
  fill(times: Float64Array, start: number, end: number): this {
    this.total = 0;
    this.distinct = 0;
    const lastMs = this.#lastMs;
    const backMs = this.#backMs;
    const steps = lastMs.length;
    if (steps === 0) return this;
    let from = firstAfter(times, start, end, (lastMs[0] as number) - backMs);
    let to = from;
    for (let step = 0; step < steps; step++) {
      const windowEndMs = lastMs[step] as number;
      const windowStartMs = windowEndMs - backMs;
      const seen = to;
      while (to < end && (times[to] as number) <= windowEndMs) to++;
      while (from < to && (times[from] as number) <= windowStartMs) from++;
      this.from[step] = from - start;
      this.to[step] = to - start;
      this.total += to - from;
      this.distinct += to - Math.max(from, seen);
    }
    return this;
  }
}
