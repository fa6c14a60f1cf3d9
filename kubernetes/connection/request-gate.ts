/** Lets so many requests run at once; the others wait their turn, first come first served. */
import type { Clock } from '../../model/clock.ts';

interface Waiting {
  readonly enter: () => void;
}

export class RequestGate {
  readonly #runningMax: number;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #closedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(runningMax: number, clock: Clock) {
    this.#runningMax = runningMax;
    this.#clock = clock;
  }

  /** Nobody enters for so long: the server asked for it. */
  closeFor(durationMs: number): void {
    const untilMs = this.#clock.monotonicMs() + durationMs;
    if (untilMs <= this.#closedUntilMs) return;
    this.#closedUntilMs = untilMs;
    this.#clock.schedule(durationMs, () => this.#admit());
  }

  /**
   * Resolves inside; the answer leaves, and may be called more than once.
   * @throws the signal's reason when it is aborted while waiting
   */
  enter(signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const waiting: Waiting = {
        enter: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(this.#leaveOnce());
        },
      };
      const onAbort = (): void => {
        const at = this.#waiting.indexOf(waiting);
        if (at < 0) return;
        this.#waiting.splice(at, 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  #leaveOnce(): () => void {
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#running--;
      this.#admit();
    };
  }

  #admit(): void {
    if (this.#clock.monotonicMs() < this.#closedUntilMs) return;
    while (this.#running < this.#runningMax) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running++;
      next.enter();
    }
  }
}
