import type { Resource } from './object-cache.ts';

/** Resources of Kubernetes' own API that we watch, by kind, in the version that every server since 1.25 has. */
function namespaced(group: string, version: string, plural: string, kind: string): Resource {
  return { group, version, plural, kind, namespaced: true };
}

function clusterWide(group: string, version: string, plural: string, kind: string): Resource {
  return { group, version, plural, kind, namespaced: false };
}

export const NODES = clusterWide('', 'v1', 'nodes', 'Node');
export const NAMESPACES = clusterWide('', 'v1', 'namespaces', 'Namespace');
export const PERSISTENT_VOLUMES = clusterWide('', 'v1', 'persistentvolumes', 'PersistentVolume');
export const PODS = namespaced('', 'v1', 'pods', 'Pod');
export const SERVICES = namespaced('', 'v1', 'services', 'Service');
export const ENDPOINTS = namespaced('', 'v1', 'endpoints', 'Endpoints');
export const CONFIG_MAPS = namespaced('', 'v1', 'configmaps', 'ConfigMap');
export const SECRETS = namespaced('', 'v1', 'secrets', 'Secret');
export const LIMIT_RANGES = namespaced('', 'v1', 'limitranges', 'LimitRange');
export const RESOURCE_QUOTAS = namespaced('', 'v1', 'resourcequotas', 'ResourceQuota');
export const PERSISTENT_VOLUME_CLAIMS = namespaced(
  '',
  'v1',
  'persistentvolumeclaims',
  'PersistentVolumeClaim',
);
export const REPLICATION_CONTROLLERS = namespaced(
  '',
  'v1',
  'replicationcontrollers',
  'ReplicationController',
);
export const SERVICE_ACCOUNTS = namespaced('', 'v1', 'serviceaccounts', 'ServiceAccount');
export const EVENTS = namespaced('events.k8s.io', 'v1', 'events', 'Event');
export const DEPLOYMENTS = namespaced('apps', 'v1', 'deployments', 'Deployment');
export const REPLICA_SETS = namespaced('apps', 'v1', 'replicasets', 'ReplicaSet');
export const STATEFUL_SETS = namespaced('apps', 'v1', 'statefulsets', 'StatefulSet');
export const DAEMON_SETS = namespaced('apps', 'v1', 'daemonsets', 'DaemonSet');
export const JOBS = namespaced('batch', 'v1', 'jobs', 'Job');
export const CRON_JOBS = namespaced('batch', 'v1', 'cronjobs', 'CronJob');
export const HORIZONTAL_POD_AUTOSCALERS = namespaced(
  'autoscaling',
  'v2',
  'horizontalpodautoscalers',
  'HorizontalPodAutoscaler',
);
export const POD_DISRUPTION_BUDGETS = namespaced(
  'policy',
  'v1',
  'poddisruptionbudgets',
  'PodDisruptionBudget',
);
export const ENDPOINT_SLICES = namespaced(
  'discovery.k8s.io',
  'v1',
  'endpointslices',
  'EndpointSlice',
);
export const INGRESSES = namespaced('networking.k8s.io', 'v1', 'ingresses', 'Ingress');
export const INGRESS_CLASSES = clusterWide(
  'networking.k8s.io',
  'v1',
  'ingressclasses',
  'IngressClass',
);
export const NETWORK_POLICIES = namespaced(
  'networking.k8s.io',
  'v1',
  'networkpolicies',
  'NetworkPolicy',
);
export const STORAGE_CLASSES = clusterWide(
  'storage.k8s.io',
  'v1',
  'storageclasses',
  'StorageClass',
);
export const VOLUME_ATTACHMENTS = clusterWide(
  'storage.k8s.io',
  'v1',
  'volumeattachments',
  'VolumeAttachment',
);
export const LEASES = namespaced('coordination.k8s.io', 'v1', 'leases', 'Lease');
export const CERTIFICATE_SIGNING_REQUESTS = clusterWide(
  'certificates.k8s.io',
  'v1',
  'certificatesigningrequests',
  'CertificateSigningRequest',
);
export const MUTATING_WEBHOOK_CONFIGURATIONS = clusterWide(
  'admissionregistration.k8s.io',
  'v1',
  'mutatingwebhookconfigurations',
  'MutatingWebhookConfiguration',
);
export const VALIDATING_WEBHOOK_CONFIGURATIONS = clusterWide(
  'admissionregistration.k8s.io',
  'v1',
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
);
export const CUSTOM_RESOURCE_DEFINITIONS = clusterWide(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);
