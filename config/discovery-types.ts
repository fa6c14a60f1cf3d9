/** Where targets come from: one type per service discovery that we have. */
import type { Labels } from '../model/labels.ts';
import type { HttpClientConfig } from './http-client-types.ts';

export interface StaticTargetGroup {
  /** `host:port` or `host`, without scheme and path. */
  readonly targets: readonly string[];
  /** Put on every target of the group. */
  readonly labels: Labels;
  /** Place among the groups of the scrape config: '0', '1', … */
  readonly source: string;
}

export interface StaticDiscovery {
  readonly kind: 'static';
  readonly groups: readonly StaticTargetGroup[];
}

export interface FileDiscovery {
  readonly kind: 'file';
  /** Absolute; the last part may be a glob. */
  readonly files: readonly string[];
  readonly refreshIntervalMs: number;
}

export interface HttpDiscovery {
  readonly kind: 'http';
  readonly url: string;
  readonly refreshIntervalMs: number;
  readonly httpClient: HttpClientConfig;
}

export type DnsRecordType = 'SRV' | 'A' | 'AAAA' | 'MX' | 'NS';

export interface DnsDiscovery {
  readonly kind: 'dns';
  readonly names: readonly string[];
  readonly recordType: DnsRecordType;
  /** Meaningless for SRV, whose records carry the port. */
  readonly port: number;
  readonly refreshIntervalMs: number;
}

export type KubernetesRole = 'node' | 'pod' | 'service' | 'endpoints' | 'endpointslice' | 'ingress';

export interface KubernetesSelector {
  readonly role: KubernetesRole;
  /** A Kubernetes label selector, '' for all. */
  readonly label: string;
  /** A Kubernetes field selector, '' for all. */
  readonly field: string;
}

export interface KubernetesDiscovery {
  readonly kind: 'kubernetes';
  readonly role: KubernetesRole;
  /** Undefined: the kubeconfig file if given, else the cluster that we run in. */
  readonly apiServer: string | undefined;
  /** Of the section `clusters`, the only one that is meant; not to be written in a file. */
  readonly cluster?: string;
  readonly kubeconfigFile: string | undefined;
  readonly httpClient: HttpClientConfig;
  readonly namespaces: {
    readonly ownNamespace: boolean;
    /** None, and not `ownNamespace`: all namespaces. */
    readonly names: readonly string[];
  };
  readonly selectors: readonly KubernetesSelector[];
  readonly attachMetadata: {
    readonly node: boolean;
    readonly namespace: boolean;
    readonly deployment: boolean;
    readonly job: boolean;
    readonly cronjob: boolean;
  };
}

/** Pods and Services with `prometheus.io/…` annotations; stands in no file. */
export interface AnnotationDiscovery {
  readonly kind: 'annotated';
  readonly cluster: string;
}

export type DiscoveryConfig =
  | StaticDiscovery
  | FileDiscovery
  | HttpDiscovery
  | DnsDiscovery
  | KubernetesDiscovery
  | AnnotationDiscovery;
