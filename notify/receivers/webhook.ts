/** Webhooks: the group as JSON, or any JSON that the configuration makes of it. */

import type { WebhookConfig } from '../../config/alertmanager/receivers/webhook.ts';
import { readSecret } from '../../config/secret.ts';
import type { Notification, Notifier, NotifyResult } from '../notifier.ts';
import type { NotificationData } from '../template/notification-data.ts';
import { expandYaml } from './expand-yaml.ts';
import { type GoJsonValue, goJson, goTimeText } from './go-json.ts';
import { httpSendAndJudge, urlSecrets } from './http-send.ts';
import { messageData } from './message-data.ts';
import { MessageError, messageError, orFailed } from './message-error.ts';
import type { ReceiverContext, ReceiverHttp } from './receiver.ts';

/** Alertmanager's version of the format. */
const FORMAT_VERSION = '4';

export class WebhookNotifier implements Notifier {
  readonly #config: WebhookConfig;
  readonly #context: ReceiverContext;
  readonly #http: ReceiverHttp;

  constructor(config: WebhookConfig, context: ReceiverContext) {
    this.#config = config;
    this.#context = context;
    this.#http = context.http(config.http);
  }

  notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    return orFailed(() => this.#send(notification, signal));
  }

  async #send(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    const { alertsMax, timeoutMs } = this.#config;
    const data = messageData(notification, this.#context, alertsMax);
    const body = this.#body(notification, data);
    const url = await this.#url(data);
    const request = {
      method: 'POST',
      url,
      // The same for each attempt of one message, so that a receiver can tell a repeat.
      headers: { 'content-type': 'application/json', 'idempotency-key': notification.id },
      body: Buffer.from(body),
    } as const;
    const secrets = urlSecrets(url);
    const { onAnswer } = notification;
    const options = { http: this.#http, request, signal, timeoutMs, secrets, onAnswer };
    return httpSendAndJudge(options, this.#context.nowMs);
  }

  #body(notification: Notification, data: NotificationData): string {
    const { payload } = this.#config;
    if (payload === undefined) return goJson(webhookMessage(notification, data));
    try {
      return goJson(expandYaml(payload, (text) => this.#context.templates.expandText(text, data)));
    } catch (error) {
      throw messageError('failed to render custom payload', error);
    }
  }

  async #url(data: NotificationData): Promise<string> {
    const { url: source } = this.#config;
    let text = '';
    try {
      text = source === undefined ? '' : await readSecret(source);
    } catch (error) {
      throw messageError('read url_file', error);
    }
    let url: string;
    try {
      url = this.#context.templates.expandText(text, data);
    } catch (error) {
      throw messageError('failed to template webhook URL', error);
    }
    if (url === '') throw new MessageError('webhook URL is empty after templating');
    return url;
  }
}

export interface WebhookMessage {
  readonly [name: string]: GoJsonValue;
  readonly alerts: readonly GoJsonValue[];
}

/** Alertmanager's message, its fields in its order. */
export function webhookMessage(
  { status, groupKey, alerts, reason }: Notification,
  data: NotificationData,
  version = FORMAT_VERSION,
): WebhookMessage {
  const { truncatedAlertCount } = data.group;
  const named = alerts.slice(0, data.alerts.length);
  return {
    receiver: data.receiver,
    status: named.length === alerts.length ? status : data.status,
    alerts: named.map((alert) => ({
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: goTimeText(alert.startsAtMs),
      endsAt: goTimeText(alert.endsAtMs),
      generatorURL: alert.generatorUrl,
      fingerprint: alert.fingerprint,
    })),
    notification_reason: reason,
    groupLabels: data.groupLabels,
    commonLabels: data.commonLabels,
    commonAnnotations: data.commonAnnotations,
    routeLabels: data.routeLabels,
    externalURL: data.externalUrl,
    version,
    groupKey,
    truncatedAlerts: truncatedAlertCount,
  };
}
