/** The evaluation times of an expression: `startMs + k · stepMs` for k from 0 to `steps - 1`. */
export interface Grid {
  readonly startMs: number;
  /** Above 0, also for a single step. */
  readonly stepMs: number;
  /** 0 when there is nothing to evaluate, e.g. for a subquery between two of its steps. */
  readonly steps: number;
}

export function gridOf(startMs: number, endMs: number, stepMs: number): Grid {
  const steps = endMs < startMs ? 0 : Math.floor((endMs - startMs) / stepMs) + 1;
  return { startMs, stepMs, steps };
}

export function singleStep(timeMs: number, stepMs = 1): Grid {
  return { startMs: timeMs, stepMs, steps: 1 };
}

/** The time of the last step; meaningless for an empty grid. */
export function lastStepMs(grid: Grid): number {
  return grid.startMs + (grid.steps - 1) * grid.stepMs;
}

export function gridTimestamps(grid: Grid): Float64Array {
  const timestampsMs = new Float64Array(grid.steps);
  for (let step = 0; step < grid.steps; step++) {
    timestampsMs[step] = grid.startMs + step * grid.stepMs;
  }
  return timestampsMs;
}
