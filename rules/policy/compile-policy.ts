/** An alarm policy becomes a group of rules: one per level, and per condition where any is enough. */

import { compareUtf8 } from '../../model/labels.ts';
import type { ParserOptions } from '../../promql/ast.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import type { RuleConfig, RuleFile, RuleLabels } from '../file/rule-file.ts';
import {
  type AlarmPolicy,
  type PolicyCondition,
  SEVERITIES,
  type Severity,
} from './alarm-policy.ts';
import { absenceText, noDataText } from './compile-absence.ts';
import { type ConditionTexts, clauseText, conditionText } from './compile-condition.ts';
import { hasMetricUnit, storedThreshold, valueText } from './compile-datapoint.ts';
import type { ConditionClauses } from './condition-logic.ts';
import type { NativeCondition, NativeOutput, NativePlan } from './native-plan.ts';
import {
  existenceOf,
  type FindMetric,
  identityLabels,
  objectLevel,
  type PolicyMetric,
} from './policy-metric.ts';
import { policyClauses } from './read-policy.ts';

/** Rules of policies are evaluated so often. */
export const POLICY_INTERVAL_MS = 30_000;

/** What labels of an alarm say of the policy. */
const POLICY_ID = 'policy_id';

export interface CompileOptions {
  readonly findMetric: FindMetric;
  readonly parser: ParserOptions;
  /** Samples of a period may come so late. */
  readonly queryOffsetMs: number;
}

export interface CompiledPolicy {
  readonly policy: AlarmPolicy;
  /** One group of the name `alarm-policy/<id>`; no rules when the type is `event`. */
  readonly file: RuleFile;
  /** The expressions as they were written, in the order of the rules. */
  readonly exprTexts: readonly string[];
  /** True when the rules are evaluated by other means than their expressions. */
  readonly isNative: boolean;
}

/** The file that the rules of a policy seem to stand in. */
export function policyFileName(id: string): string {
  return `policy/${id}`;
}

interface Resolved {
  readonly condition: PolicyCondition;
  readonly metric: PolicyMetric | undefined;
}

/** One rule to be: its alarms, how it is evaluated, and what it says. */
interface Draft {
  readonly text: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly shown: Resolved | undefined;
  readonly native: NativeOutput | undefined;
  readonly suffix: string;
}

export function compilePolicy(policy: AlarmPolicy, options: CompileOptions): CompiledPolicy {
  const { spec, id } = policy;
  const resolved = spec.conditions.map((condition) => ({
    condition,
    metric: condition.expr === '' ? options.findMetric(condition.metric) : undefined,
  }));
  const drafts = [...alarmDrafts(policy, resolved), ...noDataDrafts(policy, resolved)];
  const isNative = needsNative(policy);
  const plan = isNative ? nativePlan(policy, resolved, drafts, options) : undefined;
  const rules = drafts.map((draft) => rule(policy, draft, plan, options));
  const group = {
    name: `alarm-policy/${id}`,
    intervalMs: POLICY_INTERVAL_MS,
    queryOffsetMs: options.queryOffsetMs,
    limit: 0,
    rules,
  };
  const file = {
    file: policyFileName(id),
    groups: rules.length === 0 ? [] : [group],
    warnings: [],
  };
  return { policy, file, exprTexts: drafts.map(({ text }) => text), isNative };
}

/** True for what PromQL cannot say, or only by and large. */
function needsNative({ spec }: AlarmPolicy): boolean {
  if (spec.type === 'event' || spec.type === 'absence') return false;
  const { treat, range } = spec.missingData;
  return (
    treat !== 'not_breaching' ||
    range > 0 ||
    spec.activeTime?.outside === 'do_not_evaluate' ||
    spec.conditions.some(({ recovery }) => recovery !== undefined)
  );
}

function alarmDrafts(policy: AlarmPolicy, resolved: readonly Resolved[]): readonly Draft[] {
  const { type, logic } = policy.spec;
  if (type === 'event') return [];
  if (type === 'absence') {
    return resolved.map((shown) => ({
      text: absenceText(policy, shown.condition, shown.metric),
      severity: policy.spec.severity,
      labels: resolved.length > 1 ? { condition: shown.condition.id } : {},
      shown,
      native: undefined,
      suffix: '',
    }));
  }
  if (logic !== 'any') return levelDrafts(policy, resolved, policyClauses(policy.spec), {});
  return resolved.flatMap((one) => {
    const { id } = one.condition;
    return levelDrafts(policy, [one], [{ positive: [id], negative: [] }], { condition: id });
  });
}

/** One rule per level, the worst first; each leaves out what a worse one has. */
function levelDrafts(
  policy: AlarmPolicy,
  resolved: readonly Resolved[],
  clauses: ConditionClauses,
  labels: Readonly<Record<string, string>>,
): readonly Draft[] {
  const levels = levelsOf(policy, resolved).toReversed();
  const shown = resolved.find(({ condition }) => condition.id === clauses[0]?.positive[0]);
  const plain = levels.map((level) => {
    const texts = resolved.map((one) => conditionTexts(policy, one, level));
    return clauseText(clauses, texts);
  });
  return levels.map((level, at) => {
    const worse = plain.slice(0, at).map((text) => ` unless (${text})`);
    const own = plain[at] ?? '';
    return {
      text: worse.length === 0 ? own : `(${own})${worse.join('')}`,
      severity: level,
      labels,
      shown,
      native: { clauses, level, unless: levels.slice(0, at) },
      suffix: '',
    };
  });
}

