/** Families of Endpoints and EndpointSlices. */

import * as api from '../../kubernetes/resources.ts';
import type { EndpointSlice, Endpoints } from './endpoint-objects.ts';
import { gauge, info, type ObjectFamilies, row } from './family.ts';
import { created, presence } from './meta-families.ts';

export const ENDPOINTS: ObjectFamilies<Endpoints> = {
  name: 'endpoints',
  resources: [api.ENDPOINTS],
  prefix: 'kube_endpoint',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'endpoint', metadata.name],
  families: [
    presence('kube_endpoint', 'Endpoints object'),
    created('kube_endpoint'),
    gauge('kube_endpoint_address', 'Addresses, ready or not.', ({ subsets }: Endpoints) =>
      (subsets ?? []).flatMap(({ ports, addresses, notReadyAddresses }) =>
        (ports ?? []).flatMap(({ name, protocol, port }) => {
          const place = ['port_protocol', protocol, 'port_number', port ?? 0, 'port_name', name];
          return [
            ...(addresses ?? []).map(({ ip }) => row(1, ...place, 'ip', ip, 'ready', 'true')),
            ...(notReadyAddresses ?? []).map(({ ip }) =>
              row(1, ...place, 'ip', ip, 'ready', 'false'),
            ),
          ];
        }),
      ),
    ),
    gauge('kube_endpoint_ports', 'Ports.', ({ subsets }: Endpoints) =>
      (subsets ?? []).flatMap(({ ports }) =>
        (ports ?? []).map(({ name, protocol, port }) =>
          row(1, 'port_name', name, 'port_protocol', protocol, 'port_number', port ?? 0),
        ),
      ),
    ),
  ],
};

export const ENDPOINTSLICES: ObjectFamilies<EndpointSlice> = {
  name: 'endpointslices',
  resources: [api.ENDPOINT_SLICES],
  prefix: 'kube_endpointslice',
  mapped: 'both',
  labels: ({ metadata }) => ['namespace', metadata.namespace, 'endpointslice', metadata.name],
  families: [
    created('kube_endpointslice'),
    info('kube_endpointslice_info', 'Type of the addresses.', (slice: EndpointSlice) => [
      'addresstype',
      slice.addressType,
    ]),
    gauge('kube_endpointslice_ports', 'Ports.', (slice: EndpointSlice) =>
      (slice.ports ?? []).map(({ name, protocol, port }) =>
        row(1, 'port_name', name, 'port_protocol', protocol, 'port_number', port),
      ),
    ),
    gauge('kube_endpointslice_endpoints', 'Endpoints by address.', (slice: EndpointSlice) =>
      (slice.endpoints ?? []).flatMap(
        ({ conditions, hostname, targetRef, nodeName, zone, addresses }) => {
          const labels = [
            'ready',
            conditions?.ready,
            'serving',
            conditions?.serving,
            'hostname',
            hostname,
            'terminating',
            conditions?.terminating,
            'targetref_kind',
            targetRef?.kind,
            'targetref_name',
            targetRef?.name,
            'targetref_namespace',
            targetRef?.namespace,
            'endpoint_nodename',
            nodeName,
            'endpoint_zone',
            zone,
          ];
          return (addresses ?? []).map((address) => row(1, ...labels, 'address', address));
        },
      ),
    ),
    gauge(
      'kube_endpointslice_endpoints_hints',
      'Zones an endpoint is for.',
      (slice: EndpointSlice) =>
        (slice.endpoints ?? []).flatMap(({ hints, addresses }) => {
          const address = addresses?.[0];
          if (address === undefined) return [];
          return (hints?.forZones ?? []).map(({ name }) =>
            row(1, 'address', address, 'for_zone', name),
          );
        }),
    ),
  ],
};
