/** Why an alert fired or not at a time, and why somebody was told of it or not. */
import type {
  AlertDecision,
  AlertDecisionSource,
  DecidedAlert,
} from '../../model/alert-decisions.ts';
import { AlertMatcher, matchesAlert } from '../../model/alert-matchers/alert-matcher.ts';
import type { Labels } from '../../model/labels.ts';
import { explainRoutes } from '../../notify/explain-routes.ts';
import { QueryError } from '../../promql/engine/query-error.ts';
import type { AlertingRule } from '../../rules/evaluation/alerting-rule.ts';
import type { RuleGroup } from '../../rules/evaluation/rule-group.ts';
import type { RuleQuery } from '../../rules/evaluation/rule-query.ts';
import { type ExpressionPart, explainExpression } from '../../rules/why/explain-expression.ts';
import type { NotificationSource } from '../alertmanager/alertmanager-deps.ts';
import { timeText, type Verdict, verdictOf } from './verdict.ts';

export interface WhyDeps {
  readonly decisions: AlertDecisionSource;
  readonly source: NotificationSource;
  readonly groups: () => readonly RuleGroup[];
  readonly query: RuleQuery;
  readonly now: () => number;
}

export interface WhyQuestion {
  /** '' when alerts are asked for by matchers. */
  readonly fingerprint: string;
  readonly matchers: readonly AlertMatcher[];
  readonly fromMs: number;
  readonly timeMs: number;
  readonly alertsMax: number;
  readonly decisionsMax: number;
}

/** What holds now may be told, too, when a time this close to now is asked for. */
const NOW_MS = 30_000;
const RULES_MAX = 5;

export async function answerWhy(
  question: WhyQuestion,
  deps: WhyDeps,
  signal: AbortSignal,
): Promise<unknown> {
  const { timeMs } = question;
  const alerts = await findAlerts(question, deps, signal);
  const answered: { readonly verdict: Verdict }[] = [];
  for (const { fingerprint, labels } of alerts) {
    const decisions = await deps.decisions.decisions(
      fingerprint,
      timeMs,
      question.decisionsMax,
      signal,
    );
    answered.push(alertAnswer(fingerprint, labels, decisions, question, deps));
  }
  // One that fires needs no other explanation than its decisions.
  const isFiring = answered.some(({ verdict }) => verdict.state === 'firing');
  const rules = isFiring ? [] : await explainRules(question, alerts, deps, signal);
  return { time: timeText(timeMs), alerts: answered, rules };
}

async function findAlerts(
  question: WhyQuestion,
  { decisions, source, now }: WhyDeps,
  signal: AbortSignal,
): Promise<readonly Pick<DecidedAlert, 'fingerprint' | 'labels'>[]> {
  const { fingerprint, matchers, fromMs, timeMs, alertsMax } = question;
  if (fingerprint !== '') {
    const [last] = await decisions.decisions(fingerprint, timeMs, 1, signal);
    const labels = last?.labels ?? source.engine.alertOf(fingerprint)?.labels;
    return labels === undefined ? [] : [{ fingerprint, labels }];
  }
  const range = { fromMs, toMs: timeMs };
  const found = new Map<string, Labels>();
  for (const one of await decisions.alerts(matchers, range, alertsMax, signal)) {
    found.set(one.fingerprint, one.labels);
  }
  if (now() - timeMs <= NOW_MS) {
    for (const [known, alert] of source.engine.alerts()) {
      if (found.size >= alertsMax) break;
      if (matchesAlert(matchers, alert.labels)) found.set(known, alert.labels);
    }
  }
  return [...found].map(([known, labels]) => ({ fingerprint: known, labels }));
}

function alertAnswer(
  fingerprint: string,
  labels: Labels,
  decisions: readonly AlertDecision[],
  { timeMs }: WhyQuestion,
  { source, now }: WhyDeps,
) {
  const { engine, config } = source;
  const telling = new Set(
    config.receivers.filter(({ integrations }) => integrations.length > 0).map(({ name }) => name),
  );
  const routes = explainRoutes(engine.routes, labels).map(({ isTaken, ...route }) => {
    return { ...route, taken: isTaken };
  });
  return {
    fingerprint,
    labels: labels.toRecord(),
    // A receiver of before may be gone: then decisions tell what it did.
    verdict: verdictOf(decisions, (name) => {
      return telling.has(name) || config.receivers.every((receiver) => receiver.name !== name);
    }),
    decisions: decisions.map(decisionJson),
    /** By the configuration of now. */
    routes,
    ...(now() - timeMs <= NOW_MS && engine.alertOf(fingerprint) !== undefined
      ? {
          now: {
            ...engine.silencersOf(fingerprint, labels),
            groups: groupsOf(fingerprint, source),
          },
        }
      : {}),
  };
}

