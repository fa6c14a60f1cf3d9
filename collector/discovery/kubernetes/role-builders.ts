/** How the objects of each role become targets. */
import type { KubernetesRole } from '../../../config/discovery-types.ts';
import { buildEndpoints } from './endpoints-targets.ts';
import { buildEndpointSlice } from './endpointslice-targets.ts';
import { buildIngress } from './ingress-targets.ts';
import { buildNode } from './node-targets.ts';
import { buildPod } from './pod-targets.ts';
import type { BuildGroup } from './related-objects.ts';
import { buildService } from './service-targets.ts';

/** Each takes objects of its own role only, which is what its role's resource gives. */
export const ROLE_BUILDERS: Readonly<Record<KubernetesRole, BuildGroup<never>>> = {
  node: buildNode,
  pod: buildPod,
  service: buildService,
  endpoints: buildEndpoints,
  endpointslice: buildEndpointSlice,
  ingress: buildIngress,
};
