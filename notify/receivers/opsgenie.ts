/** Opsgenie: an alert of the group, closed when the group is resolved. */
import type { OpsgenieConfig } from '../../config/alertmanager/receivers/opsgenie.ts';
import type { Notifier, NotifyResult } from '../notifier.ts';
import type { GoJsonValue } from './go-json.ts';
import { addPath } from './go-url-text.ts';
import { groupKeyHash } from './group-key-hash.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import { messageError, messageSecret } from './message-error.ts';
import { orAbsent } from './post-json.ts';
import type { ReceiverContext } from './receiver.ts';
import { truncateRunes } from './truncate.ts';

/** https://docs.opsgenie.com/docs/alert-api#create-alert */
const MESSAGE_RUNES_MAX = 130;
const RULES = { retryStatuses: [429] } as const;

interface Call {
  readonly method?: 'PUT';
  readonly url: string;
  readonly body: GoJsonValue;
}

export function opsgenieNotifier(config: OpsgenieConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const source = await messageSecret(config.apiKey, 'read key_file error');
    const { calls, apiKey } = templated(() => ({
      calls:
        attempt.notification.status === 'resolved'
          ? [closing(config, attempt)]
          : creation(config, attempt),
      apiKey: attempt.text(source).trim(),
    }));
    const headers = { authorization: `GenieKey ${apiKey}` };
    let result: NotifyResult = { kind: 'sent' };
    for (const call of calls) {
      result = await attempt.post({ ...call, headers, secrets: [apiKey] }, RULES);
      if (result.kind === 'failed') break;
    }
    return result;
  });
}

function templated<T>(expand: () => T): T {
  try {
    return expand();
  } catch (error) {
    throw messageError('templating error', error);
  }
}

function closing(config: OpsgenieConfig, attempt: ServiceAttempt): Call {
  return { url: aliasUrl(config, attempt, 'close'), body: { source: attempt.text(config.source) } };
}

function creation(config: OpsgenieConfig, attempt: ServiceAttempt): readonly Call[] {
  const message = truncateRunes(attempt.text(config.message), MESSAGE_RUNES_MAX);
  const description = attempt.text(config.description);
  const details = new Map(attempt.expand.data.commonLabels.entries());
  for (const [name, template] of Object.entries(config.details)) {
    details.set(name, attempt.text(template));
  }
  const create: Call = {
    url: addPath(config.apiUrl, 'v2/alerts'),
    body: {
      alias: groupKeyHash(attempt.notification.groupKey),
      message,
      description: orAbsent(description),
      details,
      source: attempt.text(config.source),
      responders: orNone(responders(config, attempt)),
      tags: orNone(splitList(attempt.text(config.tags))),
      note: orAbsent(attempt.text(config.note)),
      priority: orAbsent(attempt.text(config.priority)),
      entity: orAbsent(attempt.text(config.entity)),
      actions: orNone(splitList(attempt.text(config.actions))),
    },
  };
  if (!config.updateAlerts) return [create];
  const update = (what: string, text: string): Call => ({
    method: 'PUT',
    url: aliasUrl(config, attempt, what),
    body: { [what]: orAbsent(text) },
  });
  return [create, update('message', message), update('description', description)];
}

function responders(config: OpsgenieConfig, attempt: ServiceAttempt): readonly GoJsonValue[] {
  return config.responders.flatMap((responder): GoJsonValue[] => {
    const id = attempt.text(responder.id);
    const name = attempt.text(responder.name);
    const username = attempt.text(responder.username);
    const type = attempt.text(responder.type);
    // Those made of labels may come to nothing.
    if (id === '' && name === '' && username === '' && type === '') return [];
    if (type !== 'teams') {
      return [{ id: orAbsent(id), name: orAbsent(name), username: orAbsent(username), type }];
    }
    return splitList(name).map((team) => ({ name: attempt.text(team), type: 'team' }));
  });
}

function aliasUrl(config: OpsgenieConfig, { notification }: ServiceAttempt, what: string): string {
  const path = `v2/alerts/${groupKeyHash(notification.groupKey)}/${what}`;
  const url = new URL(addPath(config.apiUrl, path));
  url.searchParams.set('identifierType', 'alias');
  return url.href;
}

function splitList(text: string): readonly string[] {
  return text
    .trim()
    .split(',')
    .filter((item) => item !== '');
}

function orNone<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
