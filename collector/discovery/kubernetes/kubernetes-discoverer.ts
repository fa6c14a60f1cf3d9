/** `kubernetes_sd_configs`: targets that Kubernetes clusters know. */
import type { KubernetesDiscovery } from '../../../config/discovery-types.ts';
import type { Cluster, ClusterRegistry } from '../../../kubernetes/cluster.ts';
import type { Clock } from '../../../model/clock.ts';
import type { Discoverer, OnGroups, TargetGroup } from '../discoverer.ts';
import type { DiscoveryMetrics } from '../discovery-metrics.ts';
import { RoleWatch } from './role-watch.ts';

export interface KubernetesDiscovererOptions {
  readonly config: Pick<
    KubernetesDiscovery,
    'role' | 'selectors' | 'attachMetadata' | 'namespaces' | 'cluster'
  >;
  /** Those whose objects become targets; they may come and go. */
  readonly clusters: ClusterRegistry;
  /** Namespace of our own Pod, for `own_namespace`. @throws Error outside of a cluster */
  readonly ownNamespace: () => Promise<string>;
  readonly clock: Clock;
  readonly metrics: Pick<DiscoveryMetrics, 'kubernetesEvents'>;
}

export class KubernetesDiscoverer implements Discoverer {
  readonly #options: KubernetesDiscovererOptions;

  constructor(options: KubernetesDiscovererOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal, onGroups: OnGroups): Promise<void> {
    const namespaces = await this.#namespaces();
    if (signal.aborted) return;
    const watches = new Map<Cluster, readonly RoleWatch[]>();
    const unsubscribe = this.#options.clusters.subscribe({
      added: (cluster) => watches.set(cluster, this.#watch(cluster, namespaces, onGroups)),
      removed: (cluster) => {
        for (const watch of watches.get(cluster) ?? []) watch.close();
        watches.delete(cluster);
      },
    });
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    unsubscribe();
    for (const watch of [...watches.values()].flat()) watch.close();
  }

  /** Undefined: all. */
  async #namespaces(): Promise<readonly string[] | undefined> {
    const { names, ownNamespace } = this.#options.config.namespaces;
    if (!ownNamespace) return names.length === 0 ? undefined : [...new Set(names)];
    return [...new Set([...names, await this.#options.ownNamespace()])];
  }

  #watch(
    cluster: Cluster,
    namespaces: readonly string[] | undefined,
    onGroups: OnGroups,
  ): readonly RoleWatch[] {
    const { config, clock, metrics } = this.#options;
    const tell: OnGroups = (groups, isUrgent) => {
      onGroups(
        groups.map((group) => ofCluster(group, cluster.name)),
        isUrgent,
      );
    };
    const watch = (names: readonly string[] | undefined, isShared: boolean): RoleWatch => {
      const options = { cluster, config, clock, metrics, onGroups: tell };
      return new RoleWatch({ ...options, namespaces: names, isShared });
    };
    // Nodes are of the whole cluster, whatever the namespaces.
    if (config.role === 'node' || namespaces === undefined) return [watch(undefined, true)];
    // Who writes namespaces down may be allowed to see no others.
    if (config.cluster === undefined) return namespaces.map((name) => watch([name], false));
    return [watch(namespaces, true)];
  }
}

/** Two clusters may have objects of one name; the label `cluster` is on everything. */
export function ofCluster(group: TargetGroup, name: string): TargetGroup {
  return {
    source: `${name}/${group.source}`,
    targets: group.targets,
    labels: group.labels.with('__meta_kubernetes_cluster', name).with('cluster', name),
  };
}
