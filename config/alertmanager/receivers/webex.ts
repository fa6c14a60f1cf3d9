/** Reads an entry of `webex_configs`. */
import type { YamlSection } from '../../yaml-section.ts';
import { readHttpUrl } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface WebexConfig extends HttpReceiverConfig {
  readonly apiUrl: string;
  readonly message: string;
  readonly roomId: string;
}

export function readWebex(section: YamlSection, global: NotificationGlobal): WebexConfig {
  const roomId = section.string('room_id');
  const base = readHttpBase(section, global);
  const hasOwnHttp = section.valueNode('http_config') !== undefined;
  if (roomId === '') {
    section.problem(undefined, 'missing room_id on webex_config');
  } else if (!hasOwnHttp || base.http.authorization === undefined) {
    section.problem(undefined, 'missing webex_configs.http_config.authorization');
  }
  return {
    ...base,
    apiUrl: readHttpUrl(section, 'api_url') ?? global.webexApiUrl,
    message: section.string('message', defaultTemplate('webex.default.message')),
    roomId,
  };
}
