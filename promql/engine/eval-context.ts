/** What all operators of one running query share. */
import type { Annotation } from './annotations.ts';
import { Annotations } from './annotations.ts';
import { QueryError, TOO_MANY_SAMPLES } from './query-error.ts';

/** Other work of the process waits no longer than about this for a query. */
const SLICE_MS = 10;
/** Rows between two looks at the clock. */
const ROWS_PER_LOOK = 32;

export interface EvalLimits {
  readonly samplesMax: number;
  /** On the clock of `now`. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** Names of metadata labels go with delayed removal at the end, or at once. */
export interface EvalModes {
  readonly delayedNameRemoval: boolean;
  readonly startTimestamps: boolean;
  readonly typeAndUnitLabels: boolean;
}

export class EvalContext {
  readonly modes: EvalModes;
  readonly annotations = new Annotations();
  /** Samples held now, by Prometheus' rules; compared with `samplesMax`. */
  #current = 0;
  #peak = 0;
  #sliceEndMs: number;
  readonly #limits: EvalLimits;

  constructor(limits: EvalLimits, modes: EvalModes) {
    this.#limits = limits;
    this.modes = modes;
    this.#sliceEndMs = limits.now() + SLICE_MS;
  }

  get signal(): AbortSignal {
    return this.#limits.signal;
  }

  get samplesMax(): number {
    return this.#limits.samplesMax;
  }

  get peakSamples(): number {
    return this.#peak;
  }

  get currentSamples(): number {
    return this.#current;
  }

  annotate(annotation: Annotation): void {
    this.annotations.add(annotation);
  }

  /** @throws QueryError when the query holds more samples than it may */
  hold(count: number): void {
    this.#current += count;
    if (this.#current > this.#peak) this.#peak = this.#current;
    if (this.#current > this.#limits.samplesMax)
      throw new QueryError('execution', TOO_MANY_SAMPLES);
  }

  /** Back to a count taken before, when what was held since is no longer needed. */
  releaseTo(count: number): void {
    this.#current = count;
  }

  /**
   * Calls `visit` with 0, 1, … up to but not including `count`, and lets other work of the process
   * run now and then. The loop itself is not asynchronous, which compilers like better.
   * @throws QueryError when the query is to end
   */
  async inSlices(count: number, visit: (index: number) => void): Promise<void> {
    let next = this.#slice(0, count, visit);
    while (next < count) {
      await this.pause();
      next = this.#slice(next, count, visit);
    }
  }

  /** @returns the first index that is left to do */
  #slice(from: number, count: number, visit: (index: number) => void): number {
    for (let index = from; index < count; index++) {
      const isDue = index % ROWS_PER_LOOK === 0 && this.#limits.now() >= this.#sliceEndMs;
      if (isDue && index > from) return index;
      visit(index);
    }
    return count;
  }

  /** Lets other work of the process run. @throws QueryError when the query is to end */
  async pause(): Promise<void> {
    this.check();
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.check();
    this.#sliceEndMs = this.#limits.now() + SLICE_MS;
  }

  /**
   * Runs something with a signal that fires at the query's deadline or cancellation.
   * @throws QueryError when that is why it failed, else what it throws
   */
  async withDeadline<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { signal, now, deadlineMs } = this.#limits;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), Math.max(0, deadlineMs - now()));
    try {
      return await run(AbortSignal.any([signal, timeout.signal]));
    } catch (error) {
      this.check();
      if (timeout.signal.aborted) throw timedOut();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws QueryError when the query is cancelled or out of time */
  check(): void {
    const { signal, now, deadlineMs } = this.#limits;
    if (now() >= deadlineMs) throw timedOut();
    if (signal.aborted) {
      const cause: unknown = signal.reason;
      throw new QueryError('canceled', 'query was canceled in expression evaluation', { cause });
    }
  }
}

function timedOut(): QueryError {
  return new QueryError('timeout', 'query timed out in expression evaluation');
}
