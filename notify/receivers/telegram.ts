/** Telegram: a message of a bot to a chat. */
import { readFile } from 'node:fs/promises';
import type { TelegramConfig } from '../../config/alertmanager/receivers/telegram.ts';
import { escapeHtml } from '../extras/extras-text.ts';
import type { MessageExtras } from '../extras/message-extras.ts';
import type { Notifier, NotifyResult } from '../notifier.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import { failureReason, type HttpOutcome } from './http-send.ts';
import { isObject, parseJsonObject, textOf } from './json-answer.ts';
import { messageSecret } from './message-error.ts';
import type { ReceiverContext } from './receiver.ts';
import { truncateRunes } from './truncate.ts';

/** https://core.telegram.org/bots/api#sendmessage */
const MESSAGE_RUNES_MAX = 4096;
const SECOND_MS = 1000;
const MESSAGE = '{{ template "telegram.default.message" . }}';

/** HTML cannot be cut just anywhere. */
const TOO_LONG = `Alertmanager notification could not be sent: message length exceeds Telegram limits.
Please check the template used for producing the message content.`;

export function telegramNotifier(config: TelegramConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const extras = config.message === MESSAGE ? await attempt.extras() : undefined;
    const text = withFacts(messageText(config, attempt), config.parseMode, extras);
    // Alertmanager tries all again, and so do we.
    const token = await messageSecret(config.botToken, 'could not read bot_token_file');
    const chatId = await readChatId(config);
    if (typeof chatId !== 'string') return chatId;
    const outcome = await attempt.sendJson({
      url: `${config.apiUrl.replace(/\/+$/, '')}/bot${token}/sendMessage`,
      body: {
        chat_id: chatId,
        disable_notification: config.disableNotifications ? 'true' : undefined,
        disable_web_page_preview: 'true',
        message_thread_id:
          config.messageThreadId === 0 ? undefined : String(config.messageThreadId),
        parse_mode: config.parseMode === '' ? undefined : config.parseMode,
        text,
      },
      secrets: [token],
    });
    const result = readAnswer(outcome);
    const picture = extras?.picture;
    if (result.kind !== 'sent' || picture === undefined) return result;
    // The message has arrived: what becomes of its picture changes nothing.
    const sent = await attempt.sendForm({
      url: `${config.apiUrl.replace(/\/+$/, '')}/bot${token}/sendPhoto`,
      parts: [
        { name: 'chat_id', body: chatId },
        { name: 'disable_notification', body: 'true' },
        ...(config.messageThreadId === 0
          ? []
          : [{ name: 'message_thread_id', body: String(config.messageThreadId) }]),
        { name: 'photo', body: picture.png, contentType: 'image/png', filename: 'chart.png' },
      ],
      secrets: [token],
    });
    const answer = readAnswer(sent);
    return answer.kind === 'sent' ? result : { kind: 'sent', warning: `photo: ${answer.message}` };
  });
}

/** Facts and links behind the text, where they have room. */
function withFacts(text: string, parseMode: string, extras: MessageExtras | undefined): string {
  if (extras === undefined) return text;
  const isHtml = parseMode === 'HTML';
  const lines = extras.facts.map(({ name, value }) =>
    isHtml ? `<b>${escapeHtml(name)}</b>: ${escapeHtml(value)}` : `${name}: ${value}`,
  );
  const links = extras.links.map(({ name, url }) =>
    isHtml ? `<a href="${escapeHtml(url)}">${escapeHtml(name)}</a>` : `${name}: ${url}`,
  );
  const all = `${text.trimEnd()}\n\n${lines.join('\n')}\n${links.join(isHtml ? ' · ' : '\n')}`;
  return all.length <= MESSAGE_RUNES_MAX ? all : text;
}

function messageText({ parseMode, message }: TelegramConfig, attempt: ServiceAttempt): string {
  if (parseMode !== 'HTML') return truncateRunes(attempt.text(message), MESSAGE_RUNES_MAX);
  const html = attempt.expand.html(message);
  const runes = html.length > MESSAGE_RUNES_MAX ? Array.from(html).length : html.length;
  if (runes <= MESSAGE_RUNES_MAX) return html;
  // What it is about is told all the same.
  const told = `${TOO_LONG}\n${attempt.expand.html('{{ template "__subject" . }}')}`;
  return told.length <= MESSAGE_RUNES_MAX ? told : TOO_LONG;
}

async function readChatId({ chatId, chatIdFile }: TelegramConfig): Promise<string | NotifyResult> {
  if (chatIdFile === undefined) return String(chatId);
  try {
    const text = (await readFile(chatIdFile, 'utf8')).trim();
    if (/^-?\d{1,19}$/.test(text)) return text;
    return failed(`could not parse chat_id from ${chatIdFile}: invalid syntax`);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return failed(`could not read ${chatIdFile}: ${words}`);
  }
}

function readAnswer(outcome: HttpOutcome): NotifyResult {
  if (outcome.kind === 'failed') {
    return { ...outcome.result, message: `telegram: ${outcome.result.message}` };
  }
  const answer = parseJsonObject(outcome.text);
  if (answer === undefined) {
    return failed(`telegram: unexpected answer with status code ${outcome.answer.status}`);
  }
  if (answer['ok'] === true) return { kind: 'sent' };
  const { error_code: code, description, parameters } = answer;
  const status = typeof code === 'number' ? code : outcome.answer.status;
  const seconds = isObject(parameters) ? parameters['retry_after'] : undefined;
  if (typeof seconds === 'number' && seconds >= 0) {
    return {
      ...failed(`telegram: retry after ${seconds} (${status})`),
      reason: 'rateLimited',
      retryAfterMs: seconds * SECOND_MS,
    };
  }
  return {
    ...failed(`telegram: ${textOf(description)} (${status})`),
    reason: failureReason(status),
  };
}

function failed(message: string): Extract<NotifyResult, { readonly kind: 'failed' }> {
  return { kind: 'failed', retry: true, reason: 'other', message };
}
