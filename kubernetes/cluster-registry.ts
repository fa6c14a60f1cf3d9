/** The clusters that are known now. */
import { isDeepStrictEqual } from 'node:util';
import type { Registry } from 'prom-client';
import type { ClusterAccess, ClusterSource } from '../config/cluster-types.ts';
import { defaultDiscovery } from '../config/read-clusters.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/logger.ts';
import type { ClusterListener, ClusterRegistry } from './cluster.ts';
import {
  type CacheReading,
  type ClusterMetrics,
  clusterMetrics,
  type ReachableReading,
} from './cluster-metrics.ts';
import { ConnectedCluster } from './connected-cluster.ts';
import {
  type ClusterDefinition,
  clustersOfConfig,
  clustersOfEnvironment,
} from './kubeconfig/known-clusters.ts';

export interface ClusterRegistryOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** For credential plugins and proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly registry: Registry;
}

export class ConnectedClusters implements ClusterRegistry {
  readonly #options: ClusterRegistryOptions;
  readonly #metrics: ClusterMetrics;
  readonly #clusters = new Map<string, ConnectedCluster>();
  readonly #listeners = new Set<ClusterListener>();
  #isClosed = false;

  /** @param metrics those of another registry, to count into; else they are made */
  constructor(options: ClusterRegistryOptions, metrics?: ClusterMetrics) {
    this.#options = options;
    this.#metrics =
      metrics ??
      clusterMetrics(options.registry, {
        caches: () => this.#cacheReadings(),
        clusters: () => this.#reachableReadings(),
      });
  }

  list(): readonly ConnectedCluster[] {
    return [...this.#clusters.values()];
  }

  get(name: string): ConnectedCluster | undefined {
    return this.#clusters.get(name);
  }

  subscribe(listener: ClusterListener): () => void {
    this.#listeners.add(listener);
    for (const cluster of this.#clusters.values()) listener.added(cluster);
    return () => this.#listeners.delete(listener);
  }

  /**
   * What the configuration names, read but not yet applied.
   * @param configs undefined: what the environment names
   */
  read(configs: readonly ClusterSource[] | undefined): Promise<readonly ClusterDefinition[]> {
    const { env } = this.#options;
    return configs === undefined ? clustersOfEnvironment(env) : clustersOfConfig(configs, env);
  }

  /** Clusters for one user alone, who closes them; they are not in this registry. */
  open(access: ClusterAccess): ConnectedClusters {
    const name = access.kind === 'server' ? new URL(access.url).host : '';
    const opened = new ConnectedClusters(this.#options, this.#metrics);
    opened
      .read([{ name, enabled: true, access, namespaces: [], discovery: defaultDiscovery(access) }])
      .then((definitions) => opened.apply(definitions))
      .catch((error: unknown) => {
        this.#options.logger.error('a cluster was not opened: a bug', { error });
      });
    return opened;
  }

  /** Adds what is new, ends what is no longer there, leaves what is the same. */
  apply(definitions: readonly ClusterDefinition[]): void {
    if (this.#isClosed) return;
    const wanted = new Map(definitions.map((definition) => [definition.name, definition]));
    for (const [name, cluster] of this.#clusters) {
      if (!isDeepStrictEqual(wanted.get(name), cluster.definition)) this.#remove(name, cluster);
    }
    for (const [name, definition] of wanted) {
      if (!this.#clusters.has(name)) this.#add(definition);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const [name, cluster] of this.#clusters) this.#remove(name, cluster);
  }

  #add(definition: ClusterDefinition): void {
    const { name } = definition;
    const logger = this.#options.logger.with({ cluster: name });
    const cluster = new ConnectedCluster(definition, {
      ...this.#options,
      logger,
      metrics: this.#metrics,
    });
    this.#clusters.set(name, cluster);
    for (const listener of this.#listeners) listener.added(cluster);
  }

  #remove(name: string, cluster: ConnectedCluster): void {
    this.#clusters.delete(name);
    for (const listener of this.#listeners) listener.removed(cluster);
    cluster.close();
  }

  *#cacheReadings(): Iterable<CacheReading> {
    for (const cluster of this.#clusters.values()) {
      for (const { resource, objects, lastEventMs } of cluster.followed()) {
        yield { cluster: cluster.name, resource, objects, lastEventMs };
      }
    }
  }

  *#reachableReadings(): Iterable<ReachableReading> {
    for (const cluster of this.#clusters.values()) {
      yield { cluster: cluster.name, reachable: cluster.health.reachable };
    }
  }
}
