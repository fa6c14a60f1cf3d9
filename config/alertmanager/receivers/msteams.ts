/** Reads an entry of `msteams_configs` and of `msteamsv2_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readSecretUrlOrFile } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface MsteamsV2Config extends HttpReceiverConfig {
  /** Undefined only where problems were found. */
  readonly webhookUrl: SecretSource | undefined;
  readonly title: string;
  readonly text: string;
}

export interface MsteamsConfig extends MsteamsV2Config {
  readonly summary: string;
}

export function readMsteams(section: YamlSection, global: NotificationGlobal): MsteamsConfig {
  return {
    ...readHttpBase(section, global),
    webhookUrl: readWebhookUrl(section),
    title: section.string('title', defaultTemplate('msteams.default.title')),
    summary: section.string('summary', defaultTemplate('msteams.default.summary')),
    text: section.string('text', defaultTemplate('msteams.default.text')),
  };
}

export function readMsteamsV2(section: YamlSection, global: NotificationGlobal): MsteamsV2Config {
  const { sendResolved, http } = readHttpBase(section, global);
  return {
    sendResolved,
    // The one kind that takes the proxy from the global section although it has its own.
    http: http.proxyUrl === '' ? { ...http, proxyUrl: global.http.proxyUrl } : http,
    webhookUrl: readWebhookUrl(section),
    title: section.string('title', defaultTemplate('msteamsv2.default.title')),
    text: section.string('text', defaultTemplate('msteamsv2.default.text')),
  };
}

function readWebhookUrl(section: YamlSection): SecretSource | undefined {
  const webhookUrl = readSecretUrlOrFile(section, 'webhook_url');
  if (webhookUrl === undefined) {
    section.problem(undefined, 'one of webhook_url or webhook_url_file must be configured');
  }
  return webhookUrl;
}
