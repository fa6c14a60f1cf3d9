/** Each role: which resource it lists, and how the objects become targets. */
import type { KubernetesRole } from '../../../config/discovery-types.ts';
import type { Resource } from '../../../kubernetes/object-cache.ts';
import {
  ENDPOINT_SLICES,
  ENDPOINTS,
  INGRESSES,
  NODES,
  PODS,
  SERVICES,
} from '../../../kubernetes/resources.ts';
import { buildEndpoints } from './endpoints-targets.ts';
import { buildEndpointSlice } from './endpointslice-targets.ts';
import { buildIngress } from './ingress-targets.ts';
import { buildNode } from './node-targets.ts';
import { buildPod } from './pod-targets.ts';
import type { BuildGroup } from './related-objects.ts';
import { buildService } from './service-targets.ts';

export interface Role {
  readonly resource: Resource;
  /** Takes objects of the role's own resource only. */
  readonly build: BuildGroup<never>;
}

export const ROLES: Readonly<Record<KubernetesRole, Role>> = {
  node: { resource: NODES, build: buildNode },
  pod: { resource: PODS, build: buildPod },
  service: { resource: SERVICES, build: buildService },
  endpoints: { resource: ENDPOINTS, build: buildEndpoints },
  endpointslice: { resource: ENDPOINT_SLICES, build: buildEndpointSlice },
  ingress: { resource: INGRESSES, build: buildIngress },
};
