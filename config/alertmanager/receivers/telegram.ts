/** Reads an entry of `telegram_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readHttpUrl, readSecretOrFile } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface TelegramConfig extends HttpReceiverConfig {
  readonly apiUrl: string;
  /** Undefined only where problems were found. */
  readonly botToken: SecretSource | undefined;
  /** 0 when it is in `chatIdFile`. */
  readonly chatId: number;
  readonly chatIdFile: string | undefined;
  /** 0: no thread. */
  readonly messageThreadId: number;
  readonly message: string;
  readonly disableNotifications: boolean;
  readonly parseMode: 'Markdown' | 'MarkdownV2' | 'HTML' | '';
}

export function readTelegram(section: YamlSection, global: NotificationGlobal): TelegramConfig {
  const botToken = readSecretOrFile(section, 'bot_token') ?? global.telegramBotToken;
  const chatId = section.integer('chat_id');
  const chatIdFile = section.path('chat_id_file');
  if (chatId === 0 && chatIdFile === '') {
    section.problem(undefined, 'missing chat_id or chat_id_file on telegram_config');
  }
  if (chatId !== 0 && chatIdFile !== '') {
    section.problem('chat_id_file', 'at most one of chat_id & chat_id_file must be configured');
  }
  if (botToken === undefined) {
    section.problem(undefined, 'missing bot_token or bot_token_file on telegram_config');
  }
  return {
    ...readHttpBase(section, global),
    apiUrl: readHttpUrl(section, 'api_url') ?? global.telegramApiUrl,
    botToken,
    chatId,
    chatIdFile: chatIdFile === '' ? undefined : chatIdFile,
    messageThreadId: section.integer('message_thread_id'),
    message: section.string('message', defaultTemplate('telegram.default.message')),
    disableNotifications: section.boolean('disable_notifications'),
    parseMode: readParseMode(section),
  };
}

function readParseMode(section: YamlSection): TelegramConfig['parseMode'] {
  if (section.has('parse_mode') && section.string('parse_mode') === '') return '';
  const known = ['Markdown', 'MarkdownV2', 'HTML'] as const;
  return section.choice('parse_mode', known, 'HTML', () => {
    return 'unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string';
  });
}
