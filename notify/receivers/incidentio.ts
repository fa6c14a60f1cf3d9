/** incident.io: the message of webhooks, for a source of alerts there. */
import type { IncidentioConfig } from '../../config/alertmanager/receivers/incidentio.ts';
import type { HttpClientConfig } from '../../config/http-client-types.ts';
import type { Notifier } from '../notifier.ts';
import { type GoJsonValue, goJson } from './go-json.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import { parseJsonObject, textOf, textsOf } from './json-answer.ts';
import { messageData } from './message-data.ts';
import { messageSecret } from './message-error.ts';
import type { ReceiverContext } from './receiver.ts';
import { webhookMessage } from './webhook.ts';

const FORMAT_VERSION = '1';
const MESSAGE_BYTES_MAX = 512 * 1024;
const RULES = { retryStatuses: [429], details: refusal } as const;

export function incidentioNotifier(config: IncidentioConfig, context: ReceiverContext): Notifier {
  return httpNotifier({ http: httpOf(config) }, context, async (attempt) => {
    const body = incidentioMessage(config, context, attempt);
    const { url, urlFile = '', timeoutMs } = config;
    const target = url ?? (await messageSecret({ file: urlFile }, 'read url_file'));
    return attempt.post({ url: target, body, timeoutMs }, RULES);
  });
}

function httpOf({ http, alertSourceToken }: IncidentioConfig): HttpClientConfig {
  if (alertSourceToken === undefined) return http;
  return { ...http, authorization: { type: 'Bearer', credentials: alertSourceToken } };
}

/** One that is too large names its first alert only. */
function incidentioMessage(
  { alertsMax }: IncidentioConfig,
  context: ReceiverContext,
  { notification }: ServiceAttempt,
): GoJsonValue {
  const data = messageData(notification, context, alertsMax);
  const message = webhookMessage(notification, data, FORMAT_VERSION);
  if (Buffer.byteLength(goJson(message)) <= MESSAGE_BYTES_MAX) return message;
  return { ...message, alerts: message.alerts.slice(0, 1) };
}

function refusal(_answer: unknown, text: string): string {
  const answer = parseJsonObject(text);
  if (answer === undefined) return '';
  const parts = [
    textOf(answer['message']),
    textOf(answer['error']),
    textsOf(answer['errors']).join(', '),
  ];
  return parts.filter((part) => part !== '').join(': ');
}
