/** Reads an entry of `discord_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readSecretUrlOrFile } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface DiscordConfig extends HttpReceiverConfig {
  /** Undefined only where problems were found. */
  readonly webhookUrl: SecretSource | undefined;
  readonly content: string;
  readonly title: string;
  readonly message: string;
  readonly username: string;
  readonly avatarUrl: string;
}

export function readDiscord(section: YamlSection, global: NotificationGlobal): DiscordConfig {
  const webhookUrl = readSecretUrlOrFile(section, 'webhook_url');
  if (webhookUrl === undefined) {
    section.problem(undefined, 'one of webhook_url or webhook_url_file must be configured');
  }
  return {
    ...readHttpBase(section, global),
    webhookUrl,
    content: section.string('content'),
    title: section.string('title', defaultTemplate('discord.default.title')),
    message: section.string('message', defaultTemplate('discord.default.message')),
    username: section.string('username'),
    avatarUrl: section.string('avatar_url'),
  };
}
