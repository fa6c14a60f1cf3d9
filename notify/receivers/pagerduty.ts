/** PagerDuty: an event of the group through the Events API, version 2, or 1 with a service key. */
import type { PagerdutyConfig } from '../../config/alertmanager/receivers/pagerduty.ts';
import type { Notifier, NotifyResult } from '../notifier.ts';
import { expandYaml } from './expand-yaml.ts';
import { type GoJsonValue, goJson } from './go-json.ts';
import { groupKeyHash } from './group-key-hash.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import type { StatusRules } from './http-send.ts';
import { parseJsonObject, textOf, textsOf } from './json-answer.ts';
import { MessageError, messageError, messageSecret } from './message-error.ts';
import { orAbsent, withPrefix } from './post-json.ts';
import type { ReceiverContext } from './receiver.ts';
import { truncateRunes } from './truncate.ts';

const V1_URL = 'https://events.pagerduty.com/generic/2010-04-15/create_event.json';
const SUMMARY_RUNES_MAX = 1024;
/** https://developer.pagerduty.com/docs/events-api-v2-overview */
const EVENT_BYTES_MAX = 512_000;
const TOO_LARGE =
  'Custom details have been removed because the original event exceeds the maximum size of 512KB';

/** Limited are requests with 403 in version 1, with 429 in version 2. */
const V1_RULES: StatusRules = { retryStatuses: [403], details: refusal };
const V2_RULES: StatusRules = { retryStatuses: [429], details: refusal };

type Details = ReadonlyMap<string, GoJsonValue>;

/** @param v1Url where events of version 1 go */
export function pagerdutyNotifier(
  config: PagerdutyConfig,
  context: ReceiverContext,
  v1Url = V1_URL,
): Notifier {
  return httpNotifier(config, context, (attempt) => {
    const details = renderDetails(config, attempt);
    return config.serviceKey === undefined
      ? notifyV2(config, attempt, details)
      : notifyV1(config, attempt, details, v1Url);
  });
}

function renderDetails(config: PagerdutyConfig, attempt: ServiceAttempt): Details {
  try {
    return new Map(
      Object.entries(config.details).map(([name, value]) => {
        return [name, expandYaml(value, (template) => attempt.text(template))];
      }),
    );
  } catch (error) {
    throw messageError('failed to render details', error);
  }
}

async function notifyV1(
  config: PagerdutyConfig,
  attempt: ServiceAttempt,
  details: Details,
  url: string,
): Promise<NotifyResult> {
  const key = await messageSecret(config.serviceKey, 'failed to read service key from file');
  const isFiring = attempt.notification.status === 'firing';
  const { serviceKey, ...texts } = templated('v1', () => ({
    description: truncateRunes(attempt.text(config.description), SUMMARY_RUNES_MAX),
    serviceKey: attempt.text(key),
    client: isFiring ? attempt.text(config.client) : '',
    clientUrl: isFiring ? attempt.text(config.clientUrl) : '',
  }));
  if (serviceKey === '') throw new MessageError('service key cannot be empty');
  const message = (of: Details): GoJsonValue => ({
    service_key: serviceKey,
    incident_key: groupKeyHash(attempt.notification.groupKey),
    event_type: eventType(attempt),
    description: orAbsent(texts.description),
    event_action: '',
    payload: null,
    client: orAbsent(texts.client),
    client_url: orAbsent(texts.clientUrl),
    details: orNone(of),
  });
  const body = withinLimit(message, details);
  const { timeoutMs } = config;
  const outcome = await attempt.sendJson({ url, body, timeoutMs, secrets: [serviceKey] });
  if (outcome.kind === 'answered') return attempt.judge(outcome, V1_RULES);
  return withPrefix('failed to post message to PagerDuty v1: ', outcome.result);
}

async function notifyV2(
  config: PagerdutyConfig,
  attempt: ServiceAttempt,
  details: Details,
): Promise<NotifyResult> {
  const key = await messageSecret(config.routingKey, 'failed to read routing key from file');
  const text = (template: string): string => attempt.text(template);
  const parts = templated('v2', () => ({
    summary: truncateRunes(text(config.description), SUMMARY_RUNES_MAX),
    client: text(config.client),
    clientUrl: text(config.clientUrl),
    routingKey: text(key),
    source: text(config.source),
    severity: text(config.severity === '' ? 'error' : config.severity),
    class: text(config.class),
    component: text(config.component),
    group: text(config.group),
    images: config.images
      .map(({ src, alt, href }) => ({ src: text(src), alt: text(alt), href: text(href) }))
      .filter(({ src }) => src !== ''),
    links: config.links
      .map(({ href, text: shown }) => ({ href: text(href), text: text(shown) }))
      .filter(({ href }) => href !== ''),
  }));
  if (parts.routingKey === '') throw new MessageError('routing key cannot be empty');
  const message = (of: Details): GoJsonValue => ({
    routing_key: parts.routingKey,
    dedup_key: groupKeyHash(attempt.notification.groupKey),
    event_action: eventType(attempt),
    payload: {
      summary: parts.summary,
      source: parts.source,
      severity: parts.severity,
      class: orAbsent(parts.class),
      component: orAbsent(parts.component),
      group: orAbsent(parts.group),
      custom_details: orNone(of),
    },
    client: orAbsent(parts.client),
    client_url: orAbsent(parts.clientUrl),
    images: parts.images.length === 0 ? undefined : parts.images,
    links: parts.links.length === 0 ? undefined : parts.links,
  });
  const body = withinLimit(message, details);
  const { url, timeoutMs } = config;
  const outcome = await attempt.sendJson({ url, body, timeoutMs, secrets: [parts.routingKey] });
  if (outcome.kind === 'answered') return attempt.judge(outcome, V2_RULES);
  return withPrefix('failed to post message to PagerDuty: ', outcome.result);
}

function templated<T>(version: string, expand: () => T): T {
  try {
    return expand();
  } catch (error) {
    throw messageError(`failed to template PagerDuty ${version} message`, error);
  }
}

function eventType({ notification }: ServiceAttempt): string {
  return notification.status === 'firing' ? 'trigger' : 'resolve';
}

function orNone(details: Details): Details | undefined {
  return details.size === 0 ? undefined : details;
}

function withinLimit(message: (details: Details) => GoJsonValue, details: Details): GoJsonValue {
  const whole = message(details);
  const isTooLarge = Buffer.byteLength(goJson(whole)) > EVENT_BYTES_MAX;
  return isTooLarge ? message(new Map([['error', TOO_LARGE]])) : whole;
}

/** Why an event is invalid. */
function refusal({ status }: { readonly status: number }, text: string): string {
  const answer = status === 400 ? parseJsonObject(text) : undefined;
  if (answer === undefined) return '';
  return `${textOf(answer['message'])}: ${textsOf(answer['errors']).join(',')}`;
}
