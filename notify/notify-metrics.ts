/** What the engine says about itself, under the names that Alertmanager uses. */
import { createHash } from 'node:crypto';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { NotificationConfig } from '../config/alertmanager/types.ts';
import { isResolvedAt } from '../model/alert.ts';
import type { Clock } from '../model/clock.ts';
import type { NotificationEngine } from './notification-engine.ts';
import type { FailureReason } from './notifier.ts';
import type { NotifyEvent, NotifyObserver, SuppressionReason } from './notify-event.ts';
import { silenceState } from './silence.ts';

const LATENCY_BUCKETS_SECONDS = [1, 5, 10, 15, 20];
const SECOND_MS = 1000;

const FAILURE_REASONS: readonly FailureReason[] = [
  'other',
  'clientError',
  'serverError',
  'contextCanceled',
  'contextDeadlineExceeded',
  'authError',
  'rateLimited',
];

const SUPPRESSION_REASONS: readonly SuppressionReason[] = [
  'silence',
  'inhibition',
  'mute_time_interval',
  'active_time_interval',
];

export interface NotifyMetrics {
  readonly observe: NotifyObserver;
  /** The configuration in force; the counters of its kinds of integrations begin at 0. */
  readonly know: (config: NotificationConfig) => void;
}

/**
 * @param registry must not hold them yet
 * @param engine undefined until it has started
 */
export function notifyMetrics(
  registry: Registry,
  clock: Pick<Clock, 'nowMs'>,
  engine: () => NotificationEngine | undefined,
): NotifyMetrics {
  const counters = registerCounters(registry);
  const configured = registerConfigured(registry);
  registerGauges(registry, clock, engine);
  for (const reason of SUPPRESSION_REASONS) counters.suppressed.inc({ reason }, 0);
  return {
    observe: (event) => count(counters, event),
    know: (config) => {
      const integrations = config.receivers.flatMap((receiver) => receiver.integrations);
      configured.receivers.set(config.receivers.length);
      configured.integrations.set(integrations.length);
      configured.inhibitionRules.set(config.inhibitRules.length);
      configured.hash.set(hashOf(config.original));
      for (const integration of new Set(integrations.map(({ kind }) => kind))) {
        counters.notifications.inc({ integration }, 0);
        counters.requests.inc({ integration }, 0);
        counters.requestsFailed.inc({ integration }, 0);
        for (const reason of FAILURE_REASONS) counters.failed.inc({ integration, reason }, 0);
      }
    },
  };
}

function registerConfigured(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  gauge('alertmanager_cluster_enabled', 'Indicates whether the clustering is enabled or not.').set(
    0,
  );
  return {
    receivers: gauge('alertmanager_receivers', 'Number of configured receivers.'),
    integrations: gauge('alertmanager_integrations', 'Number of configured integrations.'),
    inhibitionRules: gauge(
      'alertmanager_inhibition_rules',
      'Number of configured inhibition rules.',
    ),
    hash: gauge('alertmanager_config_hash', 'Hash of the currently loaded configuration.'),
  };
}

/** 48 bits, which a float holds exactly. */
function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}

type Counters = ReturnType<typeof registerCounters>;

function registerCounters(registry: Registry) {
  const registers = [registry];
  const byIntegration = { registers, labelNames: ['integration'] as const };
  return {
    notifications: new Counter({
      name: 'alertmanager_notifications_total',
      help: 'The total number of attempted notifications.',
      ...byIntegration,
    }),
    failed: new Counter({
      name: 'alertmanager_notifications_failed_total',
      help: 'The total number of failed notifications.',
      registers,
      labelNames: ['integration', 'reason'] as const,
    }),
    requests: new Counter({
      name: 'alertmanager_notification_requests_total',
      help: 'The total number of attempted notification requests.',
      ...byIntegration,
    }),
    requestsFailed: new Counter({
      name: 'alertmanager_notification_requests_failed_total',
      help: 'The total number of failed notification requests.',
      ...byIntegration,
    }),
    latency: new Histogram({
      name: 'alertmanager_notification_latency_seconds',
      help: 'The latency of notifications in seconds.',
      buckets: LATENCY_BUCKETS_SECONDS,
      ...byIntegration,
    }),
    suppressed: new Counter({
      name: 'alertmanager_notifications_suppressed_total',
      help: 'The total number of notifications suppressed for being silenced, inhibited, outside of active time intervals or within muted time intervals.',
      registers,
      labelNames: ['reason'] as const,
    }),
    groupLimited: new Counter({
      name: 'alertmanager_dispatcher_aggregation_group_limit_reached_total',
      help: 'Number of times when dispatcher failed to create new aggregation group due to limit.',
      registers,
    }),
    alertLimited: new Counter({
      name: 'alertmanager_alerts_limited_total',
      help: 'Total number of alerts that were dropped due to per alert name limit',
      registers,
    }),
    storeFailed: new Counter({
      name: 'watchkeeper_notify_store_failures_total',
      help: 'How often the state of notifications could not be saved.',
      registers,
    }),
  };
}

function count(counters: Counters, event: NotifyEvent): void {
  switch (event.kind) {
    case 'notifying':
      return counters.notifications.inc({ integration: event.integration });
    case 'attempted': {
      const { integration } = event;
      counters.requests.inc({ integration });
      counters.latency.observe({ integration }, event.durationMs / SECOND_MS);
      if (event.problem !== undefined) counters.requestsFailed.inc({ integration });
      return undefined;
    }
    case 'failed':
      return counters.failed.inc({ integration: event.integration, reason: event.reason });
    case 'suppressed':
      return counters.suppressed.inc({ reason: event.reason }, event.fingerprints.length);
    case 'groupLimited':
      return counters.groupLimited.inc();
    case 'alertLimited':
      return counters.alertLimited.inc();
    case 'storeFailed':
      return counters.storeFailed.inc();
    default:
      return undefined;
  }
}

function registerGauges(
  registry: Registry,
  clock: Pick<Clock, 'nowMs'>,
  engine: () => NotificationEngine | undefined,
): void {
  const registers = [registry];
  new Gauge({
    name: 'alertmanager_dispatcher_aggregation_groups',
    help: 'Number of active aggregation groups',
    registers,
    collect() {
      this.set(engine()?.groupCount ?? 0);
    },
  });
  new Gauge({
    name: 'alertmanager_alerts',
    help: 'How many alerts by state.',
    registers,
    labelNames: ['state'] as const,
    collect() {
      let active = 0;
      let suppressed = 0;
      for (const [fingerprint, alert] of engine()?.alerts() ?? []) {
        if (isResolvedAt(alert, clock.nowMs())) continue;
        if (engine()?.isSilent(fingerprint, alert.labels) === true) suppressed++;
        else active++;
      }
      this.set({ state: 'active' }, active);
      this.set({ state: 'suppressed' }, suppressed);
    },
  });
  new Gauge({
    name: 'alertmanager_silences',
    help: 'How many silences by state.',
    registers,
    labelNames: ['state'] as const,
    collect() {
      const counts = { active: 0, pending: 0, expired: 0 };
      for (const silence of engine()?.silences.all() ?? []) {
        counts[silenceState(silence, clock.nowMs())]++;
      }
      for (const [state, value] of Object.entries(counts)) this.set({ state }, value);
    },
  });
}
