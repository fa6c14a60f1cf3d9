/** Time as a dependency, so that schedules are tested in virtual time. */

export interface Clock {
  /** Unix milliseconds; may jump when the machine's clock is set. */
  readonly nowMs: () => number;
  /** Milliseconds since some start, never going back. */
  readonly monotonicMs: () => number;
  /** Runs once, not before the delay is over. @returns cancels it */
  readonly schedule: (delayMs: number, run: () => void) => () => void;
}

/** Node holds no timer longer than this (and fires it at once). */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const SYSTEM_CLOCK: Clock = {
  nowMs: Date.now,
  monotonicMs: () => performance.now(),
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(Math.ceil(delayMs), TIMER_MS_MAX));
    return () => clearTimeout(timer);
  },
};

/** Resolves when the time is over or the signal is aborted. */
export function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const cancel = clock.schedule(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      cancel();
      resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
