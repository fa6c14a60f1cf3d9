/** The clusters that a `kubernetes_sd_config` means. */
import { readFile } from 'node:fs/promises';
import type { ClusterAccess } from '../../../config/cluster-types.ts';
import type { KubernetesDiscovery } from '../../../config/discovery-types.ts';
import type { Cluster, ClusterRegistry } from '../../../kubernetes/cluster.ts';
import type { Clock } from '../../../model/clock.ts';
import type { Discoverer, OnGroups } from '../discoverer.ts';
import type { DiscoveryMetrics } from '../discovery-metrics.ts';
import { KubernetesDiscoverer } from './kubernetes-discoverer.ts';

/** Written by the kubelet into every Pod that has a service account. */
const OWN_NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Clusters that are reached for one discovery alone. */
export interface OpenedClusters extends ClusterRegistry {
  close(): void;
}

export interface KubernetesAccess {
  /** Those of the section `clusters`. */
  readonly clusters: ClusterRegistry;
  readonly open: (access: ClusterAccess) => OpenedClusters;
}

/**
 * A config that names no API server means all clusters that we watch, where Prometheus means the
 * one that it runs in.
 */
export function kubernetesDiscoverer(
  config: KubernetesDiscovery,
  access: KubernetesAccess,
  context: { readonly clock: Clock; readonly metrics: DiscoveryMetrics },
): Discoverer {
  const own = ownAccess(config);
  const { cluster } = config;
  const run = (clusters: ClusterRegistry, signal: AbortSignal, onGroups: OnGroups) =>
    new KubernetesDiscoverer({ config, clusters, ownNamespace, ...context }).run(signal, onGroups);
  if (own === undefined) {
    const clusters = cluster === undefined ? access.clusters : onlyOne(access.clusters, cluster);
    return { run: (...how) => run(clusters, ...how) };
  }
  return {
    async run(signal, onGroups) {
      const opened = access.open(own);
      try {
        await run(opened, signal, onGroups);
      } finally {
        opened.close();
      }
    },
  };
}

function onlyOne(clusters: ClusterRegistry, name: string): ClusterRegistry {
  const isIt = (cluster: Cluster): boolean => cluster.name === name;
  return {
    list: () => clusters.list().filter(isIt),
    get: (wanted) => (wanted === name ? clusters.get(name) : undefined),
    subscribe: (listener) =>
      clusters.subscribe({
        added: (cluster) => {
          if (isIt(cluster)) listener.added(cluster);
        },
        removed: (cluster) => {
          if (isIt(cluster)) listener.removed(cluster);
        },
      }),
  };
}

function ownAccess(config: KubernetesDiscovery): ClusterAccess | undefined {
  const { kubeconfigFile, apiServer, httpClient } = config;
  if (kubeconfigFile !== undefined) {
    return { kind: 'kubeconfig', file: kubeconfigFile, contexts: 'current', execPlugins: true };
  }
  return apiServer === undefined ? undefined : { kind: 'server', url: apiServer, httpClient };
}

async function ownNamespace(): Promise<string> {
  const text = (await readFile(OWN_NAMESPACE_FILE, 'utf8')).trim();
  if (text === '') throw new Error(`${OWN_NAMESPACE_FILE} is empty`);
  return text;
}
