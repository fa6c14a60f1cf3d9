/** The test cluster, where one is up: tests that need it are skipped without. */
import { existsSync } from 'node:fs';
import { ApiClient } from './api-client.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { kubeconfigPath, mainControlPlane } from './settings.ts';

/** Path of its kubeconfig; undefined when no cluster is up. */
export function runningCluster(): string | undefined {
  const path = kubeconfigPath(mainControlPlane());
  return existsSync(path) ? path : undefined;
}

export function clusterClient(kubeconfig: string): ApiClient {
  return new ApiClient(readKubeconfig(kubeconfig));
}
