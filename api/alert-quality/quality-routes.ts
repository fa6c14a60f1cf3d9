/** How good the alerts of the rules that run are: `GET /alert-quality`. */
import { Hono } from 'hono';
import { METRIC_NAME } from '../../model/labels.ts';
import type { LabelSource, SampleSource, TimeRangeMs } from '../../model/source.ts';
import type { Expr } from '../../promql/ast.ts';
import { walkExpr } from '../../promql/parser/walk.ts';
import type { AlertEpisode } from '../../rules/back-test/alert-episodes.ts';
import { alertQuality } from '../../rules/back-test/alert-quality.ts';
import { storedAlerts } from '../../rules/back-test/stored-alerts.ts';
import type { AlertingRule } from '../../rules/evaluation/alerting-rule.ts';
import type { RuleGroup } from '../../rules/evaluation/rule-group.ts';
import { nightTest } from '../back-test/notification-summary.ts';
import { invalidParameter } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';
import { readParams } from '../prometheus/params.ts';

export interface AlertQualityDeps {
  readonly groups: () => readonly RuleGroup[];
  readonly source: SampleSource;
  readonly labels: Pick<LabelSource, 'series'>;
  readonly samplesMax: number;
  readonly now: () => number;
}

const DAY_MS = 86_400_000;
const SPAN_MS_DEFAULT = 7 * DAY_MS;
const SPAN_MS_MAX = 90 * DAY_MS;
const NIGHT = { nightStartMinute: 22 * 60, nightEndMinute: 7 * 60 };

export function alertQualityRoutes(deps: AlertQualityDeps): Hono {
  const app = new Hono();
  app.get('/alert-quality', async (c) => {
    const params = await readParams(c);
    const sinceMs = params.get('since') === '' ? SPAN_MS_DEFAULT : params.durationMs('since');
    if (sinceMs <= 0 || sinceMs > SPAN_MS_MAX) throw invalidParameter('since', 'up to 90d');
    const endMs = deps.now();
    const range = { startMs: endMs - sinceMs, endMs };
    const timezone = readZone(params.get('timezone'));
    const { signal } = c.req.raw;
    const all = await storedAlerts(deps.source, { ...range, samplesMax: deps.samplesMax }, signal);
    const byName = Map.groupBy(all, ({ labels }) => labels.get('alertname'));
    const isAtNight = nightTest({ timezone, ...NIGHT });
    const finder = new MissingMetrics(deps.labels, range, signal);
    const rules: unknown[] = [];
    for (const group of deps.groups()) {
      for (const rule of group.alertingRules) {
        const own = episodesOf(rule, byName.get(rule.name) ?? []);
        const missing = await finder.of(rule.expr);
        rules.push(
          qualityJson(group, rule, alertQuality(own, rule.forMs, endMs, isAtNight), missing),
        );
      }
    }
    return success(c, { since: sinceMs / 1000, rules });
  });
  return app;
}

/** Rules of one name are told apart by labels that are the same in all their alerts. */
function episodesOf(
  { labels: texts }: AlertingRule,
  named: readonly AlertEpisode[],
): readonly AlertEpisode[] {
  const fixed = texts.filter(([, text]) => !text.includes('{{'));
  return named.filter(({ labels }) => fixed.every(([name, text]) => labels.get(name) === text));
}

function qualityJson(
  group: RuleGroup,
  rule: AlertingRule,
  quality: ReturnType<typeof alertQuality>,
  missingMetrics: readonly string[],
): unknown {
  const { firedCount, suggestedForMs } = quality;
  const policyId = rule.labels.find(([name]) => name === 'policy_id')?.[1];
  return {
    file: group.file,
    group: group.name,
    rule: rule.name,
    ...(policyId === undefined ? {} : { policy: policyId }),
    labels: Object.fromEntries(rule.labels),
    fired: firedCount,
    neverFired: firedCount === 0,
    flapped: quality.flapCount,
    firingSeconds: quality.firingMs / 1000,
    medianSeconds: quality.medianMs / 1000,
    longestSeconds: quality.longestMs / 1000,
    nightShare: firedCount === 0 ? 0 : quality.atNightCount / firedCount,
    missingMetrics,
    ...(suggestedForMs === undefined ? {} : { suggestedForSeconds: suggestedForMs / 1000 }),
  };
}

/** Metrics that an expression reads and that no series has had; each is looked up once. */
class MissingMetrics {
  readonly #labels: AlertQualityDeps['labels'];
  readonly #range: TimeRangeMs;
  readonly #signal: AbortSignal;
  readonly #exists = new Map<string, boolean>();

  constructor(labels: AlertQualityDeps['labels'], range: TimeRangeMs, signal: AbortSignal) {
    this.#labels = labels;
    this.#range = range;
    this.#signal = signal;
  }

  async of(expr: Expr): Promise<readonly string[]> {
    const missing = new Set<string>();
    for (const [name, matcher] of namesIn(expr)) {
      const known = this.#exists.get(name);
      const exists = known ?? (await this.#look(matcher));
      this.#exists.set(name, exists);
      if (!exists) missing.add(name);
    }
    return [...missing];
  }

  async #look(matcher: NameMatcher): Promise<boolean> {
    const selection = { ...this.#range, matcherSets: [[matcher]], limit: 1 };
    return (await this.#labels.series(selection, this.#signal)).length > 0;
  }
}

type NameMatcher = Extract<Expr, { readonly kind: 'vector-selector' }>['matchers'][number];

function namesIn(expr: Expr): ReadonlyMap<string, NameMatcher> {
  const names = new Map<string, NameMatcher>();
  walkExpr(expr, (node) => {
    if (node.kind !== 'vector-selector') return undefined;
    const matcher = node.matchers.find(({ name, type }) => name === METRIC_NAME && type === '=');
    if (matcher !== undefined) names.set(matcher.value, matcher);
    return undefined;
  });
  return names;
}

/** @throws ApiError */
function readZone(text: string): string {
  const zone = text === '' ? 'UTC' : text;
  try {
    void new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return zone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidParameter('timezone', `${zone} is not known`);
  }
}
