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
  readonly total: number;
  /** Samples in any window, each counted once. */
  readonly distinct: number;

  /**
   * @param lastMs for each step the last time it sees; ascending
   * @param backMs length of the windows, which are open at the left
   */
  constructor(
    lastMs: Float64Array,
    backMs: number,
    times: Float64Array,
    start: number,
    end: number,
  ) {
    const steps = lastMs.length;
    this.from = new Int32Array(steps);
    this.to = new Int32Array(steps);
    let total = 0;
    let distinct = 0;
    let from = steps === 0 ? start : firstAfter(times, start, end, (lastMs[0] as number) - backMs);
    let to = from;
    for (let step = 0; step < steps; step++) {
      const windowEndMs = lastMs[step] as number;
      const windowStartMs = windowEndMs - backMs;
      const seen = to;
      while (to < end && (times[to] as number) <= windowEndMs) to++;
      while (from < to && (times[from] as number) <= windowStartMs) from++;
      this.from[step] = from - start;
      this.to[step] = to - start;
      total += to - from;
      distinct += to - Math.max(from, seen);
    }
    this.total = total;
    this.distinct = distinct;
  }
}
