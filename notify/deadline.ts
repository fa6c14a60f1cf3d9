/** Waiting in the time of an injected clock, with an end. */
import type { Clock } from '../model/clock.ts';

/** Why a signal fired: time is up. Other reasons mean that the work is no longer wanted. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor() {
    super('context deadline exceeded');
  }
}

/** A signal that fires after `delayMs`, or with `parent`; `end` frees its timer. */
export function deadlineSignal(
  clock: Clock,
  delayMs: number,
  parent: AbortSignal,
): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const onParent = (): void => controller.abort(parent.reason);
  const cancel = clock.schedule(delayMs, () => controller.abort(new DeadlineError()));
  parent.addEventListener('abort', onParent, { once: true });
  if (parent.aborted) onParent();
  const end = (): void => {
    cancel();
    parent.removeEventListener('abort', onParent);
  };
  return { signal: controller.signal, end };
}

/** Resolves after `delayMs`, or at once when the signal fires. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.schedule(delayMs, done);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** What `work` comes to, or undefined when the signal fires before it does. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
