/** Conditions and their combination as PromQL (kubernetes-metrics 2.5, steps 2 to 5). */
import { formatDurationMs } from '../../model/duration.ts';
import { quoteGo } from '../../model/labels.ts';
import type { AlarmPolicy, PolicyCondition, Threshold } from './alarm-policy.ts';
import { breachText, hasMetricUnit, valueText } from './compile-datapoint.ts';
import type { ConditionClause, ConditionClauses } from './condition-logic.ts';
import { existenceOf, identityLabels, objectLevel, type PolicyMetric } from './policy-metric.ts';

/** Where the evaluator keeps the states that it cannot find out anew. */
export const STATE_METRIC = 'wk_alarm_state';

export interface ConditionTexts {
  readonly id: string;
  readonly text: string;
  /** Undefined: all labels. */
  readonly identity: readonly string[] | undefined;
}

/**
 * The value that is shown, for each object that the condition holds for. What PromQL cannot say
 * exactly comes as near as it can; the evaluator does the rest.
 * @param stored threshold in the unit of stored values
 */
export function conditionText(
  policy: AlarmPolicy,
  condition: PolicyCondition,
  metric: PolicyMetric | undefined,
  stored: Threshold,
): string {
  const { operator, datapoints, periodMs, recovery } = condition;
  const value = valueText(policy, condition, metric);
  const breach = breachText(value, operator, stored);
  const factor = hasMetricUnit(operator) ? (metric?.factor ?? 1) : 1;
  const { treat, range: extra } = policy.spec.missingData;
  const isSingle = datapoints.n === 1 && treat === 'not_breaching' && extra === 0;
  if (isSingle && recovery === undefined) return scaled(`(${breach})`, factor);
  const window = `[${formatDurationMs(datapoints.n * periodMs)}:${formatDurationMs(periodMs)}]`;
  const shown = scaled(`last_over_time((${value})${window})`, factor);
  let firing = missingText(policy, condition, metric, value, breach);
  if (recovery !== undefined) {
    const past = breachText(value, operator, storedRecovery(condition, factor));
    firing = `((${firing}) or (${past} and ${keptText(policy, condition, metric)}))`;
  }
  return `${shown} and (${firing})`;
}

function storedRecovery({ recovery }: PolicyCondition, factor: number): number {
  return (recovery?.threshold ?? 0) / factor;
}

/** The objects for which the condition held before, by the evaluator's own series. */
function keptText(
  policy: AlarmPolicy,
  condition: PolicyCondition,
  metric: PolicyMetric | undefined,
): string {
  const matchers = `policy_id=${quoteGo(policy.id)},condition=${quoteGo(condition.id)}`;
  return `${onText(identityOf(policy, metric))}(${STATE_METRIC}{${matchers}} == 1)`;
}

function onText(labels: readonly string[] | undefined): string {
  return labels === undefined ? '' : `on (${labels.join(', ')}) `;
}

function identityOf(
  { spec }: AlarmPolicy,
  metric: PolicyMetric | undefined,
): readonly string[] | undefined {
  return spec.target.groupBy ?? identityLabels(metric?.level ?? objectLevel(spec.type));
}

/** M of N, by what counts for a period without data. */
function missingText(
  policy: AlarmPolicy,
  condition: PolicyCondition,
  metric: PolicyMetric | undefined,
  value: string,
  breach: string,
): string {
  const { datapoints, periodMs } = condition;
  const { m, n } = datapoints;
  const { treat, range } = policy.spec.missingData;
  const step = formatDurationMs(periodMs);
  const window = `[${formatDurationMs(n * periodMs)}:${step}]`;
  const breaching = `count_over_time((${breach})${window})`;
  const counted = `count_over_time((${value})${window})`;
  const on = onText(identityOf(policy, metric));
  if (treat === 'missing') {
    const wide = `[${formatDurationMs(n * (1 + range) * periodMs)}:${step}]`;
    // All that is there breaches, however little it is.
    const all = `count_over_time((${breach})${wide}) == count_over_time((${value})${wide})`;
    return m === n ? `${all} and ${counted} >= 1` : `${breaching} >= ${m}`;
  }
  if (treat === 'ignore') {
    const state = `${STATE_METRIC}{policy_id=${quoteGo(policy.id)},condition=${quoteGo(condition.id)}}`;
    return `${breaching} >= ${m} or ${on}((${state} == 1) unless ${on}${counted})`;
  }
  if (treat === 'breaching') {
    const present = `(${breaching} or 0 * ${counted}) + (${n} - ${counted}) >= ${m}`;
    const gone = `(count_over_time((${value})[1d:5m]) > 0) unless ${on}${counted}`;
    const existence = existenceOf(metric?.level);
    const known = existence && `and on (${existence.on.join(', ')}) ${existence.expr}`;
    return `${present} or ((${gone}) ${known ?? ''})`;
  }
  return `${breaching} >= ${m}`;
}

function scaled(text: string, factor: number): string {
  return factor === 1 ? text : `${factor} * ${text}`;
}

/** Alternatives of conditions; the value is that of the first one that holds. */
export function clauseText(clauses: ConditionClauses, texts: readonly ConditionTexts[]): string {
  const parts = clauses.map((clause) => oneClauseText(clause, texts));
  const [first = '', ...more] = parts;
  if (more.length === 0) return first;
  // Objects of later alternatives count only where no earlier one has them.
  return parts.map((part) => `(${part})`).join(` or ${onText(commonIdentity(texts))}`);
}

function oneClauseText(
  { positive, negative }: ConditionClause,
  texts: readonly ConditionTexts[],
): string {
  const byId = new Map(texts.map((one) => [one.id, one]));
  const first = byId.get(positive[0] ?? '');
  if (first === undefined) return '';
  let text = positive.length + negative.length > 1 ? `(${first.text})` : first.text;
  const join = (operator: string, ids: readonly string[]): void => {
    for (const id of ids) {
      const other = byId.get(id);
      if (other === undefined) continue;
      const on = onText(commonIdentity([first, other]));
      text += ` ${operator} ${on}(${other.text})`;
    }
  };
  join('and', positive.slice(1));
  join('unless', negative);
  return text;
}

/** Labels by which objects of all of them are compared; undefined: all labels. */
export function commonIdentity(
  texts: readonly Pick<ConditionTexts, 'identity'>[],
): readonly string[] | undefined {
  const known = texts.flatMap(({ identity }) => (identity === undefined ? [] : [identity]));
  const [first, ...more] = known;
  return first?.filter((label) => more.every((other) => other.includes(label)));
}
