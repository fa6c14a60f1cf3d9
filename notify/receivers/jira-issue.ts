/** Issues of Jira: what is searched for and what is written. */
import type { JiraConfig } from '../../config/alertmanager/receivers/jira.ts';
import { quote } from '../../config/go-text.ts';
import { expandYaml } from './expand-yaml.ts';
import type { GoJsonValue } from './go-json.ts';
import { joinPath } from './go-url-text.ts';
import { MessageError, messageError } from './message-error.ts';
import { truncateRunes } from './truncate.ts';

const SUMMARY_RUNES_MAX = 255;
const DESCRIPTION_RUNES_MAX = 32_767;
const MINUTE_MS = 60_000;

type Expand = (template: string) => string;

/** What we know the issues of a group by. */
function groupLabel(groupHash: string): string {
  return `ALERT{${groupHash}}`;
}

/** Open issues of the group, and those that may be opened again. @throws MessageError */
export function searchQuery(
  config: JiraConfig,
  groupHash: string,
  isFiring: boolean,
  expand: Expand,
): string {
  const { wontFixResolution, reopenTransition, reopenDurationMs } = config;
  const minutes = Math.trunc(reopenDurationMs / MINUTE_MS);
  const mayReopen = isFiring && reopenTransition !== '' && minutes > 0;
  const project = templated(() => expand(config.project), 'invalid project template or value');
  return [
    // `!=` alone would leave out the issues that have no resolution.
    wontFixResolution === ''
      ? ''
      : `(resolution is EMPTY or resolution != ${quote(wontFixResolution)}) and `,
    mayReopen
      ? `(resolutiondate is EMPTY OR resolutiondate >= -${minutes}m) and `
      : 'statusCategory != Done and ',
    `project=${quote(project)} and labels=${quote(groupLabel(groupHash))} order by status ASC,resolutiondate DESC`,
  ].join('');
}

/** Jira Cloud has another path than Jira Data Center. */
export function searchUrl(apiUrl: string, apiType: JiraConfig['apiType']): string {
  const isCloud =
    apiType === 'cloud' || (apiType === 'auto' && new URL(apiUrl).host.endsWith('atlassian.net'));
  if (!isCloud) return joinPath(apiUrl, 'search');
  return joinPath(apiUrl, 'search/jql').replace('/rest/api/2/', '/rest/api/3/');
}

/** @param isUpdate of an issue that is there. @throws MessageError */
export function issueFields(
  config: JiraConfig,
  groupHash: string,
  isUpdate: boolean,
  expand: Expand,
): ReadonlyMap<string, GoJsonValue> {
  const part = (what: string, template: string): string =>
    templated(() => expand(template), `${what} template`);
  const summary = truncateRunes(part('summary', config.summary.template), SUMMARY_RUNES_MAX);
  const project = part('project', config.project);
  const issueType = part('issue_type', config.issueType);
  const own = templated(
    () =>
      Object.entries(config.fields).map(
        ([name, value]) => [name, expandYaml(value, expand)] as const,
      ),
    'fields template',
  );
  const description = issueDescription(config, part('description', config.description.template));
  const labels = config.labels.map((label, at) => part(`labels[${at}]`, label));
  const priority = part('priority', config.priority);
  const isWritten = (field: JiraConfig['summary']): boolean => !isUpdate || field.isUpdated;
  return new Map<string, GoJsonValue>([
    ['summary', isWritten(config.summary) ? summary : undefined],
    ['description', isWritten(config.description) ? description : undefined],
    ['issuetype', named(issueType)],
    ['labels', [...labels, groupLabel(groupHash)].sort()],
    ['priority', priority === '' ? undefined : named(priority)],
    ['project', { key: project }],
    ...own,
  ]);
}

/** Version 3 takes documents, version 2 text. */
function issueDescription({ apiUrl = '' }: JiraConfig, text: string): GoJsonValue {
  const cut = truncateRunes(text, DESCRIPTION_RUNES_MAX);
  if (!new URL(apiUrl).pathname.replace(/\/+$/, '').endsWith('/3')) {
    return cut === '' ? undefined : cut;
  }
  if (cut.trim() === '') return undefined;
  try {
    return JSON.parse(cut) as GoJsonValue;
  } catch (cause) {
    throw new MessageError('description template: invalid JSON for API v3', { cause });
  }
}

function named(name: string): GoJsonValue {
  return { name: name === '' ? undefined : name };
}

function templated<T>(expand: () => T, what: string): T {
  try {
    return expand();
  } catch (error) {
    throw messageError(what, error);
  }
}
