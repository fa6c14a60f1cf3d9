/** Jira: an issue of the group, created, updated, resolved and opened again. */
import type { JiraConfig } from '../../config/alertmanager/receivers/jira.ts';
import type { Notifier, NotifyResult } from '../notifier.ts';
import type { GoJsonValue } from './go-json.ts';
import { joinPath } from './go-url-text.ts';
import { groupKeyHash } from './group-key-hash.ts';
import { httpNotifier, type ServiceAttempt } from './http-notifier.ts';
import type { HttpOutcome } from './http-send.ts';
import { issueFields, searchQuery, searchUrl } from './jira-issue.ts';
import { isObject, parseJsonObject, textOf } from './json-answer.ts';
import { withPrefix } from './post-json.ts';
import type { ReceiverContext } from './receiver.ts';

const RULES = { retryStatuses: [429] } as const;
const HEADERS = { 'accept-language': 'en' } as const;
/** One is enough to write to; two show that it is not the only one. */
const FOUND_MAX = 2;

interface Issue {
  readonly key: string;
  /** `done`, `new`, `indeterminate`; '' when it is not known. */
  readonly statusCategory: string;
}

type Found =
  | { readonly kind: 'found'; readonly issue: Issue | undefined }
  | { readonly kind: 'refused'; readonly result: NotifyResult };

export function jiraNotifier(config: JiraConfig, context: ReceiverContext): Notifier {
  return httpNotifier(config, context, async (attempt) => {
    const groupHash = groupKeyHash(attempt.notification.groupKey);
    const found = await findIssue(config, attempt, groupHash);
    if (found.kind === 'refused') {
      return withPrefix('failed to look up existing issues: ', found.result);
    }
    const { issue } = found;
    const isFiring = attempt.notification.status === 'firing';
    if (issue === undefined && !isFiring) return { kind: 'sent' };
    const written = await writeIssue(config, attempt, groupHash, issue);
    if (written.kind === 'failed' || issue === undefined) return written;
    const isDone = issue.statusCategory === 'done';
    const transition = isFiring ? config.reopenTransition : config.resolveTransition;
    const isDue = issue.statusCategory !== '' && isDone === isFiring;
    return isDue && transition !== '' ? moveIssue(config, attempt, issue, transition) : written;
  });
}

async function findIssue(
  config: JiraConfig,
  attempt: ServiceAttempt,
  groupHash: string,
): Promise<Found> {
  const isFiring = attempt.notification.status === 'firing';
  const jql = searchQuery(config, groupHash, isFiring, (template) => attempt.text(template));
  const outcome = await attempt.sendJson({
    url: searchUrl(config.apiUrl ?? '', config.apiType),
    headers: HEADERS,
    body: { fields: ['status'], jql, maxResults: FOUND_MAX },
  });
  const judged = attempt.judge(outcome, RULES);
  if (outcome.kind === 'failed' || judged.kind === 'failed') {
    return { kind: 'refused', result: withPrefix('HTTP request to JIRA API: ', judged) };
  }
  const answer = parseJsonObject(outcome.text);
  if (answer === undefined) return { kind: 'refused', result: notJson() };
  const issues: unknown = answer['issues'];
  const first: unknown = Array.isArray(issues) ? issues[0] : undefined;
  return { kind: 'found', issue: isObject(first) ? readIssue(first) : undefined };
}

function readIssue(json: Readonly<Record<string, unknown>>): Issue {
  const { key, fields } = json;
  const status = isObject(fields) ? fields['status'] : undefined;
  const category = isObject(status) ? status['statusCategory'] : undefined;
  return { key: textOf(key), statusCategory: isObject(category) ? textOf(category['key']) : '' };
}

async function writeIssue(
  config: JiraConfig,
  attempt: ServiceAttempt,
  groupHash: string,
  issue: Issue | undefined,
): Promise<NotifyResult> {
  const fields = issueFields(config, groupHash, issue !== undefined, (template) =>
    attempt.text(template),
  );
  const method = issue === undefined ? 'POST' : 'PUT';
  const path = issue === undefined ? 'issue' : `issue/${issue.key}`;
  const outcome = await call(config, attempt, { method, path, body: { fields } });
  return withPrefix(`failed to ${method} request to "${path}": `, attempt.judge(outcome, RULES));
}

/** By the name of a transition, for they have numbers of their own in each project. */
async function moveIssue(
  config: JiraConfig,
  attempt: ServiceAttempt,
  { key }: Issue,
  transition: string,
): Promise<NotifyResult> {
  const path = `issue/${key}/transitions`;
  const listed = await attempt.send({
    method: 'GET',
    url: joinPath(config.apiUrl ?? '', path),
    headers: { ...HEADERS, 'content-type': 'application/json' },
  });
  const judged = attempt.judge(listed, RULES);
  if (listed.kind === 'failed' || judged.kind === 'failed') return judged;
  const transitions: unknown = parseJsonObject(listed.text)?.['transitions'];
  const wanted: unknown = Array.isArray(transitions)
    ? transitions.find((one: unknown) => isObject(one) && one['name'] === transition)
    : undefined;
  if (!isObject(wanted)) {
    const message = `can't find transition ${transition} for issue ${key}`;
    return { kind: 'failed', retry: false, reason: 'other', message };
  }
  const body = { transition: { id: textOf(wanted['id']) } };
  return attempt.judge(await call(config, attempt, { method: 'POST', path, body }), RULES);
}

interface Call {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: GoJsonValue;
}

function call(
  config: JiraConfig,
  attempt: ServiceAttempt,
  { path, ...more }: Call,
): Promise<HttpOutcome> {
  return attempt.sendJson({ ...more, url: joinPath(config.apiUrl ?? '', path), headers: HEADERS });
}

function notJson(): NotifyResult {
  const message = 'the answer is not an object of JSON';
  return { kind: 'failed', retry: false, reason: 'other', message };
}
