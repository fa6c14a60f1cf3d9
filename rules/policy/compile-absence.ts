/** Data that stays away, as PromQL. */
import { formatDurationMs } from '../../model/duration.ts';
import type { AlarmPolicy, PolicyCondition } from './alarm-policy.ts';
import { selectedText } from './compile-datapoint.ts';
import { objectSelectors } from './compile-selector.ts';
import { existenceOf, type PolicyMetric } from './policy-metric.ts';

/** What gave no data for longer than this is forgotten. */
const MEMORY_MS = 86_400_000;

/** Objects that gave data within a day and no more for all periods; all of them when none is left. */
export function absenceText(
  policy: AlarmPolicy,
  condition: PolicyCondition,
  metric: PolicyMetric | undefined,
): string {
  const rangeMs = condition.periodMs * condition.datapoints.n;
  if (metric === undefined) {
    const window = `[${formatDurationMs(rangeMs)}:${formatDurationMs(condition.periodMs)}]`;
    return `absent_over_time((${condition.expr})${window})`;
  }
  const gone = goneText(policy, condition, metric, rangeMs);
  const any = selectedText(policy, condition, metric, { rangeMs }, lastOf);
  // Selectors that demand one value each give the alarm these labels.
  const { alternatives } = objectSelectors(
    policy.spec.target,
    [...metric.where, ...condition.filter],
    metric.level,
  );
  const [only, ...more] = alternatives;
  const isSimple = more.length === 0 && only?.ownerMatchers.length === 0;
  const range = `${metric.name}{${only?.matchers.join(',') ?? ''}}[${formatDurationMs(rangeMs)}]`;
  const nothing = isSimple ? `absent_over_time(${range})` : `absent(${any})`;
  return `${gone} or on () ${nothing}`;
}

/** Objects of a condition that gave data within a day and have none now. */
export function noDataText(
  policy: AlarmPolicy,
  condition: PolicyCondition,
  metric: PolicyMetric,
): string {
  return goneText(policy, condition, metric, policy.spec.missingData.noDataAfterMs);
}

function goneText(
  policy: AlarmPolicy,
  condition: PolicyCondition,
  metric: PolicyMetric,
  windowMs: number,
): string {
  const last = (rangeMs: number): string =>
    selectedText(policy, condition, metric, { rangeMs }, lastOf);
  const gone = `(${last(MEMORY_MS)} unless ${last(windowMs)})`;
  const existence = existenceOf(metric.level);
  if (existence === undefined) return gone;
  // What was deleted may be silent.
  return `(${gone} and on (${existence.on.join(', ')}) ${existence.expr})`;
}

function lastOf(range: string): string {
  return `last_over_time(${range})`;
}
