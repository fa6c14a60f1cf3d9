/** Reads an entry of `webhook_configs`. */
import { SECRET_TEXT, Secret, type SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readGoDurationMs, secretUrlProblem } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { readYamlValue, type YamlValue } from '../yaml-value.ts';
import { type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface WebhookConfig extends HttpReceiverConfig {
  /** Undefined only where problems were found. May be a template. */
  readonly url: SecretSource | undefined;
  /** 0: no limit. */
  readonly alertsMax: number;
  /** 0: none of its own. */
  readonly timeoutMs: number;
  /** Sent in place of the standard one; its texts are templates. */
  readonly payload: YamlValue | undefined;
}

export function readWebhook(section: YamlSection, global: NotificationGlobal): WebhookConfig {
  const payload = section.valueNode('payload');
  return {
    url: readTarget(section),
    ...readHttpBase(section, global),
    alertsMax: section.count('max_alerts'),
    timeoutMs: readGoDurationMs(section, 'timeout'),
    payload: payload === undefined ? undefined : readYamlValue(section.reader, payload),
  };
}

function readTarget(section: YamlSection): SecretSource | undefined {
  const text = section.string('url');
  const file = section.path('url_file');
  if (text === '' && file === '') {
    section.problem(undefined, 'one of url or url_file must be configured');
    return undefined;
  }
  if (text !== '' && file !== '') {
    section.problem('url_file', 'at most one of url & url_file must be configured');
  }
  if (text === '') return { file };
  const isUrl = text !== SECRET_TEXT && !text.includes('{{');
  const problem = isUrl ? secretUrlProblem(text) : undefined;
  if (problem !== undefined) section.problem('url', `invalid URL: ${problem}`);
  return { value: new Secret(text) };
}
