/** Reads an entry of `opsgenie_configs`. */
import type { SecretSource } from '../../secret.ts';
import type { YamlSection } from '../../yaml-section.ts';
import { readHttpUrl, readSecretOrFile, readSections } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface OpsgenieResponder {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  /** `team`, `teams`, `user`, `escalation`, `schedule`, or a template. */
  readonly type: string;
}

export interface OpsgenieConfig extends HttpReceiverConfig {
  readonly apiKey: SecretSource | undefined;
  /** Ends in a slash. */
  readonly apiUrl: string;
  readonly message: string;
  readonly description: string;
  readonly source: string;
  readonly details: Readonly<Record<string, string>>;
  readonly entity: string;
  readonly responders: readonly OpsgenieResponder[];
  readonly actions: string;
  readonly tags: string;
  readonly note: string;
  readonly priority: string;
  readonly updateAlerts: boolean;
}

const TYPES = '^(team|teams|user|escalation|schedule)$';

export function readOpsgenie(section: YamlSection, global: NotificationGlobal): OpsgenieConfig {
  const apiKey = readSecretOrFile(section, 'api_key') ?? global.opsgenieApiKey;
  if (apiKey === undefined) {
    const text = 'no global OpsGenie API Key set either inline or in a file';
    section.problem(undefined, text);
  }
  return {
    ...readHttpBase(section, global),
    apiKey,
    apiUrl: withSlash(readHttpUrl(section, 'api_url') ?? global.opsgenieApiUrl),
    message: section.string('message', defaultTemplate('opsgenie.default.message')),
    description: section.string('description', defaultTemplate('opsgenie.default.description')),
    source: section.string('source', defaultTemplate('opsgenie.default.source')),
    details: section.stringMap('details'),
    entity: section.string('entity'),
    responders: readSections(
      section,
      'responders',
      'opsgenie.OpsGenieConfigResponder',
      readResponder,
    ),
    actions: section.string('actions'),
    tags: section.string('tags'),
    note: section.string('note'),
    priority: section.string('priority'),
    updateAlerts: section.boolean('update_alerts'),
  };
}

function readResponder(section: YamlSection): OpsgenieResponder {
  const id = section.string('id');
  const name = section.string('name');
  const username = section.string('username');
  const given = section.string('type');
  const type = given.includes('{{') ? given : given.toLowerCase();
  const shown = (what: string): string => `{${id} ${name} ${username} ${what}}`;
  if (id === '' && username === '' && name === '') {
    const text = `opsGenieConfig responder ${shown(given)} has to have at least one of id, username or name specified`;
    section.problem(undefined, text);
  } else if (!type.includes('{{') && !new RegExp(TYPES).test(type)) {
    const text = `opsGenieConfig responder ${shown(type)} type does not match valid options ${TYPES}`;
    section.problem('type', text);
  }
  return { id, name, username, type };
}

/** The URL with its path ending in a slash. */
export function withSlash(url: string): string {
  const [, before = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(url) ?? [];
  return before.endsWith('/') ? url : `${before}/${rest}`;
}