/** The groups that have the alert now, and when they speak next. */
function groupsOf(fingerprint: string, { engine }: NotificationSource) {
  return [...engine.groups()]
    .filter(({ alerts }) => alerts.has(fingerprint))
    .map((group) => ({
      groupKey: group.key,
      receiver: group.route.options.receiver,
      nextFlush: timeText(group.nextFlushAtMs),
      mutedBy: engine.muteOf(group)?.by ?? [],
    }));
}

function decisionJson(decision: AlertDecision) {
  const { atMs, kind, reason, value, ruleGroup, receiver, integration, groupKey, by } = decision;
  const { attemptCount } = decision;
  return {
    time: timeText(atMs),
    kind,
    reason,
    ...(Number.isNaN(value) ? {} : { value: String(value) }),
    ...(ruleGroup === '' ? {} : { ruleGroup }),
    ...(receiver === '' ? {} : { receiver, groupKey }),
    ...(integration === '' ? {} : { integration }),
    ...(by.length === 0 ? {} : { by }),
    ...(attemptCount === 0 ? {} : { attempts: attemptCount }),
  };
}

/** Rules that make the alert, with what their expressions gave at the time. */
async function explainRules(
  { matchers, timeMs }: WhyQuestion,
  alerts: readonly Pick<DecidedAlert, 'labels'>[],
  { groups, query }: WhyDeps,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const named = matchers.filter(({ name }) => name === 'alertname');
  const known = new Set(alerts.map(({ labels }) => labels.get('alertname')));
  const isAsked = (name: string): boolean => {
    if (named.length === 0) return known.has(name);
    return named.every((matcher) => matcher.matches(name));
  };
  const asked = groups().flatMap((group) =>
    group.alertingRules.filter(({ name }) => isAsked(name)).map((rule) => ({ group, rule })),
  );
  // One alert is explained by its own labels, several by those that they are asked for by.
  const [only] = alerts.length === 1 ? alerts : [];
  const own =
    only === undefined
      ? matchers
      : [...only.labels.entries()].map(([name, value]) => new AlertMatcher('=', name, value));
  return Promise.all(
    asked.slice(0, RULES_MAX).map(({ group, rule }) => {
      return ruleAnswer(group, rule, own, timeMs, query, signal);
    }),
  );
}

async function ruleAnswer(
  group: RuleGroup,
  rule: AlertingRule,
  matchers: readonly AlertMatcher[],
  timeMs: number,
  query: RuleQuery,
  signal: AbortSignal,
) {
  const set = new Set(['alertname', ...rule.labels.map(([name]) => name)]);
  const asked = matchers.filter(({ name }) => !set.has(name));
  const head = {
    name: rule.name,
    file: group.file,
    group: group.name,
    query: rule.exprText,
    health: rule.health,
    ...(rule.lastError === '' ? {} : { lastError: rule.lastError }),
  };
  try {
    const atMs = timeMs - group.queryOffsetMs;
    const { root, why } = await explainExpression(rule.expr, asked, atMs, query, signal);
    return { ...head, text: ruleText(rule, root, why), expression: partJson(root) };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { ...head, text: `Its expression could not be evaluated: ${error.message}` };
  }
}

function ruleText(rule: AlertingRule, root: ExpressionPart, why: string): string {
  if (why !== '') return `It did not fire: ${why}.`;
  const [sample] = root.samples;
  const value = sample === undefined ? '' : `, ${sample.value} for ${sample.labels.toString()}`;
  if (rule.forMs === 0) return `Its expression has ${root.count} results${value}: it was to fire.`;
  return (
    `Its expression has ${root.count} results${value}, ` +
    `but that had not lasted for the ${rule.forMs / 1000} s of "for".`
  );
}

function partJson({ expr, count, samples, parts }: ExpressionPart): unknown {
  return {
    expr,
    count,
    samples: samples.map(({ labels, value }) => {
      return { labels: labels.toRecord(), value: String(value) };
    }),
    ...(parts.length === 0 ? {} : { parts: parts.map(partJson) }),
  };
}
