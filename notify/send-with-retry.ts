/** Sends one message, again and again while there is hope and time. */
import type { Clock } from '../model/clock.ts';
import { DeadlineError, orAborted, pause } from './deadline.ts';
import type {
  FailureReason,
  Integration,
  Notification,
  NotifierData,
  NotifyResult,
} from './notifier.ts';

/** Alertmanager's backoff: between attempts 0.5 s, then half as much again each time, ± half. */
const FIRST_DELAY_MS = 500;
const DELAY_FACTOR = 1.5;
const DELAY_JITTER = 0.5;
const DELAY_MS_MAX = 60_000;

export type SendOutcome =
  | {
      readonly kind: 'sent';
      readonly data: NotifierData | undefined;
      readonly attemptCount: number;
    }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      readonly message: string;
      readonly attemptCount: number;
    };

export interface SendContext {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Fires with a `DeadlineError` when the flush is out of time, else when it is not wanted. */
  readonly signal: AbortSignal;
  readonly onAttempt: (durationMs: number, problem: string | undefined) => void;
}

type Failure = Extract<NotifyResult, { readonly kind: 'failed' }>;

/** Never throws: what a notifier throws is a failure that is not tried again. */
export async function sendWithRetry(
  integration: Integration,
  notification: Notification,
  context: SendContext,
): Promise<SendOutcome> {
  const { clock, signal, random, onAttempt } = context;
  const name = `${integration.receiver}/${integration.kind}[${integration.index}]`;
  let attemptCount = 0;
  let last: Failure | undefined;
  while (!signal.aborted) {
    const startMs = clock.monotonicMs();
    const result = await attempt(integration, notification, signal);
    const durationMs = clock.monotonicMs() - startMs;
    attemptCount++;
    if (result?.kind === 'sent') {
      onAttempt(durationMs, result.warning);
      return { kind: 'sent', data: result.data, attemptCount };
    }
    const failure = result ?? cutOff(signal);
    onAttempt(durationMs, failure.message);
    if (!failure.retry) {
      const message = `${name}: notify retry canceled due to unrecoverable error after ${attemptCount} attempts: ${failure.message}`;
      return { kind: 'failed', reason: failure.reason, message, attemptCount };
    }
    if (signal.aborted) break;
    last = failure;
    const delayMs = Math.max(backoffMs(attemptCount, random()), failure.retryAfterMs ?? 0);
    await pause(clock, delayMs - durationMs, signal);
  }
  const { reason, message: why } = last ?? cutOff(signal);
  const message = `${name}: notify retry canceled after ${attemptCount} attempts: ${why}`;
  return { kind: 'failed', reason, message, attemptCount };
}

/** @returns undefined when the signal fires first */
async function attempt(
  { notifier }: Integration,
  notification: Notification,
  signal: AbortSignal,
): Promise<NotifyResult | undefined> {
  try {
    return await orAborted(notifier.notify(notification, signal), signal);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', retry: false, reason: 'other', message };
  }
}

function cutOff(signal: AbortSignal): Failure {
  return signal.reason instanceof DeadlineError
    ? {
        kind: 'failed',
        retry: true,
        reason: 'contextDeadlineExceeded',
        message: signal.reason.message,
      }
    : { kind: 'failed', retry: true, reason: 'contextCanceled', message: 'context canceled' };
}

/** @param random from 0 to 1 */
function backoffMs(attemptCount: number, random: number): number {
  const meanMs = Math.min(FIRST_DELAY_MS * DELAY_FACTOR ** (attemptCount - 1), DELAY_MS_MAX);
  return meanMs * (1 - DELAY_JITTER + 2 * DELAY_JITTER * random);
}
