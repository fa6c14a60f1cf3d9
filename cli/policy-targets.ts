/** Objects of alarm policies that only Kubernetes knows: by its labels. */
import type { PolicyTargets } from '../collector/object-state/policy-target.ts';
import { Matcher } from '../model/matcher.ts';
import type { AlarmPolicy, LabelDemand } from '../rules/policy/alarm-policy.ts';
import { findCatalogueMetric } from '../rules/policy/catalogue-metrics.ts';
import { objectLevel } from '../rules/policy/policy-metric.ts';

/** One for a policy with a label selector, else none. */
export function policyTargets({ id, spec }: AlarmPolicy): readonly PolicyTargets[] {
  const { labelSelector, clusters } = spec.target;
  if (labelSelector === '') return [];
  const metric = spec.conditions[0]?.metric ?? '';
  const level = metric === '' ? objectLevel(spec.type) : findCatalogueMetric(metric).level;
  if (level === undefined || level === 'cluster') return [];
  const isOfCluster = (cluster: string): boolean =>
    clusters === undefined || clusters.every((demand) => isMet(demand, cluster));
  return [{ policyId: id, level, isOfCluster, labelSelector, objects: [] }];
}

/** Demands on other labels than the cluster's name are met by series, or not. */
function isMet({ name, op, values }: LabelDemand, cluster: string): boolean {
  if (name !== 'cluster') return true;
  if (op === 'in') return values.includes(cluster);
  if (op === 'notin') return !values.includes(cluster);
  return new Matcher(op, name, values[0] ?? '').matches(cluster);
}
