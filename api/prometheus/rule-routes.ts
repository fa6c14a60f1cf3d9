/** Rules and alerts, at Prometheus' paths; texts are those of its `web/api/v1/api.go`. */
import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { formatGoE } from '../../model/go-float.ts';
import { quoteGo } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { ActiveAlert, RuleState } from '../../rules/evaluation/active-alert.ts';
import { AlertingRule } from '../../rules/evaluation/alerting-rule.ts';
import type { Rule, RuleGroup } from '../../rules/evaluation/rule-group.ts';
import type { RuleLabels } from '../../rules/file/rule-file.ts';
import { invalidParameter } from './api-error.ts';
import { success } from './envelope.ts';
import { readMatcherSets } from './matcher-params.ts';
import { Params, readParams } from './params.ts';

export interface RuleSource {
  /** By file, then by name. */
  readonly groups: readonly RuleGroup[];
}

/** Go prints a time that never was so. */
const NEVER = '0001-01-01T00:00:00Z';
/** Go's `ParseInt` with 32 bits. */
const GROUP_LIMIT_MAX = 2 ** 31 - 1;

const STATE_ORDER: readonly RuleState[] = ['firing', 'pending', 'inactive', 'unknown'];

export function ruleRoutes(source: RuleSource): Hono {
  const app = new Hono();
  app.on(['GET', 'POST'], '/rules', async (c) => {
    const filter = readFilter(await readParams(c), queryParams(c));
    return success(c, rulesAnswer(source.groups, filter));
  });
  app.on(['GET', 'POST'], '/alerts', (c) => {
    const rules = source.groups.flatMap((group) => group.alertingRules).toSorted(byStateAndName);
    return success(c, { alerts: rules.flatMap((rule) => rule.activeAlerts.map(alertAnswer)) });
  });
  return app;
}

/** Parameters that Prometheus reads from the URL only, even of a POST. */
function queryParams(c: Context): Params {
  return new Params(new URL(c.req.url).searchParams);
}

interface RuleFilter {
  readonly names: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
  readonly matcherSets: readonly (readonly Matcher[])[];
  readonly kind: Rule['kind'] | undefined;
  readonly excludesAlerts: boolean;
  /** Undefined: all. */
  readonly groupsMax: number | undefined;
  /** '' from the first. */
  readonly nextToken: string;
}

/** @throws ApiError */
function readFilter(form: Params, query: Params): RuleFilter {
  const matcherSets = readMatcherSets(form.all('match[]'));
  const type = query.get('type').toLowerCase();
  if (!['', 'alert', 'record'].includes(type)) {
    throw invalidParameter('type', `not supported value ${quoteGo(type)}`);
  }
  return {
    names: new Set(form.all('rule_name[]')),
    groups: new Set(form.all('rule_group[]')),
    files: new Set(form.all('file[]')),
    matcherSets,
    kind: type === '' ? undefined : type === 'alert' ? 'alerting' : 'recording',
    excludesAlerts: readExcludeAlerts(query.get('exclude_alerts').toLowerCase()),
    ...readPage(query.get('group_limit'), query.get('group_next_token')),
  };
}

/** What Go's `ParseBool` takes, in lower case. */
function readExcludeAlerts(text: string): boolean {
  if (['1', 't', 'true'].includes(text)) return true;
  if (['', '0', 'f', 'false'].includes(text)) return false;
  const problem = `strconv.ParseBool: parsing ${quoteGo(text)}: invalid syntax`;
  throw invalidParameter('exclude_alerts', `error converting exclude_alerts: ${problem}`);
}

function readPage(limit: string, nextToken: string): Pick<RuleFilter, 'groupsMax' | 'nextToken'> {
  if (limit === '') {
    if (nextToken === '') return { groupsMax: undefined, nextToken };
    const problem = 'group_limit needs to be present in order to paginate over the groups';
    throw invalidParameter('group_next_token', problem);
  }
  const groupsMax = Number(limit);
  const isNumber = /^[+-]?\d+$/.test(limit);
  if (!isNumber || Math.abs(groupsMax) > GROUP_LIMIT_MAX) {
    const reason = isNumber ? 'value out of range' : 'invalid syntax';
    const problem = `strconv.ParseInt: parsing ${quoteGo(limit)}: ${reason}`;
    throw invalidParameter('group_limit', `group_limit needs to be a valid number: ${problem}`);
  }
  if (groupsMax <= 0) {
    throw invalidParameter('group_limit', 'group_limit needs to be greater than 0');
  }
  return { groupsMax, nextToken };
}

