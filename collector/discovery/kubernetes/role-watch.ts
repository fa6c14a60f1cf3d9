/** The targets of one role in one cluster, kept by watching. */
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesDiscovery, KubernetesRole } from '../../../config/discovery-types.ts';
import type { Cluster } from '../../../kubernetes/cluster.ts';
import type { KubernetesObject } from '../../../kubernetes/kubernetes-object.ts';
import type { CacheSelection, ObjectCache, Resource } from '../../../kubernetes/object-cache.ts';
import {
  JOBS,
  NAMESPACES,
  NODES,
  PODS,
  REPLICA_SETS,
  SERVICES,
} from '../../../kubernetes/resources.ts';
import type { Clock } from '../../../model/clock.ts';
import { emptyGroup, type OnGroups, type TargetGroup } from '../discoverer.ts';
import type { DiscoveryMetrics } from '../discovery-metrics.ts';
import { ChangedKeys } from './changed-keys.ts';
import { DependencyIndex } from './dependency-index.ts';
import type { Node, Pod, Service } from './discovered-objects.ts';
import { namespaceOf } from './meta-labels.ts';
import type { BuildGroup, RelatedObjects } from './related-objects.ts';
import { ROLES } from './roles.ts';

/** Groups built before others have their turn: a few milliseconds. */
const GROUPS_PER_TURN = 100;

export interface RoleWatchOptions {
  readonly cluster: Cluster;
  readonly config: Pick<KubernetesDiscovery, 'role' | 'selectors' | 'attachMetadata'>;
  /** Undefined: all. */
  readonly namespaces: readonly string[] | undefined;
  /**
   * Whether the objects of all namespaces are watched, as others of this program do, and those of
   * other namespaces passed over; else the API server is asked for one namespace alone.
   */
  readonly isShared: boolean;
  readonly clock: Clock;
  readonly metrics: Pick<DiscoveryMetrics, 'kubernetesEvents'>;
  readonly onGroups: OnGroups;
}

type Related = 'service' | 'pod' | 'node' | 'namespace' | 'replicaSet' | 'job';

const RELATED_RESOURCES: Readonly<Record<Related, Resource>> = {
  service: SERVICES,
  pod: PODS,
  node: NODES,
  namespace: NAMESPACES,
  replicaSet: REPLICA_SETS,
  job: JOBS,
};

/** Begins at once. Nothing is told before every cache is whole. */
export class RoleWatch {
  readonly #options: RoleWatchOptions;
  readonly #build: BuildGroup<KubernetesObject>;
  readonly #primary: ObjectCache<KubernetesObject>;
  readonly #related = new Map<Related, ObjectCache<KubernetesObject>>();
  readonly #unsubscribe: (() => void)[] = [];
  readonly #index = new DependencyIndex();
  /** Keys `namespace/name` of objects whose groups are to be built. */
  readonly #changed: ChangedKeys;
  /** Source of the group that was told, by key. */
  readonly #sources = new Map<string, string>();

