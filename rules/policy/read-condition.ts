/** Reads one condition of a policy. */
import { isClassicMetricName } from '../../model/labels.ts';
import type { ParserOptions } from '../../promql/ast.ts';
import { ParseError } from '../../promql/parser/parse-error.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import { typeOf } from '../../promql/parser/value-type.ts';
import {
  OPERATORS,
  type Operator,
  type PolicyCondition,
  type PolicyRecovery,
  type PolicyType,
  SEVERITIES,
  type Severity,
  STATISTICS,
  type Threshold,
} from './alarm-policy.ts';
import type { PolicyFields } from './policy-fields.ts';
import { readDemand } from './read-target.ts';

const ID = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PERIOD_MS_MIN = 1000;
/** As in the clouds: all periods that are looked at lie within a day. */
const WINDOW_MS_MAX = DAY_MS;
const DATAPOINTS_MAX = 1440;

export interface ConditionContext {
  readonly type: PolicyType;
  readonly severity: Severity;
  readonly parser: ParserOptions;
}

/** @param position from 0, for the id of a condition that names none */
export function readCondition(
  fields: PolicyFields,
  position: number,
  context: ConditionContext,
): PolicyCondition {
  const id = fields.text('id', `c${position + 1}`);
  if (!ID.test(id)) {
    fields.problem('id', `${JSON.stringify(id)} is no id`, 'use letters, digits and _, as in c1');
  }
  const expr = readExpr(fields, context);
  const metric = readMetric(fields, expr);
  const periodMs = readPeriod(fields);
  const hasThreshold = fields.has('threshold') || fields.has('levels');
  const operator = fields.choice(
    'operator',
    OPERATORS,
    hasThreshold ? 'gt' : impliedOperator(context),
  );
  const datapoints = readDatapoints(fields, periodMs);
  const condition: PolicyCondition = {
    id,
    metric,
    expr,
    filter: fields.sections('filter').map(readDemand),
    statistic: fields.choice('statistic', STATISTICS, expr === '' ? 'avg' : 'last'),
    periodMs,
    operator,
    ...readThresholds(fields, operator, context),
    datapoints,
    recovery: fields.has('recovery')
      ? readRecovery(fields.section('recovery'), operator)
      : undefined,
    minSamples: fields.count('minSamples', 1, 1, DATAPOINTS_MAX),
  };
  fields.finish();
  return condition;
}

function impliedOperator({ type }: ConditionContext): Operator {
  return type === 'promql' || type === 'absence' ? 'present' : 'gt';
}

function readExpr(fields: PolicyFields, { parser, type }: ConditionContext): string {
  const text = fields.text('expr').trim();
  if (text === '') return '';
  if (type !== 'promql' && type !== 'absence') {
    fields.problem('expr', `is not for policies of type ${type}`, 'use type: promql, or metric');
    return text;
  }
  try {
    const found = typeOf(parseExpr(text, parser));
    if (found !== 'vector' && found !== 'scalar') {
      fields.problem('expr', `gives a ${found}, not a vector`, 'aggregate it, as in rate(x[5m])');
    }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    fields.problem('expr', error.message, 'write PromQL');
  }
  return text;
}

function readMetric(fields: PolicyFields, expr: string): string {
  const metric = fields.text('metric');
  if (expr !== '') {
    if (metric !== '') fields.problem('metric', 'stands beside expr', 'keep one of the two');
    return '';
  }
  if (metric === '') fields.problem('metric', 'is missing', 'name a metric, or write expr');
  else if (!isClassicMetricName(metric)) {
    fields.problem('metric', `${JSON.stringify(metric)} is no metric name`, 'as wk_pod_restarts');
  }
  return metric;
}

function readPeriod(fields: PolicyFields): number {
  const periodMs = fields.durationMs('period', MINUTE_MS);
  if (periodMs >= PERIOD_MS_MIN && periodMs <= DAY_MS) return periodMs;
  fields.problem('period', 'is too short or too long', 'write 1s to 1d, as in 60s');
  return MINUTE_MS;
}

