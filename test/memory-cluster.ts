/** A Kubernetes cluster whose objects a test puts in: caches and the registry without a network. */
import type {
  Cluster,
  ClusterListener,
  ClusterRegistry,
  ClusterRequest,
  ClusterResponse,
} from '../kubernetes/cluster.ts';
import type { ClusterConnection } from '../kubernetes/cluster-credentials.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type {
  CacheSelection,
  ObjectCache,
  ObjectListener,
  Resource,
} from '../kubernetes/object-cache.ts';

export class MemoryCache implements ObjectCache<KubernetesObject> {
  readonly resource: Resource;
  readonly selection: CacheSelection;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly listeners = new Set<ObjectListener<KubernetesObject>>();
  synced = true;

  constructor(resource: Resource, selection: CacheSelection) {
    this.resource = resource;
    this.selection = selection;
  }

  get size(): number {
    return this.#objects.size;
  }

  list(): Iterable<KubernetesObject> {
    return this.#objects.values();
  }

  get(namespace: string, name: string): KubernetesObject | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  subscribe(listener: ObjectListener<KubernetesObject>): () => void {
    this.listeners.add(listener);
    queueMicrotask(() => {
      if (!this.listeners.has(listener)) return;
      for (const object of this.#objects.values()) listener.added(object);
      if (this.synced) listener.synced?.();
    });
    return () => this.listeners.delete(listener);
  }

  put(object: KubernetesObject): void {
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const before = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const listener of this.listeners) {
      if (before === undefined) listener.added(object);
      else listener.modified(object, before);
    }
  }

  delete(object: KubernetesObject): void {
    this.#objects.delete(`${object.metadata.namespace ?? ''}/${object.metadata.name}`);
    for (const listener of this.listeners) listener.deleted(object);
  }

  /** Tells that the first list is whole; for a cache that was made unsynced. */
  sync(): void {
    this.synced = true;
    for (const listener of this.listeners) listener.synced?.();
  }
}

export class MemoryCluster implements Cluster {
  readonly name: string;
  readonly health = { reachable: true };
  readonly caches: MemoryCache[] = [];
  readonly #objects: KubernetesObject[] = [];
  readonly #isSynced: boolean;
  /** Answers of `json`, by path. */
  readonly answers = new Map<string, unknown>();
  /** What `json` throws, by path. */
  readonly failures = new Map<string, Error>();

  constructor(name: string, objects: readonly KubernetesObject[] = [], isSynced = true) {
    this.name = name;
    this.#objects.push(...objects);
    this.#isSynced = isSynced;
  }

  connection(): Promise<ClusterConnection> {
    return Promise.reject(new Error('no network'));
  }

  request(_request: ClusterRequest): Promise<ClusterResponse> {
    return Promise.reject(new Error('no network'));
  }

  json<T>({ path }: ClusterRequest): Promise<T> {
    const failure = this.failures.get(path);
    if (failure !== undefined) return Promise.reject(failure);
    return this.answers.has(path)
      ? Promise.resolve(this.answers.get(path) as T)
      : Promise.reject(new Error(`not found: ${path}`));
  }

  objects<T extends KubernetesObject>(
    resource: Resource,
    selection: CacheSelection = {},
  ): ObjectCache<T> {
    const cache = new MemoryCache(resource, selection);
    cache.synced = this.#isSynced;
    for (const object of this.#objects) {
      if (isOf(cache, object)) cache.put(object);
    }
    this.caches.push(cache);
    return cache as unknown as ObjectCache<T>;
  }

  put(object: KubernetesObject): void {
    this.#forget(object);
    this.#objects.push(object);
    for (const cache of this.caches) if (isOf(cache, object)) cache.put(object);
  }

  delete(object: KubernetesObject): void {
    this.#forget(object);
    for (const cache of this.caches) if (isOf(cache, object)) cache.delete(object);
  }

  #forget({ kind, metadata: { namespace, name } }: KubernetesObject): void {
    const at = this.#objects.findIndex(
      (one) =>
        one.kind === kind && one.metadata.name === name && one.metadata.namespace === namespace,
    );
    if (at >= 0) this.#objects.splice(at, 1);
  }

  /** Caches that somebody listens to. */
  get watched(): readonly string[] {
    return this.caches
      .filter(({ listeners }) => listeners.size > 0)
      .map(({ resource, selection }) =>
        [resource.plural, selection.namespace, selection.labelSelector, selection.fieldSelector]
          .filter((part) => part !== undefined)
          .join(' '),
      )
      .sort();
  }
}

/** Label and field selectors are the API server's business: they leave everything in. */
function isOf({ resource, selection }: MemoryCache, object: KubernetesObject): boolean {
  const { namespace } = selection;
  return (
    resource.kind === object.kind &&
    (namespace === undefined || namespace === object.metadata.namespace)
  );
}

export class MemoryRegistry implements ClusterRegistry {
  readonly #clusters = new Map<string, Cluster>();
  readonly #listeners = new Set<ClusterListener>();

  constructor(...clusters: readonly Cluster[]) {
    for (const cluster of clusters) this.#clusters.set(cluster.name, cluster);
  }

  list(): readonly Cluster[] {
    return [...this.#clusters.values()];
  }

  get(name: string): Cluster | undefined {
    return this.#clusters.get(name);
  }

  subscribe(listener: ClusterListener): () => void {
    this.#listeners.add(listener);
    for (const cluster of this.#clusters.values()) listener.added(cluster);
    return () => this.#listeners.delete(listener);
  }

  add(cluster: Cluster): void {
    this.#clusters.set(cluster.name, cluster);
    for (const listener of this.#listeners) listener.added(cluster);
  }

  remove(cluster: Cluster): void {
    this.#clusters.delete(cluster.name);
    for (const listener of this.#listeners) listener.removed(cluster);
  }
}

/** An object of the API as far as a test cares. */
export function kubernetesObject<T extends object>(
  kind: string,
  namespace: string,
  name: string,
  rest: T,
  metadata: object = {},
): KubernetesObject & T {
  const meta = { name, uid: `uid-${name}`, resourceVersion: '1', ...metadata };
  return {
    apiVersion: 'v1',
    kind,
    metadata: namespace === '' ? meta : { namespace, ...meta },
    ...rest,
  };
}
