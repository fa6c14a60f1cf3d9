/** What happens to a group at each flush: who is silent, who is told. */
import type { EscalationStep } from '../config/alertmanager/types.ts';
import type { Inhibitor } from './inhibitor.ts';
import type { GroupFlush, IntegrationRunner } from './integration-runner.ts';
import type { Integration, NotifiedAlert } from './notifier.ts';
import type { NotifyObserver, SuppressionReason } from './notify-event.ts';
import type { RouteOptions } from './route.ts';
import type { Silences } from './silences.ts';
import type { TimeIntervals } from './time-intervals.ts';

export interface PipelineOptions {
  readonly inhibitor: Inhibitor;
  readonly silences: Silences;
  readonly intervals: TimeIntervals;
  /** By name of the receiver. */
  readonly integrations: ReadonlyMap<string, readonly Integration[]>;
  readonly runner: IntegrationRunner;
  readonly observe: NotifyObserver;
}

/** The intervals that keep a route silent; none when it may speak. */
export interface RouteMute {
  readonly reason: Extract<SuppressionReason, 'mute_time_interval' | 'active_time_interval'>;
  readonly by: readonly string[];
}

export class Pipeline {
  readonly #options: PipelineOptions;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /**
   * Inhibition, active intervals, mute intervals, silences, then every integration of the receiver
   * at once. What is silent leaves no trace in the log.
   * @returns false when an integration could not tell
   */
  async run(flush: GroupFlush): Promise<boolean> {
    const { inhibitor, silences, observe, integrations, runner } = this.#options;
    const { groupKey, options, nowMs } = flush;
    const { receiver } = options;
    observe({ kind: 'flushed', groupKey, receiver, nowMs, alertCount: flush.alerts.length });
    const free = this.#without(flush, flush.alerts, 'inhibition', ({ labels }) => {
      return inhibitor.inhibitedBy(labels, nowMs);
    });
    const mute = free.length === 0 ? undefined : this.routeMute(options, nowMs);
    if (mute !== undefined) {
      const fingerprints = free.map(({ fingerprint }) => fingerprint);
      const causes = fingerprints.map(() => mute.by);
      observe({ kind: 'suppressed', groupKey, receiver, ...mute, fingerprints, causes, nowMs });
      return true;
    }
    const alerts = this.#without(flush, free, 'silence', ({ labels, fingerprint }) => {
      return silences.silencedBy(fingerprint, labels, nowMs);
    });
    if (alerts.length === 0) return true;
    const runs = (integrations.get(receiver) ?? []).map((integration) => {
      return runner.run(integration, { ...flush, alerts });
    });
    for (const step of options.escalate) runs.push(...this.#escalate(step, { ...flush, alerts }));
    return (await Promise.all(runs)).every(Boolean);
  }

  /**
   * Tells the receiver of a step of what has fired for long and is not acknowledged; what it was
   * told of, it is also told the end of.
   */
  #escalate({ afterMs, receiver }: EscalationStep, flush: GroupFlush): Promise<boolean>[] {
    const { integrations, runner } = this.#options;
    const { nowMs, groupKey } = flush;
    return (integrations.get(receiver) ?? []).flatMap((integration) => {
      const told = runner.told(groupKey, integration);
      const alerts = flush.alerts.filter((alert) => {
        if (told.has(alert.fingerprint)) return true;
        const isDue = alert.status === 'firing' && nowMs - alert.startsAtMs >= afterMs;
        return isDue && !runner.isAcknowledged(alert, nowMs);
      });
      return alerts.length === 0 ? [] : [runner.run(integration, { ...flush, alerts })];
    });
  }

  routeMute(options: RouteOptions, nowMs: number): RouteMute | undefined {
    const { intervals } = this.#options;
    const { activeTimeIntervals: active, muteTimeIntervals: mute } = options;
    if (active.length > 0 && intervals.holding(active, nowMs).length === 0) {
      return { reason: 'active_time_interval', by: active };
    }
    const by = intervals.holding(mute, nowMs);
    return by.length > 0 ? { reason: 'mute_time_interval', by } : undefined;
  }

  #without(
    { groupKey, options: { receiver }, nowMs }: GroupFlush,
    alerts: readonly NotifiedAlert[],
    reason: SuppressionReason,
    silentBy: (alert: NotifiedAlert) => readonly string[],
  ): readonly NotifiedAlert[] {
    const kept: NotifiedAlert[] = [];
    const fingerprints: string[] = [];
    const causes: (readonly string[])[] = [];
    for (const alert of alerts) {
      const own = silentBy(alert);
      if (own.length === 0) {
        kept.push(alert);
        continue;
      }
      fingerprints.push(alert.fingerprint);
      causes.push(own);
    }
    if (fingerprints.length > 0) {
      const by = [...new Set(causes.flat())];
      const event = { groupKey, receiver, reason, fingerprints, by, causes, nowMs };
      this.#options.observe({ kind: 'suppressed', ...event });
    }
    return kept;
  }
}