function levelsOf(policy: AlarmPolicy, resolved: readonly Resolved[]): readonly Severity[] {
  const found = new Set(
    resolved
      .filter(({ condition }) => condition.hasLevels)
      .flatMap(({ condition }) => Object.keys(condition.thresholds)),
  );
  return found.size === 0 ? [policy.spec.severity] : SEVERITIES.filter((level) => found.has(level));
}

/** @returns the threshold at a level: that of the policy's severity where there is none of its own */
function thresholdAt(
  { condition, metric }: Resolved,
  level: Severity,
): number | readonly [number, number] {
  const { thresholds, hasLevels, operator } = condition;
  const threshold = hasLevels ? thresholds[level] : Object.values(thresholds)[0];
  return storedThreshold(threshold ?? 0, operator, metric);
}

function conditionTexts(policy: AlarmPolicy, one: Resolved, level: Severity): ConditionTexts {
  const { condition, metric } = one;
  return {
    id: condition.id,
    text: conditionText(policy, condition, metric, thresholdAt(one, level)),
    identity: identityOf(policy, metric),
  };
}

function identityOf(
  { spec }: AlarmPolicy,
  metric: PolicyMetric | undefined,
): readonly string[] | undefined {
  return spec.target.groupBy ?? identityLabels(metric?.level ?? objectLevel(spec.type));
}

function noDataDrafts(policy: AlarmPolicy, resolved: readonly Resolved[]): readonly Draft[] {
  const { missingData, type } = policy.spec;
  if (!missingData.notify || type === 'event' || type === 'absence') return [];
  return resolved.flatMap(({ condition, metric }) => {
    if (metric === undefined) return [];
    return [
      {
        text: noDataText(policy, condition, metric),
        severity: 'info' as const,
        labels: {
          alarm_kind: 'no_data',
          ...(resolved.length > 1 ? { condition: condition.id } : {}),
        },
        shown: undefined,
        native: undefined,
        suffix: ' (no data)',
      },
    ];
  });
}

function nativePlan(
  policy: AlarmPolicy,
  resolved: readonly Resolved[],
  drafts: readonly Draft[],
  { parser }: CompileOptions,
): NativePlan {
  const { missingData, type, activeTime } = policy.spec;
  const existence = existenceOf(objectLevel(type));
  const outputs = drafts.flatMap(({ native }) => (native === undefined ? [] : [native]));
  return {
    policyId: policy.id,
    conditions: resolved.map((one) => nativeCondition(policy, one, parser)),
    outputs,
    treat: missingData.treat,
    existence:
      existence === undefined
        ? undefined
        : { expr: parseExpr(existence.expr, parser), on: existence.on },
    activeTime: activeTime?.outside === 'do_not_evaluate' ? activeTime : undefined,
  };
}

function nativeCondition(
  policy: AlarmPolicy,
  one: Resolved,
  parser: ParserOptions,
): NativeCondition {
  const { condition, metric } = one;
  const { operator, datapoints, recovery, periodMs } = condition;
  const stored = (threshold: number): number =>
    storedThreshold(threshold, operator, metric) as number;
  const levels = condition.hasLevels
    ? (Object.keys(condition.thresholds) as Severity[])
    : SEVERITIES;
  return {
    id: condition.id,
    value: parseExpr(valueText(policy, condition, metric), parser),
    factor: displayFactor(one),
    periodMs,
    operator,
    thresholds: Object.fromEntries(levels.map((level) => [level, thresholdAt(one, level)])),
    datapoints,
    rangePeriods: datapoints.n * (1 + policy.spec.missingData.range),
    recovery:
      recovery === undefined ? undefined : { ...recovery, threshold: stored(recovery.threshold) },
    identity: identityOf(policy, metric),
  };
}

function displayFactor({ condition, metric }: Resolved): number {
  return hasMetricUnit(condition.operator) ? (metric?.factor ?? 1) : 1;
}

function rule(
  policy: AlarmPolicy,
  draft: Draft,
  plan: NativePlan | undefined,
  { parser }: CompileOptions,
): RuleConfig {
  const { id, name, labels, spec } = policy;
  const { native } = draft;
  return {
    record: '',
    alert: name + draft.suffix,
    expr: parseExpr(draft.text, parser),
    forMs: 0,
    keepFiringForMs: spec.keepFiringForMs,
    labels: sorted({
      ...labels,
      [POLICY_ID]: id,
      severity: draft.severity,
      alarm_type: spec.type,
      ...draft.labels,
    }),
    annotations: sorted(annotationsOf(policy, draft)),
    ...(native === undefined || plan === undefined ? {} : { native: { plan, output: native } }),
  };
}

function annotationsOf(
  { name, spec }: AlarmPolicy,
  { shown, suffix }: Draft,
): Readonly<Record<string, string>> {
  if (shown === undefined) return { summary: name + suffix };
  const { condition, metric } = shown;
  const unit = hasMetricUnit(condition.operator) ? (metric?.unit ?? '') : '%';
  return {
    summary: name,
    value: '{{ $value }}',
    ...(unit === '' ? {} : { unit }),
    ...(metric === undefined ? {} : { metric: metric.name }),
    ...spec.annotations,
  };
}

function sorted(texts: Readonly<Record<string, string>>): RuleLabels {
  return Object.entries(texts)
    .filter(([, text]) => text !== '')
    .sort(([a], [b]) => compareUtf8(a, b));
}
