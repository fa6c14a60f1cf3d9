/** Reads an entry of `jira_configs`. */
import { isScalar } from 'yaml';
import { YamlSection } from '../../yaml-section.ts';
import { readHttpUrl } from '../read-fields.ts';
import type { NotificationGlobal } from '../read-global.ts';
import { readYamlValue, type YamlValue } from '../yaml-value.ts';
import { defaultTemplate, type HttpReceiverConfig, readHttpBase } from './base.ts';

export interface JiraField {
  readonly template: string;
  /** The field is written again when the issue is updated. */
  readonly isUpdated: boolean;
}

export interface JiraConfig extends HttpReceiverConfig {
  /** Undefined only where problems were found. */
  readonly apiUrl: string | undefined;
  readonly apiType: 'auto' | 'cloud' | 'datacenter';
  readonly project: string;
  readonly issueType: string;
  readonly summary: JiraField;
  readonly description: JiraField;
  readonly labels: readonly string[];
  readonly priority: string;
  readonly reopenTransition: string;
  readonly resolveTransition: string;
  readonly wontFixResolution: string;
  /** 0: a resolved issue is never opened again. */
  readonly reopenDurationMs: number;
  readonly fields: Readonly<Record<string, YamlValue>>;
}

export function readJira(section: YamlSection, global: NotificationGlobal): JiraConfig {
  const project = section.string('project');
  if (project === '') section.problem(undefined, 'missing project in jira_config');
  const issueType = section.string('issue_type');
  if (project !== '' && issueType === '') {
    section.problem(undefined, 'missing issue_type in jira_config');
  }
  const apiUrl = readHttpUrl(section, 'api_url') ?? global.jiraApiUrl;
  if (apiUrl === undefined) section.problem(undefined, 'no global Jira Cloud URL set');
  const entries = section.entries('fields', 'map[string]interface {}');
  return {
    ...readHttpBase(section, global),
    apiUrl,
    apiType: section.choice('api_type', ['auto', 'cloud', 'datacenter'] as const, 'auto', () => {
      return 'unknown api_type on jira_config, must be auto, cloud or datacenter';
    }),
    project,
    issueType,
    summary: readField(section, 'summary'),
    description: readField(section, 'description'),
    labels: section.strings('labels'),
    priority: section.string('priority', defaultTemplate('jira.default.priority')),
    reopenTransition: section.string('reopen_transition'),
    resolveTransition: section.string('resolve_transition'),
    wontFixResolution: section.string('wont_fix_resolution'),
    reopenDurationMs: section.durationMs('reopen_duration'),
    fields: Object.fromEntries(
      entries.map(([name, , value]) => [name, readYamlValue(section.reader, value)]),
    ),
  };
}

/** A template alone, or with a word on updates. */
function readField(parent: YamlSection, name: 'summary' | 'description'): JiraField {
  const absent = defaultTemplate(`jira.default.${name}`);
  const node = parent.valueNode(name);
  if (node === undefined || isScalar(node)) {
    return { template: parent.string(name, absent), isUpdated: true };
  }
  const section = new YamlSection(parent.reader, node, 'jira.plain');
  const field: JiraField = {
    template: section.string('template', absent),
    isUpdated: section.boolean('enable_update', true),
  };
  section.finish();
  return field;
}
