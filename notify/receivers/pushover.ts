/** Pushover: a message whose parameters stand in the query. */
import type { PushoverConfig } from '../../config/alertmanager/receivers/pushover.ts';
import type { Notifier } from '../notifier.ts';
import { goQuery } from './go-url-text.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import { messageSecret } from './message-error.ts';
import type { ReceiverContext } from './receiver.ts';
import { truncateRunes } from './truncate.ts';

const API_URL = 'https://api.pushover.net/1/messages.json';

// https://pushover.net/api#limits
const TITLE_RUNES_MAX = 250;
const MESSAGE_RUNES_MAX = 1024;
const URL_RUNES_MAX = 512;

const SECOND_MS = 1000;

/** @param apiUrl of another service with the same interface */
export function pushoverNotifier(
  config: PushoverConfig,
  context: ReceiverContext,
  apiUrl = API_URL,
): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const token = attempt.text(await messageSecret(config.token, 'read token_file'));
    const user = attempt.text(await messageSecret(config.userKey, 'read user_key_file'));
    const parameters = { token, user, ...messageParameters(config, attempt) };
    const outcome = await attempt.send({
      method: 'POST',
      url: `${apiUrl}?${goQuery(parameters)}`,
      headers: { 'content-type': 'text/plain' },
      secrets: [token, user],
    });
    return attempt.judge(outcome);
  });
}

function messageParameters(
  config: PushoverConfig,
  attempt: ServiceAttempt,
): Readonly<Record<string, string>> {
  const { html, monospace, ttlMs } = config;
  const source = html ? attempt.expand.html(config.message) : attempt.text(config.message);
  const message = truncateRunes(source, MESSAGE_RUNES_MAX).trim();
  return {
    title: truncateRunes(attempt.text(config.title), TITLE_RUNES_MAX),
    ...(html ? { html: '1' } : {}),
    ...(monospace ? { monospace: '1' } : {}),
    // Pushover refuses messages of nothing.
    message: message === '' ? '(no details)' : message,
    url: truncateRunes(attempt.text(config.url), URL_RUNES_MAX),
    url_title: attempt.text(config.urlTitle),
    priority: attempt.text(config.priority),
    retry: seconds(config.retryMs),
    expire: seconds(config.expireMs),
    device: attempt.text(config.device),
    sound: attempt.text(config.sound),
    ...(ttlMs >= SECOND_MS ? { ttl: seconds(ttlMs) } : {}),
  };
}

function seconds(ms: number): string {
  return String(Math.trunc(ms / SECOND_MS));
}
