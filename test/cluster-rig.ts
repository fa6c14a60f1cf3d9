/** Clusters of a test, connected to servers of the test, in virtual time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import type { HttpClientConfig } from '../config/http-client-types.ts';
import { DEFAULT_HTTP_CLIENT } from '../config/read-http-client.ts';
import { ConnectedClusters } from '../kubernetes/cluster-registry.ts';
import type { ConnectedCluster } from '../kubernetes/connected-cluster.ts';
import type { ClusterDefinition } from '../kubernetes/kubeconfig/known-clusters.ts';
import { type Logger, SILENT_LOGGER } from '../model/logger.ts';
import { testFolder } from './certificates.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Tests say themselves what is followed. */
const NO_DISCOVERY = { annotations: false, operator: false, operatorFiles: false };

export interface ClusterRig {
  readonly clock: VirtualClock;
  readonly registry: Registry;
  readonly clusters: ConnectedClusters;
}

export function clusterRig(
  env: Readonly<Record<string, string | undefined>> = {},
  logger: Logger = SILENT_LOGGER,
): ClusterRig {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const registry = new Registry();
  const clusters = new ConnectedClusters({ clock, random: () => 0.5, env, logger, registry });
  onTestFinished(() => clusters.close());
  return { clock, registry, clusters };
}

export function serverCluster(
  name: string,
  url: string,
  httpClient: Partial<HttpClientConfig> = {},
  namespaces: readonly string[] = [],
): ClusterDefinition {
  const access = {
    kind: 'server',
    url,
    httpClient: { ...DEFAULT_HTTP_CLIENT, ...httpClient },
  } as const;
  return { name, access, namespaces, discovery: NO_DISCOVERY, origin: 'configuration' };
}

/** The cluster of a rig that has one. */
export function connect(rig: ClusterRig, definition: ClusterDefinition): ConnectedCluster {
  rig.clusters.apply([definition]);
  return rig.clusters.get(definition.name) as ConnectedCluster;
}

export function kubeconfigCluster(text: string): ClusterDefinition {
  const file = join(testFolder(), 'kubeconfig');
  writeFileSync(file, text);
  return {
    name: 'c',
    access: { kind: 'kubeconfig', files: [file], context: '', execPlugins: true },
    namespaces: [],
    discovery: NO_DISCOVERY,
    origin: 'configuration',
  };
}

/** A kubeconfig of one context. */
export function kubeconfig(server: string, user: object, cluster: object = {}): string {
  return JSON.stringify({
    'current-context': 'x',
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  });
}
