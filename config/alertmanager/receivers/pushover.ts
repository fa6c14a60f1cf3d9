/** Reads an entry of `pushover_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readGoDurationMs, readSecretOrFile } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface PushoverConfig extends HttpReceiverConfig {
  /** Undefined only where problems were found; so is the token. */
  readonly userKey: SecretSource | undefined;
  readonly token: SecretSource | undefined;
  readonly title: string;
  readonly message: string;
  readonly url: string;
  readonly urlTitle: string;
  readonly device: string;
  readonly sound: string;
  readonly priority: string;
  readonly retryMs: number;
  readonly expireMs: number;
  readonly ttlMs: number;
  readonly html: boolean;
  readonly monospace: boolean;
}

const RETRY_MS = 60_000;
const EXPIRE_MS = 3_600_000;
/** Emergency while it fires, normal when it is over. */
const PRIORITY = '{{ if eq .Status "firing" }}2{{ else }}0{{ end }}';

export function readPushover(section: YamlSection, global: NotificationGlobal): PushoverConfig {
  const userKey = readSecretOrFile(section, 'user_key');
  const token = readSecretOrFile(section, 'token');
  const html = section.boolean('html');
  const monospace = section.boolean('monospace');
  if (userKey === undefined) {
    section.problem('user_key', 'one of user_key or user_key_file must be configured');
  }
  if (userKey !== undefined && token === undefined) {
    section.problem('token', 'one of token or token_file must be configured');
  }
  if (html && monospace) {
    section.problem('monospace', 'at most one of monospace & html must be configured');
  }
  return {
    ...readHttpBase(section, global),
    userKey,
    token,
    title: section.string('title', defaultTemplate('pushover.default.title')),
    message: section.string('message', defaultTemplate('pushover.default.message')),
    url: section.string('url', defaultTemplate('pushover.default.url')),
    urlTitle: section.string('url_title'),
    device: section.string('device'),
    sound: section.string('sound'),
    priority: section.string('priority', PRIORITY),
    retryMs: readGoDurationMs(section, 'retry', RETRY_MS),
    expireMs: readGoDurationMs(section, 'expire', EXPIRE_MS),
    ttlMs: readGoDurationMs(section, 'ttl'),
    html,
    monospace,
  };
}
