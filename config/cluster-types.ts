/** The section `clusters`: which Kubernetes clusters are watched, and how they are reached. */
import type { ClusterCollection } from './collection-types.ts';
import type { HttpClientConfig } from './http-client-types.ts';

/** Contexts of a kubeconfig: its current one, every one, or those named. */
export type KubeconfigContexts = 'current' | 'all' | readonly string[];

/** One entry, which is one cluster, or several with `contexts`. */
export interface ClusterSource {
  /** Value of the label `cluster`; '' with a kubeconfig: the name of the context. */
  readonly name: string;
  readonly enabled: boolean;
  readonly access: ClusterAccess;
  /** None means all namespaces. */
  readonly namespaces: readonly string[];
  readonly discovery: ClusterDiscovery;
}

/** What of a cluster's objects makes us scrape, judge and tell, without a word in our own file. */
export interface ClusterDiscovery {
  /** `prometheus.io/…` on Pods and Services. */
  readonly annotations: boolean;
  /** prometheus-operator's objects. */
  readonly operator: boolean;
  /** Whether the operator's objects may name files of the machine that we run on. */
  readonly operatorFiles: boolean;
}

export interface ClusterConfig extends ClusterSource {
  readonly collection: ClusterCollection;
}

export type ClusterAccess =
  | {
      readonly kind: 'kubeconfig';
      /** Absolute; undefined: what KUBECONFIG names, else `~/.kube/config`. */
      readonly file: string | undefined;
      readonly contexts: KubeconfigContexts;
      /** Whether the programs may run that the file names for credentials. */
      readonly execPlugins: boolean;
    }
  | { readonly kind: 'server'; readonly url: string; readonly httpClient: HttpClientConfig }
  /** The service account of the Pod that we run in. */
  | { readonly kind: 'in-cluster' };