  constructor(options: RoleWatchOptions) {
    this.#options = options;
    const { cluster, config } = options;
    this.#build = ROLES[config.role].build as BuildGroup<KubernetesObject>;
    this.#primary = cluster.objects(ROLES[config.role].resource, this.#selection(config.role));
    const related = relatedOf(config);
    this.#changed = new ChangedKeys({
      clock: options.clock,
      cacheCount: 1 + related.length,
      onTurn: (dirty, isUrgent) => this.#buildGroups(dirty, isUrgent),
    });
    for (const kind of related) {
      const resource = RELATED_RESOURCES[kind];
      const role = kind === 'service' || kind === 'pod' || kind === 'node' ? kind : undefined;
      const cache = cluster.objects<KubernetesObject>(resource, this.#selection(role, resource));
      this.#related.set(kind, cache);
      this.#unsubscribe.push(this.#subscribeRelated(kind, cache));
    }
    this.#unsubscribe.push(this.#subscribePrimary());
  }

  /** Takes all its groups away, if it told any. */
  close(): void {
    this.#changed.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const gone = [...this.#sources.values()].map(emptyGroup);
    if (gone.length > 0) this.#options.onGroups(gone);
  }

  #selection(role: KubernetesRole | undefined, resource?: Resource): CacheSelection {
    const { namespaces, isShared, config } = this.#options;
    const namespace = isShared ? undefined : namespaces?.[0];
    const isNamespaced = (resource ?? ROLES[config.role].resource).namespaced;
    const selector = config.selectors.find((one) => one.role === role);
    return {
      ...(namespace === undefined || !isNamespaced ? {} : { namespace }),
      ...(selector === undefined || selector.label === '' ? {} : { labelSelector: selector.label }),
      ...(selector === undefined || selector.field === '' ? {} : { fieldSelector: selector.field }),
    };
  }

  #subscribePrimary(): () => void {
    const { role } = this.#options.config;
    const { namespaces } = this.#options;
    const changed = (object: KubernetesObject, event: string, isUrgent = false): void => {
      if (namespaces !== undefined && !namespaces.includes(namespaceOf(object))) return;
      this.#options.metrics.kubernetesEvents.labels(role, event).inc();
      this.#changed.mark(keyOf(object), isUrgent);
    };
    return this.#primary.subscribe({
      added: (object) => changed(object, 'add'),
      modified: (object) => changed(object, 'update'),
      deleted: (object) => changed(object, 'delete', role === 'pod'),
      synced: () => this.#changed.cacheSynced(),
    });
  }

  #subscribeRelated(kind: Related, cache: ObjectCache<KubernetesObject>): () => void {
    const changed = (object: KubernetesObject, isUrgent = false): void => {
      for (const key of this.#index.dependents(dependencyOf(kind, object))) {
        this.#changed.mark(key, isUrgent);
      }
    };
    return cache.subscribe({
      added: (object) => changed(object),
      modified: (object, before) => {
        if (!isSameFor(kind, object, before)) changed(object);
      },
      deleted: (object) => changed(object, kind === 'pod'),
      synced: () => this.#changed.cacheSynced(),
    });
  }

  #buildGroups(dirty: Set<string>, isUrgent: boolean): void {
    const groups: TargetGroup[] = [];
    for (const key of dirty) {
      dirty.delete(key);
      const group = this.#buildGroup(key);
      if (group !== undefined) groups.push(group);
      if (groups.length >= GROUPS_PER_TURN) break;
    }
    if (groups.length > 0) this.#options.onGroups(groups, isUrgent);
  }

  #buildGroup(key: string): TargetGroup | undefined {
    const object = this.#find(this.#primary, key);
    if (object === undefined) {
      this.#index.set(key, new Set());
      const source = this.#sources.get(key);
      this.#sources.delete(key);
      return source === undefined ? undefined : emptyGroup(source);
    }
    const dependencies = new Set<string>();
    const group = this.#build(object, this.#tracked(dependencies), this.#attached);
    this.#index.set(key, dependencies);
    if (group.targets.length > 0) this.#sources.set(key, group.source);
    else if (!this.#sources.delete(key)) return undefined;
    return group;
  }

  get #attached(): KubernetesDiscovery['attachMetadata'] {
    return this.#options.config.attachMetadata;
  }

  #find(cache: ObjectCache<KubernetesObject>, key: string): KubernetesObject | undefined {
    const slash = key.indexOf('/');
    return cache.get(key.slice(0, slash), key.slice(slash + 1));
  }

  /** Related objects, each noted as it is asked for, also when it is not there (yet). */
  #tracked(dependencies: Set<string>): RelatedObjects {
    const get = (kind: Related, namespace: string, name: string): KubernetesObject | undefined => {
      dependencies.add(`${kind}/${namespace}/${name}`);
      return this.#related.get(kind)?.get(namespace, name);
    };
    return {
      service: (namespace, name) => get('service', namespace, name) as Service | undefined,
      pod: (namespace, name) => get('pod', namespace, name) as Pod | undefined,
      node: (name) => get('node', '', name) as Node | undefined,
      namespace: (name) => get('namespace', '', name),
      replicaSet: (namespace, name) => get('replicaSet', namespace, name),
      job: (namespace, name) => get('job', namespace, name),
    };
  }
}

function relatedOf({ role, attachMetadata }: RoleWatchOptions['config']): readonly Related[] {
  const isEndpoints = role === 'endpoints' || role === 'endpointslice';
  const hasPods = isEndpoints || role === 'pod';
  const related: Related[] = [];
  if (isEndpoints) related.push('service', 'pod');
  if (hasPods && attachMetadata.node) related.push('node');
  if (hasPods && attachMetadata.deployment) related.push('replicaSet');
  if (hasPods && attachMetadata.cronjob) related.push('job');
  if (role !== 'node' && attachMetadata.namespace) related.push('namespace');
  return related;
}

/** Whether nothing changed of what targets take from the object: status comes and goes. */
function isSameFor(kind: Related, object: KubernetesObject, before: KubernetesObject): boolean {
  if (kind === 'service' || kind === 'pod') return false;
  const [now, then] = [object.metadata, before.metadata];
  if (kind === 'replicaSet' || kind === 'job') {
    return isDeepStrictEqual(now.ownerReferences, then.ownerReferences);
  }
  return (
    isDeepStrictEqual(now.labels, then.labels) &&
    isDeepStrictEqual(now.annotations, then.annotations)
  );
}

function dependencyOf(kind: Related, object: KubernetesObject): string {
  return `${kind}/${keyOf(object)}`;
}

function keyOf(object: KubernetesObject): string {
  return `${namespaceOf(object)}/${object.metadata.name}`;
}
