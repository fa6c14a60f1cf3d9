/** Reads an entry of `wechat_configs`. */
import { quote } from '../../go-text.ts';
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readHttpUrl, readSecretOrFile } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';
import { withSlash } from './opsgenie.ts';

export interface WechatConfig extends HttpReceiverConfig {
  /** Undefined only where problems were found. */
  readonly apiSecret: SecretSource | undefined;
  readonly corpId: string;
  readonly message: string;
  /** Ends in a slash. */
  readonly apiUrl: string;
  readonly toUser: string;
  readonly toParty: string;
  readonly toTag: string;
  readonly agentId: string;
  readonly messageType: 'text' | 'markdown';
}

export function readWechat(section: YamlSection, global: NotificationGlobal): WechatConfig {
  const apiSecret = readSecretOrFile(section, 'api_secret') ?? global.wechatApiSecret;
  const corpId = section.string('corp_id') || global.wechatApiCorpId;
  if (apiSecret === undefined) {
    section.problem(undefined, 'no global Wechat Api Secret set either inline or in a file');
  } else if (corpId === '') {
    section.problem(undefined, 'no global Wechat CorpID set');
  }
  const template = (name: string): string => defaultTemplate(`wechat.default.${name}`);
  const messageType = section.choice(
    'message_type',
    ['', 'text', 'markdown'] as const,
    '',
    (text) => `weChat message type ${quote(text)} does not match valid options ^(text|markdown)$`,
  );
  return {
    ...readHttpBase(section, global, false),
    apiSecret,
    corpId,
    message: section.string('message', template('message')),
    apiUrl: withSlash(readHttpUrl(section, 'api_url') ?? global.wechatApiUrl),
    toUser: section.string('to_user', template('to_user')),
    toParty: section.string('to_party', template('to_party')),
    toTag: section.string('to_tag', template('to_tag')),
    agentId: section.string('agent_id', template('agent_id')),
    messageType: messageType === '' ? 'text' : messageType,
  };
}
