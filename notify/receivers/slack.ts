/** Slack: an attachment, posted through a webhook or as an app; as an app it may be changed later. */

import type { SlackConfig } from '../../config/alertmanager/receivers/slack.ts';
import type { SlackAction } from '../../config/alertmanager/receivers/slack-parts.ts';
import { quote } from '../../config/go-text.ts';
import { fieldsOf } from '../extras/attachment-fields.ts';
import type { MessageExtras } from '../extras/message-extras.ts';
import type { Notification, Notifier, NotifierData, NotifyResult } from '../notifier.ts';
import { expander } from './expander.ts';
import type { GoJsonValue } from './go-json.ts';
import { urlSecrets } from './http-send.ts';
import { parseJsonObject, textOf } from './json-answer.ts';
import { messageSecret, orFailed } from './message-error.ts';
import { judge, orAbsent, sendJson, withPrefix } from './post-json.ts';
import type { ReceiverAnswer, ReceiverContext, ReceiverHttp } from './receiver.ts';
import { placeOf, uploadToSlack } from './slack-upload.ts';
import { truncateRunes } from './truncate.ts';

/** Slack's documentation of attachments names no unit. */
const TITLE_RUNES_MAX = 1024;
const UPDATE_URL = 'https://slack.com/api/chat.update';
const TEXT = '{{ template "slack.default.text" . }}';
const MARKDOWN_IN = ['fallback', 'pretext', 'text'];

/** Names of the log's data, Alertmanager's. */
const TIMESTAMP = 'threadTs';
const CHANNEL = 'channelId';

export class SlackNotifier implements Notifier {
  readonly #config: SlackConfig;
  readonly #context: ReceiverContext;
  readonly #http: ReceiverHttp;

  constructor(config: SlackConfig, context: ReceiverContext) {
    this.#config = config;
    this.#context = context;
    this.#http = context.http(config.http);
  }

  notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    return orFailed(() => this.#send(notification, signal));
  }

  async #send(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    const { timeoutMs, apiUrl, updateMessage } = this.#config;
    const { text } = expander(notification, this.#context);
    const isDefault = this.#config.text === TEXT && this.#config.fields.length === 0;
    const extras = isDefault ? await this.#context.extras(notification) : undefined;
    const attachment = withFields(slackAttachment(this.#config, text), extras);
    const earlier = updateMessage ? earlierMessage(notification.data) : undefined;
    const url = earlier === undefined ? await messageSecret(apiUrl, '') : UPDATE_URL;
    const channel = earlier?.channel ?? text(this.#config.channel);
    const body = {
      channel: orAbsent(channel),
      ts: earlier?.timestamp,
      username: orAbsent(text(this.#config.username)),
      icon_emoji: orAbsent(text(this.#config.iconEmoji)),
      icon_url: orAbsent(text(this.#config.iconUrl)),
      link_names: this.#config.linkNames || undefined,
      text: orAbsent(text(this.#config.messageText)),
      attachments: [attachment],
    };
    const secrets = urlSecrets(url);
    const { onAnswer } = notification;
    const options = { http: this.#http, signal, timeoutMs, secrets, onAnswer };
    const outcome = await sendJson({ url, body, ...options });
    if (outcome.kind === 'failed') return outcome.result;
    const judged = judge(outcome, this.#context.nowMs);
    const result =
      judged.kind === 'sent' ? readAnswer(outcome.answer, outcome.text, updateMessage) : judged;
    const told = withPrefix(`channel ${quote(channel)}: `, result);
    const picture = extras?.picture;
    const place = placeOf(outcome.text);
    if (told.kind !== 'sent' || picture === undefined || place === undefined) return told;
    // The message has arrived: what becomes of its picture changes nothing.
    const problem = await uploadToSlack({ ...options, url, png: picture.png, ...place });
    return problem === undefined ? told : { ...told, warning: `picture: ${problem}` };
  }
}

function earlierMessage(
  data: NotifierData,
): { readonly timestamp: string; readonly channel: string } | undefined {
  const timestamp = data[TIMESTAMP];
  const channel = data[CHANNEL];
  if (typeof timestamp !== 'string' || typeof channel !== 'string') return undefined;
  return timestamp === '' || channel === '' ? undefined : { timestamp, channel };
}

/** Facts as fields, and links behind the text. */
function withFields(
  attachment: ReturnType<typeof slackAttachment>,
  extras: MessageExtras | undefined,
): GoJsonValue {
  if (extras === undefined) return attachment;
  const links = extras.links.map(({ name, url }) => `<${url}|${name}>`).join(' · ');
  const text = [attachment.text, links].filter((one) => one !== '').join('\n');
  return { ...attachment, text, fields: fieldsOf(extras) };
}

function slackAttachment(config: SlackConfig, text: (template: string) => string) {
  return {
    title: orAbsent(truncateRunes(text(config.title), TITLE_RUNES_MAX)),
    title_link: orAbsent(text(config.titleLink)),
    pretext: orAbsent(text(config.pretext)),
    text: text(config.text),
    fallback: text(config.fallback),
    callback_id: text(config.callbackId),
    fields: orNone(
      config.fields.map(({ title, value, short = config.shortFields }) => ({
        title: orAbsent(text(title)),
        value: orAbsent(text(value)),
        short,
      })),
    ),
    actions: orNone(config.actions.map((action) => slackAction(action, text))),
    image_url: orAbsent(text(config.imageUrl)),
    thumb_url: orAbsent(text(config.thumbUrl)),
    footer: text(config.footer),
    color: orAbsent(text(config.color)),
    mrkdwn_in: config.mrkdwnIn.length === 0 ? MARKDOWN_IN : config.mrkdwnIn,
  };
}

function slackAction(action: SlackAction, text: (template: string) => string): GoJsonValue {
  const { confirm } = action;
  return {
    type: orAbsent(text(action.type)),
    text: orAbsent(text(action.text)),
    url: orAbsent(text(action.url)),
    style: orAbsent(text(action.style)),
    name: orAbsent(text(action.name)),
    value: orAbsent(text(action.value)),
    confirm:
      confirm === undefined
        ? undefined
        : {
            text: orAbsent(text(confirm.text)),
            title: orAbsent(text(confirm.title)),
            ok_text: orAbsent(text(confirm.okText)),
            dismiss_text: orAbsent(text(confirm.dismissText)),
          },
  };
}

function orNone<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Webhooks answer `ok`, the API an object; both say no with a status of 200. */
function readAnswer(
  { headers }: ReceiverAnswer,
  text: string,
  keepsMessage: boolean,
): NotifyResult {
  const type = headers['content-type'];
  if (typeof type !== 'string' || !type.startsWith('application/json')) {
    return text === 'ok'
      ? { kind: 'sent' }
      : refused(`received an error response from Slack: ${text}`);
  }
  const answer = parseJsonObject(text);
  if (answer === undefined) {
    const message = `could not unmarshal JSON response ${quote(text)}: not an object of JSON`;
    return { ...refused(message), retry: true };
  }
  const { ok, error, ts, channel } = answer;
  if (ok !== true) return refused(`error response from Slack: ${textOf(error)}`);
  if (!keepsMessage || textOf(ts) === '' || textOf(channel) === '') return { kind: 'sent' };
  return { kind: 'sent', data: { [TIMESTAMP]: textOf(ts), [CHANNEL]: textOf(channel) } };
}

function refused(message: string): Extract<NotifyResult, { readonly kind: 'failed' }> {
  return { kind: 'failed', retry: false, reason: 'clientError', message };
}
