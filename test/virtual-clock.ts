/** A clock that stands still until it is moved. */
import type { Clock } from '../model/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

export class VirtualClock implements Clock {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs: number) {
    this.#wallOffsetMs = startMs;
  }

  readonly nowMs = (): number => this.#wallOffsetMs + this.#monotonicMs;

  readonly monotonicMs = (): number => this.#monotonicMs;

  readonly schedule = (delayMs: number, run: () => void): (() => void) => {
    const timer = { atMs: this.#monotonicMs + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get timerCount(): number {
    return this.#timers.size;
  }

  /** As when somebody sets the machine's clock. */
  setWall(nowMs: number): void {
    this.#wallOffsetMs = nowMs - this.#monotonicMs;
  }

  /** Moves to the next timer and runs it; false when there is none until `limitMs` from now. */
  step(limitMs = Number.POSITIVE_INFINITY): boolean {
    const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined || next.atMs > this.#monotonicMs + limitMs) return false;
    this.#timers.delete(next);
    this.#monotonicMs = Math.max(this.#monotonicMs, next.atMs);
    next.run();
    return true;
  }

  /** Moves on, running the timers that fall due, in order. Does not wait for promises. */
  advance(byMs: number): void {
    const endMs = this.#monotonicMs + byMs;
    while (this.step(endMs - this.#monotonicMs)) {
      // all in the step
    }
    this.#monotonicMs = endMs;
  }
}
