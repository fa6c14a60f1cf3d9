/** What is collected of a Kubernetes cluster, and how: `kubelet` and `components` of `clusters`. */
import type { RelabelConfig } from './types.ts';

/** The two ways to a kubelet. `auto` takes the second where the first fails and the second may be. */
export type KubeletMode = 'auto' | 'direct' | 'proxy';

/**
 * What a kubelet's certificate is checked by: `auto` is the authorities, else the key that the node
 * showed first; `verify` the authorities alone; `insecure` nothing.
 */
export type KubeletTls = 'auto' | 'verify' | 'insecure';

/** `light` is /metrics/resource in place of cAdvisor; `full` keeps cAdvisor's rarely used families. */
export type KubeletProfile = 'default' | 'full' | 'light';

export interface KubeletCollection {
  readonly enabled: boolean;
  readonly mode: KubeletMode;
  /** Undefined: unless we run in the cluster, where it would take a right that reaches far. */
  readonly allowApiProxy: boolean | undefined;
  readonly tls: KubeletTls;
  /** Absolute; of authorities beside the cluster's own. */
  readonly caFile: string | undefined;
  /** 0: what the node says, else 10250. */
  readonly port: number;
  readonly profile: KubeletProfile;
  /** Of /metrics and /metrics/cadvisor. */
  readonly intervalMs: number;
  readonly probesIntervalMs: number;
  readonly summaryIntervalMs: number;
  readonly metricRelabelConfigs: readonly RelabelConfig[];
}

export const COMPONENTS = [
  'api_server',
  'scheduler',
  'controller_manager',
  'etcd',
  'kube_proxy',
  'coredns',
  'node_exporter',
  'dcgm_exporter',
] as const;
export type Component = (typeof COMPONENTS)[number];

export interface ComponentCollection {
  readonly enabled: boolean;
  readonly intervalMs: number;
  /** Where it is, if its Pods cannot be found: URLs of metrics pages. */
  readonly urls: readonly string[];
  /** Whether histogram buckets go that no usual dashboard or rule asks for; of the API server only. */
  readonly dropsBuckets: boolean;
  readonly metricRelabelConfigs: readonly RelabelConfig[];
}

export interface ClusterCollection {
  readonly kubelet: KubeletCollection;
  readonly components: Readonly<Record<Component, ComponentCollection>>;
}

const SECOND_MS = 1000;

export const DEFAULT_KUBELET: KubeletCollection = {
  enabled: true,
  mode: 'auto',
  allowApiProxy: undefined,
  tls: 'auto',
  caFile: undefined,
  port: 0,
  profile: 'default',
  intervalMs: 30 * SECOND_MS,
  probesIntervalMs: 60 * SECOND_MS,
  summaryIntervalMs: 60 * SECOND_MS,
  metricRelabelConfigs: [],
};

export const DEFAULT_COMPONENT: ComponentCollection = {
  enabled: true,
  intervalMs: 30 * SECOND_MS,
  urls: [],
  dropsBuckets: true,
  metricRelabelConfigs: [],
};

/** What counts for a cluster that no file names. */
export const DEFAULT_COLLECTION: ClusterCollection = {
  kubelet: DEFAULT_KUBELET,
  components: {
    api_server: DEFAULT_COMPONENT,
    scheduler: DEFAULT_COMPONENT,
    controller_manager: DEFAULT_COMPONENT,
    etcd: DEFAULT_COMPONENT,
    kube_proxy: DEFAULT_COMPONENT,
    coredns: DEFAULT_COMPONENT,
    node_exporter: DEFAULT_COMPONENT,
    dcgm_exporter: DEFAULT_COMPONENT,
  },
};
