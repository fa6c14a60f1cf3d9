/** `scrape_failure_log_file`: one JSON line per failed scrape. */
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Logger } from '../../model/logger.ts';

/** Lines waiting for the disk; further ones are left out and counted in the log. */
const WAITING_BYTES_MAX = 1024 * 1024;

export class FailureLog {
  readonly #logger: Logger;
  readonly #streams = new Map<string, WriteStream>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param path '' writes nothing */
  write(path: string, jobName: string, targetUrl: string, error: string, nowMs: number): void {
    if (path === '') return;
    const stream = this.#streams.get(path) ?? this.#open(path);
    if (stream.writableLength > WAITING_BYTES_MAX) {
      this.#logger.warn('scrape failure log cannot keep up, line left out', { path });
      return;
    }
    const time = new Date(nowMs).toISOString();
    const line = { time, level: 'ERROR', msg: error, job_name: jobName, target: targetUrl };
    stream.write(`${JSON.stringify(line)}\n`);
  }

  /** Files are opened anew at the next line, so that rotated ones are let go. */
  async close(): Promise<void> {
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    await Promise.all(streams.map(ended));
  }

  #open(path: string): WriteStream {
    const stream = createWriteStream(path, { flags: 'a' });
    stream.on('error', (error) => {
      this.#logger.error('cannot write scrape failure log', { path, error });
      if (this.#streams.get(path) === stream) this.#streams.delete(path);
    });
    this.#streams.set(path, stream);
    return stream;
  }
}

function ended(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) return resolve();
    stream.once('close', () => resolve());
    stream.end();
  });
}
