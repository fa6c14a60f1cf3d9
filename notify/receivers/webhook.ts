/** Webhooks: the group as JSON, or any JSON that the configuration makes of it. */

import type { WebhookConfig } from '../../config/alertmanager/receivers/webhook.ts';
import { parseYamlValue, type YamlValue } from '../../config/alertmanager/yaml-value.ts';
import { readSecret } from '../../config/secret.ts';
import { TemplateError } from '../../model/template/template-error.ts';
import type { Notification, Notifier, NotifyResult } from '../notifier.ts';
import type { NotificationData } from '../template/notification-data.ts';
import { type GoJsonValue, goJson, goTimeText } from './go-json.ts';
import { httpSendAndJudge } from './http-send.ts';
import { messageData } from './message-data.ts';
import type { ReceiverContext, ReceiverHttp } from './receiver.ts';

/** Alertmanager's version of the format. */
const FORMAT_VERSION = '4';

/** A message that cannot be made; trying again would not help. */
class MessageError extends Error {
  override readonly name = 'MessageError';
}

export class WebhookNotifier implements Notifier {
  readonly #config: WebhookConfig;
  readonly #context: ReceiverContext;
  readonly #http: ReceiverHttp;

  constructor(config: WebhookConfig, context: ReceiverContext) {
    this.#config = config;
    this.#context = context;
    this.#http = context.http(config.http);
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    const { alertsMax, timeoutMs } = this.#config;
    const data = messageData(notification, this.#context, alertsMax);
    let url: string;
    let body: string;
    try {
      body = this.#body(notification, data);
      url = await this.#url(data);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      return { kind: 'failed', retry: false, reason: 'other', message: error.message };
    }
    const request = {
      method: 'POST',
      url,
      // The same for each attempt of one message, so that a receiver can tell a repeat.
      headers: { 'content-type': 'application/json', 'idempotency-key': notification.id },
      body: Buffer.from(body),
    } as const;
    return httpSendAndJudge({ http: this.#http, request, signal, timeoutMs }, this.#context.nowMs);
  }

  #body(notification: Notification, data: NotificationData): string {
    const { payload } = this.#config;
    if (payload === undefined) return goJson(webhookMessage(notification, data));
    try {
      return goJson(this.#expand(payload, data));
    } catch (error) {
      throw messageError('failed to render custom payload', error);
    }
  }

  /** Texts are templates; what they come to is YAML, and only if it is a text it stays one. */
  #expand(value: YamlValue, data: NotificationData): GoJsonValue {
    if (typeof value === 'string') {
      const text = this.#context.templates.expandText(value, data);
      const parsed = parseYamlValue(text);
      return parsed === undefined || typeof parsed === 'string' ? text : asGoMaps(parsed);
    }
    if (value === null || typeof value !== 'object') return value;
    if (isList(value)) return value.map((item) => this.#expand(item, data));
    const entries = Object.entries(value).map(([name, item]) => {
      return [this.#context.templates.expandText(name, data), this.#expand(item, data)] as const;
    });
    return new Map(entries);
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

/** Alertmanager's message, its fields in its order. */
export function webhookMessage(
  { status, groupKey, alerts, reason }: Notification,
  data: NotificationData,
): GoJsonValue {
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
    version: FORMAT_VERSION,
    groupKey,
    truncatedAlerts: truncatedAlertCount,
  };
}

function asGoMaps(value: YamlValue): GoJsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(asGoMaps);
  return new Map(Object.entries(value).map(([name, item]) => [name, asGoMaps(item)]));
}

function isList(value: object): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function messageError(what: string, cause: unknown): MessageError {
  const isKnown = cause instanceof TemplateError || isSystemError(cause);
  if (!isKnown) throw cause;
  return new MessageError(`${what}: ${(cause as Error).message}`, { cause });
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
