import type { ClusterConnection } from './cluster-credentials.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import type { CacheSelection, ObjectCache, Resource } from './object-cache.ts';

export interface ClusterRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query: '/api/v1/nodes?limit=500'. */
  readonly path: string;
  /** A header with several values is sent as several lines (impersonation needs that). */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** From sending to the answer's last byte; 30 s unless told. 0: no limit (watch, log stream). */
  readonly timeoutMs?: number;
}

/** An answer whose body has not been read; a status of 400 or more is an answer too. */
export interface ClusterResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface ClusterHealth {
  readonly reachable: boolean;
  /** Of the last failure, ready to be shown; no secrets in it. */
  readonly error?: string;
  /** '/version' as the API server answers it: 'v1.34.2'. */
  readonly version?: string;
  readonly lastContactMs?: number;
}

/** One Kubernetes cluster that is known by its name (the value of the label `cluster`). */
export interface Cluster {
  readonly name: string;
  readonly health: ClusterHealth;
  /** @throws ClusterUnreachable while it is not known: no kubeconfig, say */
  connection(): Promise<ClusterConnection>;
  /**
   * Sends one request with the cluster's own credentials.
   * @throws ClusterUnreachable when no answer came
   */
  request(request: ClusterRequest): Promise<ClusterResponse>;
  /** The answer as JSON. @throws ApiStatusError for a status of 400 or more, with the server's message */
  json<T>(request: ClusterRequest): Promise<T>;
  /** The shared cache of a resource, started by its first user and ended with its last. */
  objects<T extends KubernetesObject>(
    resource: Resource,
    selection?: CacheSelection,
  ): ObjectCache<T>;
}

export interface ClusterListener {
  added(cluster: Cluster): void;
  removed(cluster: Cluster): void;
}

/** The clusters that the configuration, the API or KUBECONFIG name. */
export interface ClusterRegistry {
  list(): readonly Cluster[];
  get(name: string): Cluster | undefined;
  /** First tells every present cluster as added, then goes on; the answer ends it. */
  subscribe(listener: ClusterListener): () => void;
}
