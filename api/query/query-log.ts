/** The query log: one line a query, in the form of Prometheus' `query_log_file`. */
import { createWriteStream, type WriteStream } from 'node:fs';
import type { QueryStats } from '../../promql/engine/query-result.ts';
import type { QueryDescription } from './running-queries.ts';

export interface QueryLog {
  finished(
    query: QueryDescription,
    durationMs: number,
    stats: QueryStats | undefined,
    error: string | undefined,
  ): void;
}

/** Writes to `path` while it is set; the path may change at each reload of the configuration. */
export class FileQueryLog implements QueryLog {
  #path = '';
  #stream: WriteStream | undefined;
  readonly #onError: (error: Error) => void;

  constructor(onError: (error: Error) => void) {
    this.#onError = onError;
  }

  /** @param path '' for no log */
  setPath(path: string): void {
    if (path === this.#path) return;
    this.#path = path;
    this.#stream?.end();
    this.#stream = path === '' ? undefined : createWriteStream(path, { flags: 'a', mode: 0o640 });
    this.#stream?.on('error', this.#onError);
  }

  finished(
    query: QueryDescription,
    durationMs: number,
    stats: QueryStats | undefined,
    error: string | undefined,
  ): void {
    if (this.#stream === undefined) return;
    const line = {
      ts: new Date().toISOString(),
      params: {
        query: query.expr,
        start: new Date(query.startMs).toISOString(),
        end: new Date(query.endMs).toISOString(),
        step: query.stepMs / 1000,
      },
      stats: stats === undefined ? undefined : { timings: stats.timings },
      durationSeconds: durationMs / 1000,
      origin: query.origin,
      error,
    };
    this.#stream.write(`${JSON.stringify(line)}\n`);
  }

  close(): void {
    this.setPath('');
  }
}
