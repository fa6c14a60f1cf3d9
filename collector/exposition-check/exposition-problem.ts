/** Something wrong or unwise in an exposition. */
export interface ExpositionProblem {
  /** From 1. */
  readonly line: number;
  /** Metric family; '' when the line is none's. */
  readonly metric: string;
  readonly problem: string;
}
