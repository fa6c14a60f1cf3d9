import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { Logger } from '../../model/logger.ts';
import { StoreUnavailableError } from '../../model/sink.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { QueryError } from '../clickhouse/engine-error.ts';
import { TABLES } from '../schema/table-columns.ts';
import type { ClosedFile } from './recover-spool.ts';
import { SortThread } from './sort-thread.ts';
import type { Spool } from './spool.ts';
import { indexPath } from './spool-file.ts';

const BACKOFF_MS_MIN = 200;
const BACKOFF_MS_MAX = 30_000;
/** A file whose contents ClickHouse refuses this often is set aside. */
const REFUSALS_MAX = 3;
/**
 * Errors that only the contents can be to blame for: 6, 27 cannot parse, 32, 33 data end early, 49
 * logical error, 53, 70 wrong type, 117 incorrect data, 128, 131 impossible sizes. All others may
 * pass by themselves, and the file waits as long as that takes.
 */
const DATA_CODES: ReadonlySet<number> = new Set([6, 27, 32, 33, 49, 53, 70, 117, 128, 131]);

export interface InserterEvents {
  onInserted(file: ClosedFile, seconds: number): void;
  onRetry(error: Error): void;
  onSetAside(file: ClosedFile): void;
}

export interface InserterOptions {
  readonly engine: Engine;
  readonly spool: Spool;
  /** Tells this store's files from another's in ClickHouse's memory of tokens. */
  readonly storeId: string;
  readonly logger: Logger;
  readonly events: InserterEvents;
  /** For tests. */
  readonly sortedRowsMin?: number;
}

/** Moves closed spool files into ClickHouse, one after another, for as long as it takes. */
export class Inserter {
  readonly #options: InserterOptions;
  readonly #stop = new AbortController();
  readonly #sorting: SortThread;
  #work: Promise<void> | undefined;
  #isFailing = false;

  constructor(options: InserterOptions) {
    this.#options = options;
    this.#sorting = new SortThread(options.sortedRowsMin);
  }

  /** True while ClickHouse does not take what we have. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Starts working unless it is at work already. */
  wake(): void {
    this.#work ??= this.#insertAll().finally(() => {
      this.#work = undefined;
      // A file may have been closed after the last look and before this moment.
      if (this.#options.spool.closed.length > 0 && !this.#stop.signal.aborted) this.wake();
    });
  }

  /**
   * Inserts what is there now.
   * @returns false when ClickHouse did not take it all within the time
   */
  async drain(timeoutMs: number): Promise<boolean> {
    const { spool } = this.#options;
    const timer = new AbortController();
    const timeout = delay(timeoutMs, true, { signal: timer.signal }).catch(() => true);
    let isLate = false;
    while (spool.closed.length > 0 && !isLate && !this.#stop.signal.aborted) {
      this.wake();
      isLate = await Promise.race([timeout, this.#work?.then(() => false) ?? false]);
    }
    timer.abort();
    return spool.closed.length === 0;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#work;
    await this.#sorting.close();
  }

  async #insertAll(): Promise<void> {
    const { spool } = this.#options;
    let failures = 0;
    for (let file = spool.closed[0]; file !== undefined; file = spool.closed[0]) {
      if (this.#stop.signal.aborted) return;
      try {
        await this.#insert(file);
        failures = 0;
        this.#isFailing = false;
      } catch (error) {
        failures++;
        this.#isFailing = true;
        this.#failed(file, error, failures);
        await this.#backOff(failures);
      }
    }
  }

  async #insert(file: ClosedFile): Promise<void> {
    const { engine, spool, events, storeId } = this.#options;
    const { table, columns } = TABLES[file.table];
    const startMs = performance.now();
    const token = `${storeId}-${file.generation}-${table}-${contentSum(file.path)}`;
    // A server cuts a body into blocks by its own settings, and a repeat must be the same blocks.
    const sorted = engine.kind === 'embedded' ? await this.#sorting.sort(file) : undefined;
    try {
      const path = sorted ?? file.path;
      await engine.insertFile({ table, columns, path, token }, { lane: 'writer' });
    } finally {
      if (sorted !== undefined) rmSync(sorted, { force: true });
    }
    spool.remove(file);
    events.onInserted(file, (performance.now() - startMs) / 1000);
  }

  #failed(file: ClosedFile, cause: unknown, failures: number): void {
    const { spool, logger, events } = this.#options;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    events.onRetry(error);
    const isRefusal = error instanceof QueryError && DATA_CODES.has(error.code);
    if (isRefusal && failures >= REFUSALS_MAX) {
      logger.error('a spool file is refused by ClickHouse and set aside', {
        path: file.path,
        rows: file.rowCount,
        error: error.message,
      });
      spool.setAside(file);
      events.onSetAside(file);
      return;
    }
    const level = failures === 1 || error instanceof StoreUnavailableError ? 'warn' : 'error';
    logger[level]('insert failed, will be tried again', { path: file.path, error: error.message });
  }

  async #backOff(failures: number): Promise<void> {
    const ceilingMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** (failures - 1));
    const waitMs = ceilingMs / 2 + (Math.random() * ceilingMs) / 2;
    await delay(waitMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

/**
 * Sum of what the file holds (the index has the sums of its blocks). Part of the token, so that
 * other data under the same name, after a clock was set back, are no repeat.
 */
function contentSum(path: string): string {
  return crc32(readFileSync(indexPath(path))).toString(16);
}
