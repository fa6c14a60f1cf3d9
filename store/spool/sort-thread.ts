import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { ClosedFile } from './recover-spool.ts';
import type { SortAnswer, SortRequest } from './sort-worker.ts';
import { SORTED_SUFFIX } from './sorted-samples.ts';

/** Fewer rows are sorted by ClickHouse sooner than by a thread that has to start. */
const SORTED_ROWS_MIN = 50_000;

/** Sorts one file at a time in a thread that starts with the first. */
export class SortThread {
  readonly #rowsMin: number;
  #worker: Worker | undefined;
  #isBroken = false;

  /** @param rowsMin for tests */
  constructor(rowsMin: number = SORTED_ROWS_MIN) {
    this.#rowsMin = rowsMin;
  }

  /**
   * A copy of the file in the order of its table, for the caller to delete; undefined when it is
   * not worth it or does not work, for the file as it is will do.
   */
  async sort(file: ClosedFile): Promise<string | undefined> {
    if (this.#isBroken || file.table !== 'samples' || file.rowCount < this.#rowsMin) {
      return undefined;
    }
    const to = `${file.path}${SORTED_SUFFIX}`;
    const error = await this.#ask({ from: file.path, to });
    if (error === '') return to;
    rmSync(to, { force: true, recursive: true });
    return undefined;
  }

  async close(): Promise<void> {
    this.#isBroken = true;
    await this.#worker?.terminate();
  }

  #ask(request: SortRequest): Promise<SortAnswer> {
    return new Promise((resolve) => {
      const worker = this.#start();
      const onAnswer = (answer: SortAnswer): void => {
        worker.off('exit', onExit);
        worker.unref();
        resolve(answer);
      };
      const onExit = (): void => {
        worker.off('message', onAnswer);
        this.#isBroken = true;
        resolve('the thread has ended');
      };
      worker.once('message', onAnswer);
      worker.once('exit', onExit);
      worker.ref();
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./sort-worker.ts', import.meta.url));
    // Without a listener an error of the thread (out of memory) would end the process.
    worker.on('error', () => undefined);
    this.#worker = worker;
    return worker;
  }
}
