/** A clock that stands still until it is moved. */
import type { Clock } from './clock.ts';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
  isCancelled: boolean;
}

export class VirtualClock implements Clock {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  /** The last is the next to run; of equal ones, the one that was set first. */
  readonly #timers: Timer[] = [];
  #timerCount = 0;

  constructor(startMs: number) {
    this.#wallOffsetMs = startMs;
  }

  readonly nowMs = (): number => this.#wallOffsetMs + this.#monotonicMs;

  readonly monotonicMs = (): number => this.#monotonicMs;

  readonly schedule = (delayMs: number, run: () => void): (() => void) => {
    const timer: Timer = {
      atMs: this.#monotonicMs + Math.max(0, delayMs),
      run,
      isCancelled: false,
    };
    this.#timers.splice(this.#placeFor(timer.atMs), 0, timer);
    this.#timerCount++;
    return () => {
      if (!timer.isCancelled) this.#timerCount--;
      timer.isCancelled = true;
    };
  };

  get timerCount(): number {
    return this.#timerCount;
  }

  /** As when somebody sets the machine's clock. */
  setWall(nowMs: number): void {
    this.#wallOffsetMs = nowMs - this.#monotonicMs;
  }

  /** Moves to the next timer and runs it; false when there is none until `limitMs` from now. */
  step(limitMs = Number.POSITIVE_INFINITY): boolean {
    while (this.#timers.at(-1)?.isCancelled === true) this.#timers.pop();
    const next = this.#timers.at(-1);
    if (next === undefined || next.atMs > this.#monotonicMs + limitMs) return false;
    this.#timers.pop();
    this.#timerCount--;
    next.isCancelled = true;
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

  /** Before all timers that are not later. */
  #placeFor(atMs: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#timers[middle] as Timer).atMs > atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
