/** How long the parts of a query took. */
import type { QueryTimings } from './query-result.ts';

export class QueryTimer {
  readonly #now: () => number;
  readonly #startMs: number;
  #preparedMs: number;
  #evaluatedMs: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
    this.#startMs = now();
    this.#preparedMs = this.#startMs;
  }

  /** Planned, and all selectors read. */
  prepared(): void {
    this.#preparedMs = this.#now();
  }

  evaluated(): void {
    this.#evaluatedMs = this.#now();
  }

  timings(): QueryTimings {
    const endMs = this.#now();
    const evaluatedMs = this.#evaluatedMs ?? endMs;
    return {
      evalTotalTime: (endMs - this.#startMs) / 1000,
      resultSortTime: (endMs - evaluatedMs) / 1000,
      queryPreparationTime: (this.#preparedMs - this.#startMs) / 1000,
      innerEvalTime: (evaluatedMs - this.#preparedMs) / 1000,
      // Queries wait in front of the engine, where their number is limited.
      execQueueTime: 0,
      execTotalTime: (endMs - this.#startMs) / 1000,
    };
  }
}
