/** Rocket.Chat: an attachment, posted as a user. */
import type { RocketchatConfig } from '../../config/alertmanager/receivers/rocketchat.ts';
import { quote } from '../../config/go-text.ts';
import type { Notifier, NotifyResult } from '../notifier.ts';
import type { GoJsonValue } from './go-json.ts';
import { joinPath } from './go-url-text.ts';
import { httpNotifier } from './http-notifier.ts';
import { parseJsonObject, textOf } from './json-answer.ts';
import { messageSecret } from './message-error.ts';
import { orAbsent, withPrefix } from './post-json.ts';
import type { ReceiverContext } from './receiver.ts';
import { truncateRunes } from './truncate.ts';

const TITLE_RUNES_MAX = 1024;

export function rocketchatNotifier(config: RocketchatConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const text = (template: string): string => attempt.text(template);
    const attachment = rocketchatAttachment(config, text);
    const channel = text(config.channel);
    const token = await messageSecret(config.token, 'could not read token_file');
    const tokenId = await messageSecret(config.tokenId, 'could not read token_id_file');
    const outcome = await attempt.sendJson({
      url: joinPath(config.apiUrl, 'api/v1/chat.postMessage'),
      headers: { 'x-auth-token': token, 'x-user-id': tokenId },
      body: {
        channel: orAbsent(channel),
        emoji: orAbsent(text(config.emoji)),
        avatar: orAbsent(text(config.iconUrl)),
        attachments: [attachment],
      },
      secrets: [token, tokenId],
    });
    if (outcome.kind === 'failed') return outcome.result;
    const judged = attempt.judge(outcome);
    const result = judged.kind === 'sent' ? readAnswer(outcome.text) : judged;
    return withPrefix(`channel ${quote(channel)}: `, result);
  });
}

function rocketchatAttachment(
  config: RocketchatConfig,
  text: (template: string) => string,
): GoJsonValue {
  const fields = config.fields.map(({ title, value, short = config.shortFields }) => {
    return { short, title: orAbsent(text(title)), value: orAbsent(text(value)) };
  });
  const actions = config.actions.map((action) => ({
    // There is no other type.
    type: 'button',
    text: orAbsent(text(action.text)),
    url: orAbsent(text(action.url)),
    is_webview: false,
    msg: orAbsent(text(action.msg)),
    msg_in_chat_window: false,
  }));
  return {
    title: orAbsent(truncateRunes(text(config.title), TITLE_RUNES_MAX)),
    title_link: orAbsent(text(config.titleLink)),
    text: orAbsent(text(config.text)),
    image_url: orAbsent(text(config.imageUrl)),
    thumb_url: orAbsent(text(config.thumbUrl)),
    color: orAbsent(text(config.color)),
    fields: fields.length === 0 ? undefined : fields,
    actions: actions.length === 0 ? undefined : actions,
  };
}

/** It says no with a status of 200, too. */
function readAnswer(text: string): NotifyResult {
  const answer = parseJsonObject(text);
  if (answer?.['success'] === true) return { kind: 'sent' };
  const message =
    answer === undefined
      ? `could not unmarshal JSON response ${quote(text)}: not an object of JSON`
      : `error response from Rocketchat: ${textOf(answer['error'])}`;
  return { kind: 'failed', retry: answer === undefined, reason: 'clientError', message };
}
