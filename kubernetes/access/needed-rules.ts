/** The rights that each feature takes: the least that all of them need is `deploy/rbac.yaml`. */

/** A rule of a role, with what it is for. */
export interface NeededRule {
  /** What does not work without it. */
  readonly feature: string;
  /** Not part of the manifest: only for who switches the feature on. */
  readonly optional: boolean;
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly verbs: readonly string[];
  /** Namespaces and objects in them; else of the whole cluster. */
  readonly namespaced: boolean;
}

const READ = ['get', 'list', 'watch'];

function reading(
  feature: string,
  group: string,
  resources: readonly string[],
  namespaced = true,
): NeededRule {
  return {
    feature,
    optional: false,
    apiGroups: [group],
    resources,
    nonResourceURLs: [],
    verbs: READ,
    namespaced,
  };
}

const STATE = 'object state';
const DISCOVERY = 'discovery and object state';

export const NEEDED_RULES: readonly NeededRule[] = [
  {
    ...reading('node and container metrics', '', ['nodes/metrics', 'nodes/stats'], false),
    verbs: ['get'],
  },
  {
    feature: "the API server's metrics and health",
    optional: false,
    apiGroups: [],
    resources: [],
    nonResourceURLs: ['/metrics', '/metrics/slis', '/readyz', '/readyz/*', '/livez', '/livez/*'],
    verbs: ['get'],
    namespaced: false,
  },
  reading(DISCOVERY, '', ['nodes', 'namespaces', 'persistentvolumes'], false),
  reading(DISCOVERY, '', [
    'pods',
    'services',
    'endpoints',
    'events',
    'limitranges',
    'persistentvolumeclaims',
    'replicationcontrollers',
    'resourcequotas',
    'serviceaccounts',
  ]),
  reading(STATE, 'apps', [
    'controllerrevisions',
    'daemonsets',
    'deployments',
    'replicasets',
    'statefulsets',
  ]),
  reading(STATE, 'batch', ['cronjobs', 'jobs']),
  reading(STATE, 'autoscaling', ['horizontalpodautoscalers']),
  reading(STATE, 'policy', ['poddisruptionbudgets']),
  reading(DISCOVERY, 'discovery.k8s.io', ['endpointslices']),
  reading(DISCOVERY, 'networking.k8s.io', ['ingresses', 'networkpolicies']),
  reading(STATE, 'networking.k8s.io', ['ingressclasses'], false),
  reading(
    STATE,
    'storage.k8s.io',
    ['csidrivers', 'csinodes', 'storageclasses', 'volumeattachments'],
    false,
  ),
  reading(STATE, 'coordination.k8s.io', ['leases']),
  reading(STATE, 'certificates.k8s.io', ['certificatesigningrequests'], false),
  reading(
    STATE,
    'admissionregistration.k8s.io',
    [
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
      'mutatingwebhookconfigurations',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'validatingwebhookconfigurations',
    ],
    false,
  ),
  reading('events', 'events.k8s.io', ['events']),
  reading('custom resources', 'apiextensions.k8s.io', ['customresourcedefinitions'], false),
  reading("the Prometheus operator's objects", 'monitoring.coreos.com', [
    'alertmanagerconfigs',
    'podmonitors',
    'probes',
    'prometheusrules',
    'scrapeconfigs',
    'servicemonitors',
  ]),
  {
    ...reading('the state of ConfigMaps and Secrets, without their data', '', [
      'configmaps',
      'secrets',
    ]),
    optional: true,
    verbs: ['list', 'watch'],
  },
  {
    ...reading(
      'kubelets through the API server (close to root on nodes)',
      '',
      ['nodes/proxy'],
      false,
    ),
    optional: true,
    verbs: ['get'],
  },
  {
    ...reading('acting as the signed-in user', '', ['users', 'groups'], false),
    optional: true,
    verbs: ['impersonate'],
  },
];
