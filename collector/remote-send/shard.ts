/** One line of sending: a queue, and one request at a time, so that a series stays in order. */
import type { Clock } from '../../model/clock.ts';
import type { OutgoingBatch, SampleQueue } from './sample-queue.ts';

export interface ShardParts {
  readonly queue: SampleQueue;
  readonly clock: Clock;
  readonly samplesPerSendMax: number;
  /** A batch that does not fill up is sent after so long. */
  readonly deadlineMs: number;
  readonly send: (batch: OutgoingBatch) => Promise<void>;
}

export class Shard {
  readonly queue: SampleQueue;
  readonly #parts: ShardParts;
  #cancelDeadline: (() => void) | undefined;
  #sending: Promise<void> | undefined;
  #isPaused = false;

  constructor(parts: ShardParts) {
    this.#parts = parts;
    this.queue = parts.queue;
  }

  /** To be called after something was put into the queue. */
  wake(): void {
    if (this.#isPaused || this.#sending !== undefined) return;
    if (this.queue.length >= this.#parts.samplesPerSendMax) this.#begin();
    else if (this.queue.length > 0 || this.queue.hasExemplars) {
      this.#cancelDeadline ??= this.#parts.clock.schedule(this.#parts.deadlineMs, () => {
        this.#cancelDeadline = undefined;
        this.#begin();
      });
    }
  }

  /** Sends nothing more; resolves when the request under way is done with. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    this.#cancelDeadline?.();
    this.#cancelDeadline = undefined;
    await this.#sending;
  }

  /** Sends what is left, without waiting for batches to fill, until `signal` says that it is enough. */
  async drain(signal: AbortSignal): Promise<void> {
    await this.pause();
    while (!signal.aborted && (this.queue.length > 0 || this.queue.hasExemplars)) {
      await this.#sendOne();
    }
  }

  #begin(): void {
    if (this.#isPaused || this.#sending !== undefined) return;
    this.#cancelDeadline?.();
    this.#cancelDeadline = undefined;
    this.#sending = this.#sendOne().finally(() => {
      this.#sending = undefined;
      this.wake();
    });
  }

  #sendOne(): Promise<void> {
    return this.#parts.send(this.queue.take(this.#parts.samplesPerSendMax));
  }
}
