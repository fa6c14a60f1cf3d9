/** Alerts that are told of together, and the timer that says when. */
import { type Alert, isResolvedAt } from '../model/alert.ts';
import type { Clock } from '../model/clock.ts';
import type { Labels } from '../model/labels.ts';
import { compareAlerts } from './alert-order.ts';
import { deadlineSignal } from './deadline.ts';
import type { GroupFlush } from './integration-runner.ts';
import type { NotifiedAlert } from './notifier.ts';
import type { Route } from './route.ts';

/** A flush has at least so long, however short the group interval is. */
const FLUSH_MS_MIN = 10_000;

export interface GroupOptions {
  readonly clock: Clock;
  readonly route: Route;
  readonly groupLabels: Labels;
  /** @returns false when somebody could not be told; must not throw */
  readonly flush: (flush: GroupFlush) => Promise<boolean>;
  /** The timer is set anew: to a time of the wall clock. */
  readonly scheduled: (group: AlertGroup) => void;
  /** No alert is left; the group is not used any more. */
  readonly emptied: (group: AlertGroup) => void;
}

export class AlertGroup {
  readonly route: Route;
  readonly groupLabels: Labels;
  readonly key: string;
  readonly #options: GroupOptions;
  readonly #alerts = new Map<string, Alert>();
  readonly #stopping = new AbortController();
  #cancelTimer: () => void = () => undefined;
  #nextFlushAtMs = 0;
  #isFlushing = false;
  /** The timer fired while a flush was running: the next one follows at once. */
  #isOverdue = false;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.route = options.route;
    this.groupLabels = options.groupLabels;
    this.key = options.route.groupKey(options.groupLabels);
  }

  /** By fingerprint. */
  get alerts(): ReadonlyMap<string, Alert> {
    return this.#alerts;
  }

  /** Unix milliseconds, by the clock as it was when the timer was set. */
  get nextFlushAtMs(): number {
    return this.#nextFlushAtMs;
  }

  get isFlushing(): boolean {
    return this.#isFlushing;
  }

  put(fingerprint: string, alert: Alert): void {
    this.#alerts.set(fingerprint, alert);
  }

  /** Sets the timer to the first flush. */
  start(delayMs: number): void {
    this.#arm(delayMs);
  }

  /** No more flushes. */
  stop(): void {
    this.#cancelTimer();
    this.#isOverdue = false;
  }

  /** No more flushes, and the one that is running is given up. */
  abort(): void {
    this.stop();
    this.#stopping.abort();
  }

  #arm(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.schedule(delayMs, () => {
      if (this.#isFlushing) this.#isOverdue = true;
      else void this.#flushWhileDue();
    });
    this.#nextFlushAtMs = this.#options.clock.nowMs() + delayMs;
    this.#options.scheduled(this);
  }

  async #flushWhileDue(): Promise<void> {
    this.#isFlushing = true;
    try {
      do {
        this.#isOverdue = false;
        await this.#flush();
        // Both change while a flush is awaited, which the compiler does not see.
      } while (this.#isOverdue as boolean);
    } finally {
      this.#isFlushing = false;
    }
  }

  async #flush(): Promise<void> {
    const { clock, flush, emptied } = this.#options;
    const { groupIntervalMs } = this.route.options;
    // Before anything else, so that flushes are one interval apart however long they take.
    this.#arm(groupIntervalMs);
    const nowMs = clock.nowMs();
    const snapshot = [...this.#alerts].sort((a, b) => compareAlerts(a[1].labels, b[1].labels));
    const deadlineMs = Math.max(groupIntervalMs, FLUSH_MS_MIN);
    const { signal, end } = deadlineSignal(clock, deadlineMs, this.#stopping.signal);
    const isTold = await flush({
      groupKey: this.key,
      groupLabels: this.groupLabels,
      options: this.route.options,
      alerts: snapshot.map(([fingerprint, alert]) => notifiedAlert(fingerprint, alert, nowMs)),
      nowMs,
      signal,
    });
    end();
    if (!isTold) return;
    for (const [fingerprint, alert] of snapshot) {
      // One that has been reported since is not the one that was told of.
      if (isResolvedAt(alert, nowMs) && this.#alerts.get(fingerprint) === alert) {
        this.#alerts.delete(fingerprint);
      }
    }
    if (this.#alerts.size > 0) return;
    this.stop();
    emptied(this);
  }
}

/** An alert as it is told of at a time. */
export function notifiedAlert(fingerprint: string, alert: Alert, nowMs: number): NotifiedAlert {
  const isResolved = isResolvedAt(alert, nowMs);
  return {
    status: isResolved ? 'resolved' : 'firing',
    labels: alert.labels,
    annotations: alert.annotations,
    startsAtMs: alert.startsAtMs,
    endsAtMs: isResolved ? alert.endsAtMs : undefined,
    generatorUrl: alert.generatorUrl,
    fingerprint,
  };
}
