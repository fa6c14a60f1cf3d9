/** Alerts on their way to one Alertmanager. */
import type { AlertmanagerConfig } from '../../config/types.ts';
import type { Alert } from '../../model/alert.ts';
import type { Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { AlertSendMetrics } from './alert-send-metrics.ts';

/** Prometheus' own; the oldest go first when it is full. */
export const QUEUE_ALERTS_MAX = 10_000;
const BATCH_ALERTS_MAX = 256;
/** Nothing but the reason of a refusal is read. */
const ANSWER_BYTES_MAX = 64 * 1024;

export interface AlertQueueOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly http: HttpClient;
  readonly metrics: AlertSendMetrics;
  readonly logger: Logger;
}

/** Sends in batches, each once: what is lost is sent again, for rules repeat what they tell. */
export class AlertQueue {
  readonly url: string;
  readonly #options: AlertQueueOptions;
  #waiting: Alert[] = [];
  #sending: Promise<void> | undefined;

  constructor(options: AlertQueueOptions) {
    this.url = options.url;
    this.#options = options;
    options.metrics.begin(options.url);
  }

  add(alerts: readonly Alert[]): void {
    const { metrics, logger } = this.#options;
    this.#waiting.push(...alerts);
    const surplus = this.#waiting.length - QUEUE_ALERTS_MAX;
    if (surplus > 0) {
      this.#waiting.splice(0, surplus);
      metrics.dropped.inc({ alertmanager: this.url }, surplus);
      logger.warn('the queue of alerts is full, the oldest are dropped', {
        alertmanager: this.url,
        count: surplus,
      });
    }
    metrics.queueLength.set({ alertmanager: this.url }, this.#waiting.length);
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  /** Resolves when everything has been sent, or could not be. */
  async drain(): Promise<void> {
    await this.#sending;
  }

  /** It is not used any more; its metrics go. */
  async end(): Promise<void> {
    await this.drain();
    this.#options.metrics.end(this.url);
  }

  async #sendAll(): Promise<void> {
    const { metrics } = this.#options;
    // What comes in the same turn goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_ALERTS_MAX);
      metrics.queueLength.set({ alertmanager: this.url }, this.#waiting.length);
      await this.#send(batch);
    }
  }

  async #send(batch: readonly Alert[]): Promise<void> {
    const { http, timeoutMs, metrics, logger } = this.#options;
    const alertmanager = this.url;
    const startMs = performance.now();
    let problem = '';
    try {
      const { status, statusText } = await http.request({
        method: 'POST',
        url: alertmanager,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(batch.map(alertJson))),
        signal: AbortSignal.timeout(timeoutMs),
        bodyBytesMax: ANSWER_BYTES_MAX,
      });
      if (status < 200 || status > 299) problem = `bad response status ${status} ${statusText}`;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    metrics.latency.observe({ alertmanager }, (performance.now() - startMs) / 1000);
    metrics.sent.inc({ alertmanager }, batch.length);
    if (problem === '') return;
    metrics.errors.inc({ alertmanager }, batch.length);
    logger.error('sending alerts failed', { alertmanager, count: batch.length, err: problem });
  }
}

function alertJson(alert: Alert) {
  return {
    annotations: pairs(alert.annotations),
    endsAt: new Date(alert.endsAtMs).toISOString(),
    startsAt: new Date(alert.startsAtMs).toISOString(),
    generatorURL: alert.generatorUrl === '' ? undefined : alert.generatorUrl,
    labels: pairs(alert.labels),
  };
}

function pairs(labels: Labels): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.entries());
}

/** Where alerts are sent, as the API shows it. */
export function alertsPath({ pathPrefix, apiVersion }: AlertmanagerConfig): string {
  return `/${pathPrefix}/api/${apiVersion}/alerts`.replaceAll(/\/{2,}/g, '/');
}
