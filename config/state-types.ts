/** The section `state`: series of the states of Kubernetes objects, kube-state-metrics' own. */

/**
 * `builtin`: made here. `scrape`: a kube-state-metrics of the cluster is scraped. `auto`: made
 * here, unless a scrape config has the name of kube-state-metrics.
 */
export type StateSource = 'builtin' | 'scrape' | 'auto';

export interface StateConfig {
  readonly enabled: boolean;
  readonly source: StateSource;
  readonly intervalMs: number;
  /** Plurals: 'pods'. */
  readonly resources: readonly string[];
  /** By resource: keys of labels that become labels of `kube_…_labels`; `*` is any text. */
  readonly labelsAllowList: Readonly<Record<string, readonly string[]>>;
  readonly annotationsAllowList: Readonly<Record<string, readonly string[]>>;
  /** Families that are only there when they are named. */
  readonly metricsOptIn: readonly string[];
}

/** `job` of the series, and the name of a scrape config that `auto` takes for another source of them. */
export const STATE_JOB = 'kube-state-metrics';

/** Made only when they are named. */
export const STATE_METRICS_OPT_IN: readonly string[] = [
  'kube_persistentvolume_csi_attributes',
  'kube_pod_nodeselectors',
];

/** Every resource that has families. */
export const STATE_RESOURCES: readonly string[] = [
  'certificatesigningrequests',
  'clusterrolebindings',
  'clusterroles',
  'configmaps',
  'cronjobs',
  'daemonsets',
  'deployments',
  'endpoints',
  'endpointslices',
  'horizontalpodautoscalers',
  'ingressclasses',
  'ingresses',
  'jobs',
  'leases',
  'limitranges',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'mutatingwebhookconfigurations',
  'namespaces',
  'networkpolicies',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'poddisruptionbudgets',
  'pods',
  'replicasets',
  'replicationcontrollers',
  'resourcequotas',
  'rolebindings',
  'roles',
  'secrets',
  'serviceaccounts',
  'services',
  'statefulsets',
  'storageclasses',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'validatingwebhookconfigurations',
  'volumeattachments',
];

/** Those of kube-state-metrics that are not in its defaults, and three of which there are many. */
const OFF: ReadonlySet<string> = new Set([
  'clusterrolebindings',
  'clusterroles',
  'endpoints',
  'ingressclasses',
  'rolebindings',
  'roles',
  'serviceaccounts',
  'configmaps',
  'leases',
  'secrets',
]);

export const STATE_DEFAULTS: StateConfig = {
  enabled: true,
  source: 'auto',
  intervalMs: 30_000,
  resources: STATE_RESOURCES.filter((name) => !OFF.has(name)),
  labelsAllowList: {
    namespaces: ['*'],
    nodes: [
      'topology.kubernetes.io/*',
      'node.kubernetes.io/instance-type',
      'kubernetes.io/arch',
      'node-role.kubernetes.io/*',
      'cloud.google.com/gke-nodepool',
      'eks.amazonaws.com/nodegroup',
      'karpenter.sh/nodepool',
      'kubernetes.azure.com/agentpool',
      'node.tke.cloud.tencent.com/nodepool-id',
      'tke.cloud.tencent.com/nodepool-id',
      'alibabacloud.com/nodepool-id',
      'cce.cloud.com/cce-nodepool',
    ],
    persistentvolumeclaims: ['excluded-from-alerts'],
    pods: ['app', 'app.kubernetes.io/*', 'k8s-app'],
  },
  annotationsAllowList: {},
  metricsOptIn: [],
};
