/** Counts of samples, as in Prometheus' `util/stats`. */
import type { Grid } from './grid.ts';

/**
 * What the selectors of one evaluation grid loaded. `total` counts the whole window of a range
 * function at every step, `read` only the samples that are new at a step. Counts of a subquery
 * or of a step-invariant part are kept apart and folded into their parent when all is read.
 */
export class SampleStats {
  readonly grid: Grid;
  total = 0;
  read = 0;
  readonly totalPerStep: Float64Array | undefined;
  readonly readPerStep: Float64Array | undefined;
  readonly #folds: (() => void)[] = [];

  constructor(grid: Grid, isPerStep: boolean) {
    this.grid = grid;
    this.totalPerStep = isPerStep ? new Float64Array(grid.steps) : undefined;
    this.readPerStep = isPerStep ? new Float64Array(grid.steps) : undefined;
  }

  add(step: number, total: number, read: number): void {
    this.total += total;
    this.read += read;
    if (this.totalPerStep !== undefined) (this.totalPerStep[step] as number) += total;
    if (this.readPerStep !== undefined) (this.readPerStep[step] as number) += read;
  }

  /** A part evaluated once whose value stands at every step. */
  invariantChild(): SampleStats {
    const child = new SampleStats({ ...this.grid, steps: Math.min(1, this.grid.steps) }, false);
    this.#folds.push(() => {
      child.fold();
      for (let step = 0; step < this.grid.steps; step++) this.add(step, child.total, 0);
      if (this.grid.steps > 0) this.add(0, 0, child.read);
    });
    return child;
  }

  /**
   * A subquery under a range function: its samples count as read at the step that uses them
   * first, or not at all when they fall between two windows. Its total is counted again by the
   * function from the subquery's points.
   * @param offsetMs the subquery's offset
   */
  subqueryChild(grid: Grid, rangeMs: number, offsetMs: number): SampleStats {
    const child = new SampleStats(grid, true);
    this.#folds.push(() => {
      child.fold();
      const parent = this.grid;
      if (parent.steps <= 1) {
        if (parent.steps === 1) this.add(0, 0, child.read);
        return;
      }
      for (let step = 0; step < grid.steps; step++) {
        const timeMs = grid.startMs + step * grid.stepMs + offsetMs;
        const first = Math.max(0, Math.ceil((timeMs - parent.startMs) / parent.stepMs));
        const target = Math.min(first, parent.steps - 1);
        const isInWindow = timeMs > parent.startMs + target * parent.stepMs - rangeMs;
        if (isInWindow) this.add(target, 0, child.readPerStep?.[step] ?? 0);
      }
    });
    return child;
  }

  /** A subquery that is itself the result. */
  resultChild(grid: Grid): SampleStats {
    const child = new SampleStats(grid, false);
    this.#folds.push(() => {
      child.fold();
      if (this.grid.steps > 0) this.add(this.grid.steps - 1, child.total, child.read);
    });
    return child;
  }

  /** Folds the children in. Call once, when all rows are read. */
  fold(): void {
    for (const fold of this.#folds) fold();
    this.#folds.length = 0;
  }
}
