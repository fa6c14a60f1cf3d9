/** Back-tests under way and those that are done, for a while. */
import { randomUUID } from 'node:crypto';

export interface BackTestJob {
  readonly id: string;
  readonly startedMs: number;
  state: 'running' | 'done' | 'failed' | 'canceled';
  /** From 0 to 1. */
  progress: number;
  /** When it is done. */
  answer: unknown;
  /** When it has failed: what was thrown. */
  failure: unknown;
  /** Resolves when it is over; never rejects. */
  finished: Promise<void>;
}

type Work = (signal: AbortSignal, onProgress: (share: number) => void) => Promise<unknown>;

const RUNNING_MAX = 2;
const KEPT_MAX = 20;
const KEPT_MS = 10 * 60_000;
/** A back-test that takes longer is given up. */
const RUN_MS_MAX = 10 * 60_000;

/** As many are running as may. */
export class TooManyJobsError extends Error {
  override readonly name = 'TooManyJobsError';
}

export class BackTestJobs {
  readonly #jobs = new Map<string, BackTestJob>();
  readonly #stops = new Map<string, AbortController>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(id: string): BackTestJob | undefined {
    this.#forgetOld();
    return this.#jobs.get(id);
  }

  /** @throws TooManyJobsError */
  start(work: Work): BackTestJob {
    this.#forgetOld();
    if (this.#stops.size >= RUNNING_MAX) {
      throw new TooManyJobsError(`${RUNNING_MAX} back-tests are running: wait, or cancel one`);
    }
    const job: BackTestJob = {
      id: randomUUID(),
      startedMs: this.#now(),
      state: 'running',
      progress: 0,
      answer: undefined,
      failure: undefined,
      finished: Promise.resolve(),
    };
    const stop = new AbortController();
    this.#stops.set(job.id, stop);
    this.#jobs.set(job.id, job);
    job.finished = this.#run(
      job,
      work,
      AbortSignal.any([stop.signal, AbortSignal.timeout(RUN_MS_MAX)]),
    );
    return job;
  }

  /** Ends a job that runs, forgets one that is over. @returns false when there is none */
  async cancel(id: string): Promise<boolean> {
    const job = this.#jobs.get(id);
    if (job === undefined) return false;
    this.#stops.get(id)?.abort(new DOMException('canceled', 'AbortError'));
    await job.finished;
    this.#jobs.delete(id);
    return true;
  }

  async #run(job: BackTestJob, work: Work, signal: AbortSignal): Promise<void> {
    try {
      job.answer = await work(signal, (share) => {
        job.progress = share;
      });
      job.progress = 1;
      job.state = 'done';
    } catch (error) {
      const isCanceled = signal.aborted && !isTimeout(signal.reason);
      job.state = isCanceled ? 'canceled' : 'failed';
      job.failure = signal.aborted && !isCanceled ? signal.reason : error;
    } finally {
      this.#stops.delete(job.id);
    }
  }

  #forgetOld(): void {
    const over = [...this.#jobs.values()].filter(({ state }) => state !== 'running');
    const tooMany = over.length - KEPT_MAX;
    for (const [index, { id, startedMs }] of over.entries()) {
      if (index < tooMany || this.#now() - startedMs > KEPT_MS) this.#jobs.delete(id);
    }
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