function rulesAnswer(groups: readonly RuleGroup[], filter: RuleFilter): unknown {
  const { groupsMax, nextToken } = filter;
  const first = nextToken === '' ? 0 : groups.findIndex((group) => tokenOf(group) === nextToken);
  if (first < 0) {
    throw invalidParameter(
      'group_next_token',
      `invalid group_next_token '${nextToken}'. were rule groups changed?`,
    );
  }
  const answers: unknown[] = [];
  for (const group of groups.slice(first)) {
    const rules = wantedRules(group, filter);
    if (rules.length === 0) continue;
    if (answers.length === groupsMax) {
      return { groups: answers, groupNextToken: tokenOf(group) };
    }
    answers.push(groupAnswer(group, rules, filter.excludesAlerts));
  }
  return { groups: answers };
}

function wantedRules(group: RuleGroup, filter: RuleFilter): readonly Rule[] {
  const { names, groups, files, matcherSets, kind } = filter;
  if (groups.size > 0 && !groups.has(group.name)) return [];
  if (files.size > 0 && !files.has(group.file)) return [];
  return group.rules.filter(
    (rule) =>
      (kind === undefined || rule.kind === kind) &&
      (names.size === 0 || names.has(rule.name)) &&
      (matcherSets.length === 0 || matcherSets.some((set) => matches(set, rule.labels))),
  );
}

function matches(matchers: readonly Matcher[], labels: RuleLabels): boolean {
  return matchers.every((matcher) => {
    const found = labels.find(([name]) => name === matcher.name);
    return matcher.matches(found?.[1] ?? '');
  });
}

function tokenOf(group: RuleGroup): string {
  return createHash('sha256').update(group.key).digest('hex');
}

function groupAnswer(group: RuleGroup, rules: readonly Rule[], excludesAlerts: boolean): unknown {
  return {
    name: group.name,
    file: group.file,
    rules: rules.map((rule) => ruleAnswer(rule, excludesAlerts)),
    interval: group.intervalMs / 1000,
    limit: group.limit,
    evaluationTime: group.lastDurationMs / 1000,
    lastEvaluation: timeText(group.lastEvaluationMs),
  };
}

function ruleAnswer(rule: Rule, excludesAlerts: boolean): unknown {
  const health = {
    health: rule.health,
    ...(rule.lastError === '' ? {} : { lastError: rule.lastError }),
    evaluationTime: rule.lastDurationMs / 1000,
    lastEvaluation: timeText(rule.lastEvaluationMs),
    // Ours.
    ...(rule.warnings.length === 0 ? {} : { warnings: rule.warnings }),
  };
  const { name, exprText: query } = rule;
  const labels = Object.fromEntries(rule.labels);
  if (!(rule instanceof AlertingRule)) return { name, query, labels, ...health, type: 'recording' };
  return {
    state: rule.state,
    name,
    query,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    labels,
    annotations: Object.fromEntries(rule.annotations),
    alerts: excludesAlerts ? null : rule.activeAlerts.map(alertAnswer),
    ...health,
    type: 'alerting',
  };
}

function alertAnswer(alert: Readonly<ActiveAlert>): unknown {
  const { keepFiringSinceMs } = alert;
  return {
    labels: alert.labels.toRecord(),
    annotations: alert.annotations.toRecord(),
    state: alert.state,
    activeAt: timeText(alert.activeAtMs),
    ...(keepFiringSinceMs === undefined ? {} : { keepFiringSince: timeText(keepFiringSinceMs) }),
    value: formatGoE(alert.value),
  };
}

function timeText(timeMs: number | undefined): string {
  return timeMs === undefined ? NEVER : new Date(timeMs).toISOString();
}

function byStateAndName(a: AlertingRule, b: AlertingRule): number {
  const order = STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state);
  return order || (a.name < b.name ? -1 : Number(a.name > b.name));
}
