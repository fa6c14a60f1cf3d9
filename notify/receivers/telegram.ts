/** Telegram: a message of a bot to a chat. */
import { readFile } from 'node:fs/promises';
import type { TelegramConfig } from '../../config/alertmanager/receivers/telegram.ts';
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

/** HTML cannot be cut just anywhere. */
const TOO_LONG = `Alertmanager notification could not be sent: message length exceeds Telegram limits.
Please check the template used for producing the message content.`;

export function telegramNotifier(config: TelegramConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const text = messageText(config, attempt);
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
    return readAnswer(outcome);
  });
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
