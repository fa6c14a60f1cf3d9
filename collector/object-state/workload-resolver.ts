/** Which workload a Pod belongs to: its owners are followed up to the one that nobody owns. */
import type { KubernetesObject, OwnerReference } from '../../kubernetes/kubernetes-object.ts';
import type { ObjectCache } from '../../kubernetes/object-cache.ts';
import { controllerOf } from './meta-families.ts';

export interface Workload {
  /** 'Deployment', 'CronJob', … 'Pod' for one that nobody owns. */
  readonly kind: string;
  readonly name: string;
}

/** Set by Deployments and their like on their ReplicaSets' Pods. */
const TEMPLATE_HASH_LABEL = 'pod-template-hash';

/** The caches of owners that have owners themselves. */
export type OwnerCaches = Readonly<
  Record<'ReplicaSet' | 'Job', ObjectCache<KubernetesObject> | undefined>
>;

/** @param missing is told of an owner that has not been seen (yet) */
export function workloadOf(
  pod: KubernetesObject,
  caches: OwnerCaches,
  missing: (owner: OwnerReference) => void,
): Workload {
  const owner = controllerOf(pod);
  // A mirror of a static Pod is owned by its node, which is no workload.
  if (owner === undefined || owner.kind === 'Node') return { kind: 'Pod', name: pod.metadata.name };
  if (owner.kind !== 'ReplicaSet' && owner.kind !== 'Job') return owner;
  const object = caches[owner.kind]?.get(pod.metadata.namespace ?? '', owner.name);
  if (object !== undefined) return controllerOf(object) ?? owner;
  missing(owner);
  return deploymentOf(pod, owner) ?? owner;
}

/** By the name that a Deployment gives to its ReplicaSets. */
function deploymentOf({ metadata }: KubernetesObject, owner: OwnerReference): Workload | undefined {
  const hash = metadata.labels?.[TEMPLATE_HASH_LABEL];
  if (owner.kind !== 'ReplicaSet' || hash === undefined) return undefined;
  const suffix = `-${hash}`;
  if (!owner.name.endsWith(suffix) || owner.name.length === suffix.length) return undefined;
  return { kind: 'Deployment', name: owner.name.slice(0, -suffix.length) };
}
