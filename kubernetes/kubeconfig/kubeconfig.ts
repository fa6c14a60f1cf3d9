/** A kubeconfig as its files have it, merged. */
import type { TlsConfig } from '../../config/http-client-types.ts';
import type { Place } from '../../model/place-error.ts';
import type { ClusterAuth, Impersonation } from '../connection/connection-settings.ts';

export interface KubeconfigCluster {
  readonly server: string;
  /** Certificate authority, server name, and whether to verify. */
  readonly tls: TlsConfig;
  readonly proxyUrl: string;
  readonly place: Place;
}

export interface KubeconfigUser {
  readonly auth: ClusterAuth;
  /** Client certificate and key. */
  readonly tls: Pick<TlsConfig, 'cert' | 'key'>;
  readonly impersonate: Impersonation | undefined;
  /** Name of a provider of the kind that Kubernetes 1.26 removed; '' for none. */
  readonly authProvider: string;
  readonly place: Place;
}

export interface KubeconfigContext {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
  readonly place: Place;
}

export interface Kubeconfig {
  /** '' for none. */
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, KubeconfigCluster>;
  readonly users: ReadonlyMap<string, KubeconfigUser>;
  readonly contexts: ReadonlyMap<string, KubeconfigContext>;
}

/** As kubectl merges the files of KUBECONFIG: what is named first counts. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  return {
    currentContext: configs.find((config) => config.currentContext !== '')?.currentContext ?? '',
    clusters: mergeMaps(configs.map((config) => config.clusters)),
    users: mergeMaps(configs.map((config) => config.users)),
    contexts: mergeMaps(configs.map((config) => config.contexts)),
  };
}

function mergeMaps<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  const merged = new Map<string, T>();
  for (const map of maps) {
    for (const [name, value] of map) {
      if (!merged.has(name)) merged.set(name, value);
    }
  }
  return merged;
}
