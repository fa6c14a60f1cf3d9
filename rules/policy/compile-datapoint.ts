/** The datapoint of a period, and when it breaches, as PromQL texts. */
import { formatDurationMs } from '../../model/duration.ts';
import type {
  AlarmPolicy,
  Operator,
  PolicyCondition,
  RangeOperator,
  Statistic,
  Threshold,
} from './alarm-policy.ts';
import { labelledObjects } from './compile-label-selector.ts';
import { type ObjectSelector, objectSelectors } from './compile-selector.ts';
import { objectLevel, type PolicyMetric } from './policy-metric.ts';

const DAY_MS = 86_400_000;
const SUBQUERY_STEP_MS = 15_000;

const FUNCTIONS: Readonly<Record<Statistic, (range: string) => string>> = {
  avg: (range) => `avg_over_time(${range})`,
  max: (range) => `max_over_time(${range})`,
  min: (range) => `min_over_time(${range})`,
  sum: (range) => `sum_over_time(${range})`,
  last: (range) => `last_over_time(${range})`,
  count: (range) => `count_over_time(${range})`,
  p50: (range) => `quantile_over_time(0.5, ${range})`,
  p90: (range) => `quantile_over_time(0.9, ${range})`,
  p95: (range) => `quantile_over_time(0.95, ${range})`,
  p99: (range) => `quantile_over_time(0.99, ${range})`,
  stddev: (range) => `stddev_over_time(${range})`,
  delta: (range) => `delta(${range})`,
  increase: (range) => `increase(${range})`,
  rate: (range) => `rate(${range})`,
};

/** How values of several series become that of a group. */
function groupFunction(statistic: Statistic): string {
  if (statistic === 'min') return 'min';
  if (statistic === 'avg') return 'avg';
  return ['sum', 'count', 'delta', 'increase', 'rate'].includes(statistic) ? 'sum' : 'max';
}

/** The value that is compared with the threshold, at the end of a period. */
export function valueText(
  policy: AlarmPolicy,
  condition: PolicyCondition,
  metric: PolicyMetric | undefined,
): string {
  const datapoint = (offsetMs: number): string =>
    datapointText(policy, condition, metric, offsetMs);
  const now = datapoint(0);
  const { operator, periodMs } = condition;
  if (operator === 'anomaly') {
    const past = `(${now})[1d:5m]`;
    return `abs(${now} - avg_over_time(${past})) / (stddev_over_time(${past}) > 0)`;
  }
  const [span, direction] = operator.split('_');
  if (direction === undefined) return now;
  const offsets: Readonly<Record<string, number>> = { day: DAY_MS, week: 7 * DAY_MS };
  const before = datapoint(offsets[span ?? ''] ?? periodMs);
  // A value that was 0 has no change in percent.
  const ratio = `${now} / (${before} != 0)`;
  if (direction === 'increase') return `(${ratio} - 1) * 100`;
  return direction === 'decrease' ? `(1 - ${ratio}) * 100` : `abs(${ratio} - 1) * 100`;
}

/** True when the value has the unit of the metric. */
export function hasMetricUnit(operator: Operator): boolean {
  return operator !== 'anomaly' && !operator.includes('_');
}

function datapointText(
  policy: AlarmPolicy,
  condition: PolicyCondition,
  metric: PolicyMetric | undefined,
  offsetMs: number,
): string {
  const { groupBy } = policy.spec.target;
  const text =
    metric === undefined
      ? exprDatapoint(condition, offsetMs)
      : metricDatapoint(policy, condition, metric, offsetMs);
  if (groupBy === undefined) return text;
  return `${groupFunction(condition.statistic)} by (${groupBy.join(', ')}) (${text})`;
}

