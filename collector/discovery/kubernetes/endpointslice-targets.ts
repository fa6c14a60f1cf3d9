/** Role `endpointslice`: address × port of a slice, and the other ports of its Pods. */
import { joinHostPort } from '../../../model/host-port.ts';
import type { Labels } from '../../../model/labels.ts';
import type { TargetGroup } from '../discoverer.ts';
import { BackingPods, referencedNode } from './backing-pods.ts';
import type { EndpointSlice, Service, SliceEndpoint, SlicePort } from './discovered-objects.ts';
import { MetaLabels, namespaceOf, sanitize } from './meta-labels.ts';
import type { AttachedMetadata, RelatedObjects } from './related-objects.ts';
import { addServiceLabels } from './service-targets.ts';

/** On every slice: the service whose endpoints it holds. */
export const SERVICE_LABEL = 'kubernetes.io/service-name';

export function buildEndpointSlice(
  slice: EndpointSlice,
  related: RelatedObjects,
  attached: AttachedMetadata,
): TargetGroup {
  const namespace = namespaceOf(slice);
  const source = `endpointslice/${namespace}/${slice.metadata.name}`;
  const labels = new MetaLabels()
    .set('namespace', namespace)
    .set('endpointslice_address_type', slice.addressType)
    .object('endpointslice', slice);
  const serviceName = slice.metadata.labels?.[SERVICE_LABEL];
  const service = serviceName === undefined ? undefined : related.service(namespace, serviceName);
  if (service !== undefined) addServiceLabels(labels, service);
  labels.attachedNamespace(namespace, related, attached);
  if (isSecondFamily(slice, service)) return { source, targets: [], labels: labels.labels() };
  const pods = new BackingPods(related, attached);
  const targets: Labels[] = [];
  for (const endpoint of slice.endpoints ?? []) {
    const { targetRef, nodeName } = endpoint;
    for (const port of slice.ports ?? []) {
      for (const address of endpoint.addresses ?? []) {
        const target = endpointTarget(address, endpoint, port);
        target.attachedNode(referencedNode(targetRef) ?? nodeName, related, attached);
        pods.add(target, targetRef, port.port);
        targets.push(target.labels());
      }
    }
  }
  return { source, targets: [...targets, ...pods.otherPorts()], labels: labels.labels() };
}

function endpointTarget(address: string, endpoint: SliceEndpoint, port: SlicePort): MetaLabels {
  const { conditions, targetRef } = endpoint;
  const number = port.port === undefined ? undefined : String(port.port);
  const prefix = 'endpointslice_endpoint';
  const target = new MetaLabels()
    .plain(
      '__address__',
      number === undefined ? address : joinHostPort({ host: address, port: number }),
    )
    .set('endpointslice_port_name', port.name)
    .set('endpointslice_port_protocol', port.protocol)
    .set('endpointslice_port', number)
    .set('endpointslice_port_app_protocol', port.appProtocol)
    .set(`${prefix}_conditions_ready`, conditions?.ready?.toString())
    .set(`${prefix}_conditions_serving`, conditions?.serving?.toString())
    .set(`${prefix}_conditions_terminating`, conditions?.terminating?.toString())
    .set(`${prefix}_hostname`, endpoint.hostname)
    .set('endpointslice_address_target_kind', targetRef?.kind)
    .set('endpointslice_address_target_name', targetRef?.name)
    .set(`${prefix}_node_name`, endpoint.nodeName)
    .set(`${prefix}_zone`, endpoint.zone);
  for (const [name, value] of Object.entries(endpoint.deprecatedTopology ?? {})) {
    const safe = sanitize(name);
    target.set(`${prefix}_topology_${safe}`, value);
    target.set(`${prefix}_topology_present_${safe}`, 'true');
  }
  return target;
}

/**
 * Whether the slice has the second addresses of a service with two families: they would give each
 * target twice.
 */
function isSecondFamily(slice: EndpointSlice, service: Service | undefined): boolean {
  const { ipFamilyPolicy, ipFamilies = [] } = service?.spec ?? {};
  const isDual = ipFamilyPolicy === 'PreferDualStack' || ipFamilyPolicy === 'RequireDualStack';
  return isDual && ipFamilies.length > 0 && slice.addressType !== ipFamilies[0];
}
