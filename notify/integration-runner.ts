/** Tells one integration of one group: asks the log, sends, writes the log. */
import { createHash } from 'node:crypto';
import type { Clock } from '../model/clock.ts';
import type { Labels } from '../model/labels.ts';
import { reasonNotToNotify, reasonToNotify } from './dedup.ts';
import {
  type LogAttempt,
  type LogEntry,
  logKey,
  type NotificationLog,
} from './notification-log.ts';
import type {
  FailureReason,
  Integration,
  Notification,
  NotificationReason,
  NotifiedAlert,
} from './notifier.ts';
import type { IntegrationName, NotifyObserver } from './notify-event.ts';
import type { RouteOptions } from './route.ts';
import { sendWithRetry } from './send-with-retry.ts';

/** A group at the time of a flush. */
export interface GroupFlush {
  readonly groupKey: string;
  readonly groupLabels: Labels;
  readonly options: RouteOptions;
  /** In order of messages. */
  readonly alerts: readonly NotifiedAlert[];
  readonly nowMs: number;
  /** Fires when the flush is out of time, or not wanted any more. */
  readonly signal: AbortSignal;
}

export interface RunnerOptions {
  readonly clock: Clock;
  readonly log: NotificationLog;
  readonly random: () => number;
  readonly observe: NotifyObserver;
  /** Resolves when what the log took note of is kept, or cannot be. */
  readonly settled: () => Promise<void>;
  readonly isAcknowledged: (alert: NotifiedAlert, nowMs: number) => boolean;
}

