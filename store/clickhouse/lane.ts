import { StoreUnavailableError } from '../../model/sink.ts';

/** Queries that wait for their turn in one lane; more are refused. */
export const LANE_WAITING_MAX = 1000;

/**
 * At most `width` tasks at a time, others wait in order. A task whose signal fires while it waits
 * never starts.
 */
export class Lane {
  readonly #width: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(width: number) {
    this.#width = width;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * @param task its promise settles when the lane is free again, even when the caller has left
   * @throws the signal's reason; StoreUnavailableError when too many wait
   */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#running >= this.#width) await this.#turn(signal);
    else this.#running++;
    const work = task().finally(() => this.#next());
    if (signal === undefined) return work;
    return raceSignal(work, signal);
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.length >= LANE_WAITING_MAX) {
      throw new StoreUnavailableError('too many queries wait for the store', 1000);
    }
    return new Promise((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(start);
    });
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}

/** Rejects as soon as the signal fires; what the work comes to is then nobody's concern. */
async function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const left = Promise.withResolvers<never>();
  const leave = () => left.reject(signal.reason as Error);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, left.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
    left.promise.catch(() => undefined);
    work.catch(() => undefined);
  }
}
