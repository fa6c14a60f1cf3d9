/** The objects of an alarm policy that no selector of series can name, as series. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import type { Resource } from '../../kubernetes/object-cache.ts';
import * as api from '../../kubernetes/resources.ts';
import { info, type LabelPart, type ObjectFamilies } from './family.ts';

export type TargetLevel = 'node' | 'workload' | 'pod' | 'container' | 'pvc' | 'service';

/** Objects of one policy, in every cluster that it is about. */
export interface PolicyTargets {
  readonly policyId: string;
  readonly level: TargetLevel;
  readonly isOfCluster: (cluster: string) => boolean;
  /** A label selector of Kubernetes, on the objects themselves; '' for none. */
  readonly labelSelector: string;
  /** Named one by one, by the labels that `wk_*` series of the level have. */
  readonly objects: readonly Readonly<Record<string, string>>[];
}

/** What tables of targets are called. */
export const POLICY_TABLE = 'wk_policies';

/** Where a selector is asked. A container is meant by its Pod. */
const RESOURCES: Readonly<Record<TargetLevel, readonly Resource[]>> = {
  node: [api.NODES],
  workload: [api.DEPLOYMENTS, api.STATEFUL_SETS, api.DAEMON_SETS, api.JOBS, api.CRON_JOBS],
  pod: [api.PODS],
  container: [api.PODS],
  pvc: [api.PERSISTENT_VOLUME_CLAIMS],
  service: [api.SERVICES],
};

/** An object that is only named. */
export interface NamedObject extends KubernetesObject {
  readonly labels: Readonly<Record<string, string>>;
}

export function resourcesOf({ level, labelSelector }: PolicyTargets): readonly Resource[] {
  return labelSelector === '' ? [] : RESOURCES[level];
}

/** `wk_policy_target` of the objects that a selector finds. */
export function selectedTargets({ policyId, level }: PolicyTargets): ObjectFamilies {
  return targetFamilies(policyId, (object) => labelsOf(level, object));
}

/** `wk_policy_target` of objects that are named. */
export function namedTargets({ policyId }: PolicyTargets): ObjectFamilies<NamedObject> {
  return targetFamilies(policyId, ({ labels }) => Object.entries(labels).flat());
}

/** Those that are in the cluster, or name none. */
export function namedObjects({ objects }: PolicyTargets, cluster: string): readonly NamedObject[] {
  return objects
    .filter((labels) => (labels['cluster'] ?? cluster) === cluster)
    .map((labels, at) => ({
      apiVersion: '',
      kind: '',
      metadata: { name: String(at), uid: '', resourceVersion: '' },
      labels,
    }));
}

function targetFamilies<T extends KubernetesObject>(
  policyId: string,
  labels: (object: T) => readonly LabelPart[],
): ObjectFamilies<T> {
  return {
    name: POLICY_TABLE,
    resources: [],
    prefix: 'wk_policy',
    mapped: 'none',
    labels,
    families: [
      info('wk_policy_target', 'Objects that the alarm policy is about.', () => [
        'policy_id',
        policyId,
      ]),
    ],
  };
}

function labelsOf(level: TargetLevel, { kind, metadata }: KubernetesObject): readonly LabelPart[] {
  const { namespace, name } = metadata;
  switch (level) {
    case 'node':
      return ['node', name];
    case 'workload':
      return ['namespace', namespace, 'workload_kind', kind, 'workload', name];
    case 'pvc':
      return ['namespace', namespace, 'persistentvolumeclaim', name];
    case 'service':
      return ['namespace', namespace, 'service', name];
    case 'pod':
    case 'container':
      return ['namespace', namespace, 'pod', name];
  }
}
