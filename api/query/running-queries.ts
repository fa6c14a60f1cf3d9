/** The queries that run now: how many at a time, which, and how to end one. */
import { Gauge, type Registry, Summary } from 'prom-client';
import { ApiError } from '../prometheus/api-error.ts';

/** Waiting queries beyond this many are refused: they would only grow old in the line. */
const WAITING_MAX = 1000;

export interface QueryDescription {
  readonly expr: string;
  readonly kind: 'instant' | 'range';
  readonly startMs: number;
  readonly endMs: number;
  /** 0 for an instant query. */
  readonly stepMs: number;
  /** Who asks: the remote address until there is a login. */
  readonly origin: string;
}

export interface RunningQuery extends QueryDescription {
  readonly id: number;
  readonly state: 'waiting' | 'running';
  readonly sinceMs: number;
}

interface Entry {
  readonly description: QueryDescription;
  readonly sinceMs: number;
  readonly controller: AbortController;
  isRunning: boolean;
}

/** Reason of a query's abort when a person ended it through the API. */
export class QueryCanceledError extends Error {
  override readonly name = 'QueryCanceledError';
}

export class RunningQueries {
  readonly #concurrentMax: number;
  readonly #now: () => number;
  readonly #entries = new Map<number, Entry>();
  readonly #waiting: (() => void)[] = [];
  readonly #duration: Summary<'slice'>;
  #runningCount = 0;
  #lastId = 0;

  constructor(concurrentMax: number, registry: Registry, now: () => number) {
    this.#concurrentMax = concurrentMax;
    this.#now = now;
    const running = (): number => this.#runningCount;
    new Gauge({
      name: 'prometheus_engine_queries',
      help: 'The current number of queries being executed or waiting.',
      registers: [registry],
      collect() {
        this.set(running());
      },
    });
    new Gauge({
      name: 'prometheus_engine_queries_concurrent_max',
      help: 'The max number of concurrent queries.',
      registers: [registry],
    }).set(concurrentMax);
    this.#duration = new Summary({
      name: 'prometheus_engine_query_duration_seconds',
      help: 'Query timings.',
      labelNames: ['slice'],
      percentiles: [0.5, 0.9, 0.99],
      maxAgeSeconds: 600,
      ageBuckets: 5,
      registers: [registry],
    });
  }

  /**
   * Runs a query when there is room for it.
   * @param signal of the request; `execute` gets one that also a cancellation aborts
   * @throws ApiError too_many_requests when too many wait; the signal's reason
   */
  async run<T>(
    description: QueryDescription,
    signal: AbortSignal,
    execute: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const id = ++this.#lastId;
    const controller = new AbortController();
    const both = AbortSignal.any([signal, controller.signal]);
    const entry: Entry = { description, sinceMs: this.#now(), controller, isRunning: false };
    this.#entries.set(id, entry);
    try {
      await this.#enter(both);
      const startMs = this.#now();
      this.#duration.observe({ slice: 'queue_time' }, (startMs - entry.sinceMs) / 1000);
      entry.isRunning = true;
      try {
        return await execute(both);
      } finally {
        this.#duration.observe({ slice: 'inner_eval' }, (this.#now() - startMs) / 1000);
        this.#leave();
      }
    } finally {
      this.#entries.delete(id);
    }
  }

  list(): readonly RunningQuery[] {
    return [...this.#entries].map(([id, entry]) => ({
      ...entry.description,
      id,
      state: entry.isRunning ? 'running' : 'waiting',
      sinceMs: entry.sinceMs,
    }));
  }

  /** False when no such query runs. */
  cancel(id: number): boolean {
    const entry = this.#entries.get(id);
    entry?.controller.abort(new QueryCanceledError('query was canceled through the API'));
    return entry !== undefined;
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#runningCount < this.#concurrentMax) {
      this.#runningCount++;
      return;
    }
    if (this.#waiting.length >= WAITING_MAX) {
      throw new ApiError('too_many_requests', 'too many queries are waiting', undefined, 1);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (): void => {
      const at = this.#waiting.indexOf(resolve);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    this.#waiting.push(resolve);
    await promise;
    signal.removeEventListener('abort', giveUp);
  }

  /** Hands the place to the next in line, so that the count stays. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#runningCount--;
    else next();
  }
}
