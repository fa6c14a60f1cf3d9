/** Families of namespaces, quotas, limit ranges and disruption budgets. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import * as api from '../../kubernetes/resources.ts';
import { type Condition, conditions } from './conditions.ts';
import { type Family, gauge, number, type ObjectFamilies, type Row, row } from './family.ts';
import { created, deletionTimestamp } from './meta-families.ts';
import { quantityNumber } from './quantity.ts';
import type { ResourceList } from './resource-rows.ts';

interface Namespace extends KubernetesObject {
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] | null };
}

interface ResourceQuota extends KubernetesObject {
  readonly status?: { readonly hard?: ResourceList; readonly used?: ResourceList };
}

/** Constraint → resource → quantity, and the type of what is constrained. */
interface Limit {
  readonly type?: string;
  readonly min?: ResourceList;
  readonly max?: ResourceList;
  readonly default?: ResourceList;
  readonly defaultRequest?: ResourceList;
  readonly maxLimitRequestRatio?: ResourceList;
}

interface LimitRange extends KubernetesObject {
  readonly spec?: { readonly limits?: readonly Limit[] | null };
}

interface DisruptionBudget extends KubernetesObject {
  readonly status?: Readonly<Record<string, unknown>>;
}

const NAMESPACE_PHASES = ['Active', 'Terminating'];
const CONSTRAINTS = ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

export const NAMESPACES: ObjectFamilies<Namespace> = {
  name: 'namespaces',
  resources: [api.NAMESPACES],
  prefix: 'kube_namespace',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.name],
  families: [
    created('kube_namespace'),
    gauge('kube_namespace_status_phase', 'The phase it is in.', ({ status }: Namespace) =>
      NAMESPACE_PHASES.map((phase) => row(phase === status?.phase ? 1 : 0, 'phase', phase)),
    ),
    conditions(
      'kube_namespace_status_condition',
      'Conditions of the namespace.',
      ({ status }: Namespace) => status?.conditions,
    ),
  ],
};

export const RESOURCEQUOTAS: ObjectFamilies<ResourceQuota> = {
  name: 'resourcequotas',
  resources: [api.RESOURCE_QUOTAS],
  prefix: 'kube_resourcequota',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'resourcequota', metadata.name],
  families: [
    created('kube_resourcequota'),
    gauge('kube_resourcequota', 'What may be used, and what is.', ({ status }: ResourceQuota) => [
      ...quantityRows(status?.hard, 'type', 'hard'),
      ...quantityRows(status?.used, 'type', 'used'),
    ]),
  ],
};

export const LIMITRANGES: ObjectFamilies<LimitRange> = {
  name: 'limitranges',
  resources: [api.LIMIT_RANGES],
  prefix: 'kube_limitrange',
  mapped: 'none',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'limitrange', metadata.name],
  families: [
    created('kube_limitrange'),
    gauge('kube_limitrange', 'What single objects may use.', ({ spec }: LimitRange) =>
      (spec?.limits ?? []).flatMap((limit) =>
        CONSTRAINTS.flatMap((constraint) =>
          quantityRows(limit[constraint], 'type', limit.type, 'constraint', constraint),
        ),
      ),
    ),
  ],
};

export const PODDISRUPTIONBUDGETS: ObjectFamilies<DisruptionBudget> = {
  name: 'poddisruptionbudgets',
  resources: [api.POD_DISRUPTION_BUDGETS],
  prefix: 'kube_poddisruptionbudget',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'poddisruptionbudget', metadata.name],
  families: [
    created('kube_poddisruptionbudget'),
    deletionTimestamp('kube_poddisruptionbudget'),
    budgetNumber('current_healthy', 'Pods that are healthy.', 'currentHealthy'),
    budgetNumber('desired_healthy', 'Pods that have to be healthy.', 'desiredHealthy'),
    budgetNumber(
      'pod_disruptions_allowed',
      'Pods that may be disrupted now.',
      'disruptionsAllowed',
    ),
    budgetNumber('expected_pods', 'Pods that the budget counts.', 'expectedPods'),
    budgetNumber(
      'observed_generation',
      'Desired state that the controller has seen.',
      'observedGeneration',
    ),
  ],
};

function quantityRows(
  list: ResourceList | undefined,
  ...labels: readonly (string | undefined)[]
): readonly Row[] {
  return Object.entries(list ?? {}).flatMap(([resource, quantity]) => {
    const value = quantityNumber(quantity);
    return value === undefined ? [] : [row(value, 'resource', resource, ...labels)];
  });
}

function budgetNumber(suffix: string, help: string, field: string): Family<DisruptionBudget> {
  return number(`kube_poddisruptionbudget_status_${suffix}`, help, ({ status }) => {
    const value = status?.[field];
    return typeof value === 'number' ? value : 0;
  });
}
