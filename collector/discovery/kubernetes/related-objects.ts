/** The objects beside the one that a target group is built of. */
import type { KubernetesObject } from '../../../kubernetes/kubernetes-object.ts';
import type { TargetGroup } from '../discoverer.ts';
import type { Node, Pod, Service } from './discovered-objects.ts';

/** Looks objects up by namespace and name; undefined for what is not there (or not watched). */
export interface RelatedObjects {
  service(namespace: string, name: string): Service | undefined;
  pod(namespace: string, name: string): Pod | undefined;
  node(name: string): Node | undefined;
  namespace(name: string): KubernetesObject | undefined;
  replicaSet(namespace: string, name: string): KubernetesObject | undefined;
  job(namespace: string, name: string): KubernetesObject | undefined;
}

/** Which related objects give labels: `attach_metadata`. */
export interface AttachedMetadata {
  readonly node: boolean;
  readonly namespace: boolean;
  readonly deployment: boolean;
  readonly job: boolean;
  readonly cronjob: boolean;
}

/** The targets of one object of a role. It asks `related` for everything that it depends on. */
export type BuildGroup<T extends KubernetesObject> = (
  object: T,
  related: RelatedObjects,
  attached: AttachedMetadata,
) => TargetGroup;
