/** Reads an entry of `victorops_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readHttpUrl, readSecretOrFile } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';
import { withSlash } from './opsgenie.ts';

export interface VictoropsConfig extends HttpReceiverConfig {
  /** Undefined only where problems were found. */
  readonly apiKey: SecretSource | undefined;
  /** Ends in a slash. */
  readonly apiUrl: string;
  readonly routingKey: string;
  readonly messageType: string;
  readonly stateMessage: string;
  readonly entityDisplayName: string;
  readonly monitoringTool: string;
  readonly customFields: Readonly<Record<string, string>>;
}

const RESERVED_FIELDS = [
  'routing_key',
  'message_type',
  'state_message',
  'entity_display_name',
  'monitoring_tool',
  'entity_id',
  'entity_state',
];

export function readVictorops(section: YamlSection, global: NotificationGlobal): VictoropsConfig {
  const routingKey = section.string('routing_key');
  if (routingKey === '') section.problem(undefined, 'missing Routing key in VictorOps config');
  const customFields = section.stringMap('custom_fields');
  for (const name of RESERVED_FIELDS) {
    if (customFields[name] === undefined) continue;
    const text = `victorOps config contains custom field ${name} which cannot be used as it conflicts with the fixed/static fields`;
    section.problem('custom_fields', text);
  }
  const apiKey = readSecretOrFile(section, 'api_key') ?? global.victoropsApiKey;
  if (apiKey === undefined) section.problem(undefined, 'no global VictorOps API Key set');
  const template = (name: string): string => defaultTemplate(`victorops.default.${name}`);
  return {
    ...readHttpBase(section, global),
    apiKey,
    apiUrl: withSlash(readHttpUrl(section, 'api_url') ?? global.victoropsApiUrl),
    routingKey,
    messageType: section.string('message_type', 'CRITICAL'),
    stateMessage: section.string('state_message', template('state_message')),
    entityDisplayName: section.string('entity_display_name', template('entity_display_name')),
    monitoringTool: section.string('monitoring_tool', template('monitoring_tool')),
    customFields,
  };
}