function metricDatapoint(
  policy: AlarmPolicy,
  condition: PolicyCondition,
  metric: PolicyMetric,
  offsetMs: number,
): string {
  const { statistic, minSamples, periodMs } = condition;
  return selectedText(policy, condition, metric, { rangeMs: periodMs, offsetMs }, (range) => {
    const text = FUNCTIONS[statistic](range);
    return minSamples > 1 ? `(${text} and count_over_time(${range}) >= ${minSamples})` : text;
  });
}

/**
 * Something of the policy's objects.
 * @param ofRange what is wanted of a range selector
 */
export function selectedText(
  { id, spec: { target, type } }: AlarmPolicy,
  { filter }: Pick<PolicyCondition, 'filter'>,
  metric: PolicyMetric,
  { rangeMs, offsetMs = 0 }: { readonly rangeMs: number; readonly offsetMs?: number },
  ofRange: (range: string) => string,
): string {
  const level = metric.level ?? objectLevel(type);
  const { alternatives, excluded } = objectSelectors(target, [...metric.where, ...filter], level);
  const range = `[${formatDurationMs(rangeMs)}]${offsetText(offsetMs)}`;
  const textOf = (
    { matchers, ownerMatchers }: ObjectSelector,
    make: (range: string) => string,
  ): string => {
    const text = make(selectorText(metric.name, matchers) + range);
    if (ownerMatchers.length === 0) return text;
    return `(${text} and on (${POD_LABELS}) ${selectorText('wk_pod_workload', ownerMatchers)})`;
  };
  const parts = alternatives.map((one) => textOf(one, ofRange));
  let text = parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' or ')})`;
  for (const one of excluded) {
    text = `(${text} unless ${textOf(one, (inner) => `last_over_time(${inner})`)})`;
  }
  const labelled =
    target.labelSelector === '' ? undefined : labelledObjects(id, level, target.labelSelector);
  if (labelled === undefined) return text;
  return `(${text} and on (${labelled.on.join(', ')}) ${labelled.text})`;
}

const POD_LABELS = 'cluster, namespace, pod';

function selectorText(metric: string, matchers: readonly string[]): string {
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}

function exprDatapoint({ expr, statistic, periodMs }: PolicyCondition, offsetMs: number): string {
  if (statistic === 'last' && offsetMs === 0) return `(${expr})`;
  const isLast = statistic === 'last';
  const stepMs = isLast ? periodMs : Math.min(SUBQUERY_STEP_MS, Math.ceil(periodMs / 4));
  const range = `[${formatDurationMs(periodMs)}:${formatDurationMs(stepMs)}]`;
  return FUNCTIONS[statistic](`(${expr})${range}${offsetText(offsetMs)}`);
}

function offsetText(offsetMs: number): string {
  return offsetMs === 0 ? '' : ` offset ${formatDurationMs(offsetMs)}`;
}

const SIGNS: Readonly<Partial<Record<Operator, string>>> = {
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
  eq: '==',
  ne: '!=',
};

/** A threshold in the unit of stored values. */
export function storedThreshold(
  threshold: Threshold,
  operator: Operator,
  metric: PolicyMetric | undefined,
): Threshold {
  const factor = hasMetricUnit(operator) ? (metric?.factor ?? 1) : 1;
  return typeof threshold === 'number'
    ? threshold / factor
    : [threshold[0] / factor, threshold[1] / factor];
}

/** The value where it breaches; nothing where it does not. */
export function breachText(value: string, operator: Operator, stored: Threshold): string {
  if (operator === 'present') return value;
  if (typeof stored !== 'number') return rangeBreachText(value, operator as RangeOperator, stored);
  return `${value} ${SIGNS[operator] ?? '>'} ${numberText(stored)}`;
}

function rangeBreachText(
  value: string,
  operator: RangeOperator,
  [low, high]: readonly [number, number],
): string {
  const [lowText, highText] = [numberText(low), numberText(high)];
  return operator === 'between'
    ? `${value} >= ${lowText} <= ${highText}`
    : `(${value} < ${lowText} or ${value} > ${highText})`;
}

function numberText(value: number): string {
  return String(value);
}