export class IntegrationRunner {
  readonly #options: RunnerOptions;
  /** The last run of each integration and group, so that after a reload none overlaps another. */
  readonly #running = new Map<string, Promise<boolean>>();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** @returns false when the receiver has to be told and could not be */
  run(integration: Integration, flush: GroupFlush): Promise<boolean> {
    const key = logKey(flush.groupKey, integration);
    const before = this.#running.get(key);
    const run =
      before === undefined
        ? this.#run(integration, flush, key)
        : before.then(() => this.#run(integration, flush, key));
    this.#running.set(key, run);
    const forget = (): void => {
      if (this.#running.get(key) === run) this.#running.delete(key);
    };
    run.then(forget, forget);
    return run;
  }

  /** Fingerprints of alerts that the integration was last told of as firing. */
  told(groupKey: string, integration: Integration): ReadonlySet<string> {
    return new Set(this.#options.log.get(logKey(groupKey, integration))?.entry?.firing);
  }

  isAcknowledged(alert: NotifiedAlert, nowMs: number): boolean {
    return this.#options.isAcknowledged(alert, nowMs);
  }

  /** Resolves when nothing is being sent. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  async #run(integration: Integration, flush: GroupFlush, key: string): Promise<boolean> {
    const { log, observe } = this.#options;
    const { alerts, options, nowMs } = flush;
    const firing = fingerprints(alerts, 'firing');
    const resolved = fingerprints(alerts, 'resolved');
    const { sendResolved } = integration;
    const firingSinceMs = oldestFiringMs(alerts, nowMs);
    const { entry, attempt } = log.get(key) ?? { entry: undefined, attempt: undefined };
    const dedup = { ...options, sendResolved, firingSinceMs };
    const reasonAfter = (told: LogEntry | undefined): NotificationReason | undefined =>
      reasonToNotify(told, firing, resolved, dedup, nowMs);
    // A message may have arrived although we were killed before we knew: the receiver is to be
    // told whatever differs from either.
    const mayHaveArrived = attempt !== undefined && attempt.isRefused !== true;
    const reason =
      reasonAfter(entry) ?? (mayHaveArrived ? reasonAfter(asTold(attempt, nowMs)) : undefined);
    const name = nameOf(integration, flush);
    // What somebody works on is not repeated to anybody; news of its group are told.
    const isHeld =
      reason === 'repeat interval elapsed' &&
      alerts.every((alert) => alert.status === 'resolved' || this.isAcknowledged(alert, nowMs));
    if (reason === undefined || isHeld) {
      const because = isHeld
        ? 'it is acknowledged: nothing is repeated'
        : reasonNotToNotify(entry, firing, dedup);
      observe({ kind: 'unchanged', ...name, because, firing, resolved, nowMs });
      return true;
    }
    observe({ kind: 'notifying', ...name, reason, firing, resolved, nowMs });
    const isTold = await this.#send(integration, flush, key, reason, entry);
    if (isTold.kind === 'failed') return false;
    const sentAtMs = this.#options.clock.nowMs();
    const data = isTold.data ?? previousData(reason, entry);
    // A plan may be silent for longer than the log remembers, while something fires.
    const keepsOn = options.repeat !== undefined && firing.length > 0;
    const repeatMs = keepsOn ? Number.POSITIVE_INFINITY : options.repeatIntervalMs;
    log.done(key, { firing, resolved, tickMs: nowMs, sentAtMs, data }, repeatMs);
    await this.#options.settled();
    return true;
  }

  async #send(
    integration: Integration,
    flush: GroupFlush,
    key: string,
    reason: NotificationReason,
    entry: LogEntry | undefined,
  ): Promise<{ readonly kind: 'sent' | 'failed'; readonly data?: LogEntry['data'] | undefined }> {
    const { clock, log, random, observe, settled } = this.#options;
    const name = nameOf(integration, flush);
    const alerts = integration.sendResolved
      ? flush.alerts
      : flush.alerts.filter(({ status }) => status === 'firing');
    // Nobody wants to hear of it, but the log is to know that it is over.
    const { nowMs } = flush;
    const firing = fingerprints(flush.alerts, 'firing');
    const resolved = fingerprints(flush.alerts, 'resolved');
    if (alerts.length === 0) {
      const because = 'it is resolved, of which this receiver is not told (send_resolved: false)';
      observe({ kind: 'unchanged', ...name, because, firing, resolved, nowMs });
      return { kind: 'sent' };
    }
    const attemptBefore = log.get(key)?.attempt;
    const id = log.begin(key, { id: messageId(key, nowMs), firing, resolved }, nowMs);
    await settled();
    const notification: Notification = {
      receiver: integration.receiver,
      status: firing.length > 0 ? 'firing' : 'resolved',
      alerts,
      reason,
      groupLabels: flush.groupLabels,
      routeLabels: flush.options.labels,
      groupKey: flush.groupKey,
      nowMs,
      id,
      data: previousData(reason, entry),
    };
    const outcome = await sendWithRetry(integration, notification, {
      clock,
      random,
      signal: flush.signal,
      onAttempt: (durationMs, problem) => {
        observe({ kind: 'attempted', ...name, durationMs, problem, nowMs: clock.nowMs() });
      },
    });
    const { attemptCount } = outcome;
    if (outcome.kind === 'sent') {
      observe({ kind: 'sent', ...name, attemptCount, nowMs: clock.nowMs() });
      return { kind: 'sent', data: outcome.data };
    }
    const { message } = outcome;
    // Cut off, it may yet have arrived; a failure that was told has not.
    if (!CUT_OFF.has(outcome.reason)) log.refused(key, attemptBefore);
    observe({
      kind: 'failed',
      ...name,
      reason: outcome.reason,
      message,
      attemptCount,
      nowMs: clock.nowMs(),
    });
    return { kind: 'failed' };
  }
}

const CUT_OFF: ReadonlySet<FailureReason> = new Set(['contextDeadlineExceeded', 'contextCanceled']);

/** What belongs to an earlier story of the group is not carried on. */
function previousData(reason: NotificationReason, entry: LogEntry | undefined): LogEntry['data'] {
  return reason === 'first notification' ? {} : (entry?.data ?? {});
}

function oldestFiringMs(alerts: readonly NotifiedAlert[], nowMs: number): number {
  const firing = alerts.filter(({ status }) => status === 'firing');
  return firing.reduce((oldest, { startsAtMs }) => Math.min(oldest, startsAtMs), nowMs);
}

function fingerprints(
  alerts: readonly NotifiedAlert[],
  status: NotifiedAlert['status'],
): readonly string[] {
  return alerts.filter((alert) => alert.status === status).map(({ fingerprint }) => fingerprint);
}

function nameOf(integration: Integration, { groupKey }: GroupFlush): IntegrationName {
  const { receiver, kind, index } = integration;
  return { groupKey, receiver, integration: kind, index };
}

const ID_LENGTH = 32;

function messageId(key: string, tickMs: number): string {
  return createHash('sha256').update(`${key}@${tickMs}`).digest('hex').slice(0, ID_LENGTH);
}

/** An attempt as if it had arrived in this flush. */
function asTold({ firing, resolved }: LogAttempt, nowMs: number): LogEntry {
  return { firing, resolved, tickMs: nowMs, sentAtMs: nowMs, data: {} };
}
