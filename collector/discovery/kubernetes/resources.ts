/** The resources that discovery watches. */
import type { KubernetesRole } from '../../../config/discovery-types.ts';
import type { Resource } from '../../../kubernetes/object-cache.ts';

const core = (plural: string, kind: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
});

export const NODES = core('nodes', 'Node', false);
export const NAMESPACES = core('namespaces', 'Namespace', false);
export const PODS = core('pods', 'Pod');
export const SERVICES = core('services', 'Service');
const ENDPOINTS = core('endpoints', 'Endpoints');

const ENDPOINT_SLICES: Resource = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
  namespaced: true,
};

export const INGRESSES: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'ingresses',
  kind: 'Ingress',
  namespaced: true,
};

export const REPLICA_SETS: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'replicasets',
  kind: 'ReplicaSet',
  namespaced: true,
};

export const JOBS: Resource = {
  group: 'batch',
  version: 'v1',
  plural: 'jobs',
  kind: 'Job',
  namespaced: true,
};

export const ROLE_RESOURCES: Readonly<Record<KubernetesRole, Resource>> = {
  node: NODES,
  pod: PODS,
  service: SERVICES,
  endpoints: ENDPOINTS,
  endpointslice: ENDPOINT_SLICES,
  ingress: INGRESSES,
};
