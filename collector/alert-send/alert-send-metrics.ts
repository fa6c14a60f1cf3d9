/** Metrics of sending alerts to Alertmanagers, under Prometheus' names. */
import { Counter, Gauge, type Registry, Summary } from 'prom-client';
import { QUEUE_ALERTS_MAX } from './alert-queue.ts';

const QUANTILES = [0.5, 0.9, 0.99];
const SUMMARY_WINDOW = { maxAgeSeconds: 600, ageBuckets: 5 };

export class AlertSendMetrics {
  readonly sent: Counter<'alertmanager'>;
  readonly errors: Counter<'alertmanager'>;
  readonly dropped: Counter<'alertmanager'>;
  readonly queueLength: Gauge<'alertmanager'>;
  readonly latency: Summary<'alertmanager'>;

  /** @param registry must not hold them yet @param count of Alertmanagers that are known */
  constructor(registry: Registry, count: () => number) {
    const registers = [registry];
    const byTarget = { registers, labelNames: ['alertmanager'] as const };
    this.sent = new Counter({
      name: 'prometheus_notifications_sent_total',
      help: 'Total number of alerts sent.',
      ...byTarget,
    });
    this.errors = new Counter({
      name: 'prometheus_notifications_errors_total',
      help: 'Total number of sent alerts affected by errors.',
      ...byTarget,
    });
    this.dropped = new Counter({
      name: 'prometheus_notifications_dropped_total',
      help: 'Total number of alerts dropped due to errors when sending to Alertmanager.',
      ...byTarget,
    });
    this.queueLength = new Gauge({
      name: 'prometheus_notifications_queue_length',
      help: 'The number of alert notifications in the queue.',
      ...byTarget,
    });
    this.latency = new Summary({
      name: 'prometheus_notifications_latency_seconds',
      help: 'Latency quantiles for sending alert notifications.',
      percentiles: QUANTILES,
      ...SUMMARY_WINDOW,
      ...byTarget,
    });
    new Gauge({
      name: 'prometheus_notifications_queue_capacity',
      help: 'The capacity of the alert notifications queue.',
      registers,
    }).set(QUEUE_ALERTS_MAX);
    new Gauge({
      name: 'prometheus_notifications_alertmanagers_discovered',
      help: 'The number of alertmanagers discovered and active.',
      registers,
      collect() {
        this.set(count());
      },
    });
  }

  begin(alertmanager: string): void {
    for (const counter of [this.sent, this.errors, this.dropped]) counter.inc({ alertmanager }, 0);
    this.queueLength.set({ alertmanager }, 0);
  }

  end(alertmanager: string): void {
    for (const metric of [this.sent, this.errors, this.dropped, this.queueLength, this.latency]) {
      metric.remove({ alertmanager });
    }
  }
}