function readDatapoints(fields: PolicyFields, periodMs: number): PolicyCondition['datapoints'] {
  const consecutive = fields.has('consecutive')
    ? fields.count('consecutive', 1, 1, DATAPOINTS_MAX)
    : undefined;
  if (consecutive !== undefined && fields.has('datapoints')) {
    fields.problem('consecutive', 'stands beside datapoints', 'keep one of the two');
  }
  const section = fields.section('datapoints');
  const n =
    consecutive ?? section.count('n', section.has('m') ? countOf(section) : 1, 1, DATAPOINTS_MAX);
  const m = consecutive ?? section.count('m', n, 1, DATAPOINTS_MAX);
  section.finish();
  if (m > n) section.problem('m', `is ${m}, more than n`, `write at most ${n}`);
  if (n * periodMs > WINDOW_MS_MAX) {
    const problem = `${n} periods are more than a day`;
    fields.problem(
      consecutive === undefined ? 'datapoints.n' : 'consecutive',
      problem,
      'take fewer',
    );
  }
  return { m: Math.min(m, n), n };
}

function countOf(section: PolicyFields): number {
  return section.count('m', 1, 1, DATAPOINTS_MAX);
}

function readThresholds(
  fields: PolicyFields,
  operator: Operator,
  { severity }: ConditionContext,
): Pick<PolicyCondition, 'thresholds' | 'hasLevels'> {
  if (fields.has('levels')) {
    if (fields.has('threshold')) {
      fields.problem('threshold', 'stands beside levels', 'keep one of the two');
    }
    const section = fields.section('levels');
    const thresholds: Partial<Record<Severity, Threshold>> = {};
    for (const level of SEVERITIES) {
      if (section.has(level)) thresholds[level] = readThreshold(section, level, operator);
    }
    section.finish();
    if (Object.keys(thresholds).length === 0) {
      fields.problem('levels', 'is empty', 'write warning: 80, or use threshold');
    }
    checkOrder(section, operator, thresholds);
    return { thresholds, hasLevels: true };
  }
  if (!fields.has('threshold') && operator !== 'present') {
    fields.problem('threshold', 'is missing', 'write a number in the unit of the metric');
  }
  return {
    thresholds: { [severity]: readThreshold(fields, 'threshold', operator) },
    hasLevels: false,
  };
}

function readThreshold(fields: PolicyFields, name: string, operator: Operator): Threshold {
  if (operator !== 'between' && operator !== 'outside') return fields.number(name) ?? 0;
  const [low, high, more] = fields.numbers(name);
  if (low === undefined || high === undefined || more !== undefined || low > high) {
    fields.problem(name, 'is not two numbers in order', 'write it as [10, 90]');
    return [0, 0];
  }
  return [low, high];
}

/** A worse level is further away. */
function checkOrder(
  fields: PolicyFields,
  operator: Operator,
  thresholds: PolicyCondition['thresholds'],
): void {
  const direction = operator === 'lt' || operator === 'le' ? -1 : 1;
  if (!['gt', 'ge', 'lt', 'le'].includes(operator)) return;
  let last: number | undefined;
  for (const level of SEVERITIES) {
    const value = thresholds[level];
    if (typeof value !== 'number') continue;
    if (last !== undefined && (value - last) * direction <= 0) {
      const word = direction > 0 ? 'above' : 'below';
      fields.problem(level, `is ${value}, not ${word} the level before`, 'order the levels');
    }
    last = value;
  }
}

function readRecovery(fields: PolicyFields, operator: Operator): PolicyRecovery {
  const threshold = fields.number('threshold');
  if (threshold === undefined) fields.problem('threshold', 'is missing', 'write a number');
  if (!['gt', 'ge', 'lt', 'le'].includes(operator)) {
    fields.problem('', `does not go with operator ${operator}`, 'use gt, ge, lt or le');
  }
  const consecutive = fields.count('consecutive', 1, 1, DATAPOINTS_MAX);
  fields.finish();
  return { threshold: threshold ?? 0, consecutive };
}
