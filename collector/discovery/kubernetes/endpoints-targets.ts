/** Role `endpoints`: address × port of an Endpoints object, and the other ports of its Pods. */
import { joinHostPort } from '../../../model/host-port.ts';
import type { Labels } from '../../../model/labels.ts';
import type { TargetGroup } from '../discoverer.ts';
import { BackingPods, referencedNode } from './backing-pods.ts';
import type { EndpointAddress, EndpointPort, Endpoints } from './discovered-objects.ts';
import { MetaLabels, namespaceOf } from './meta-labels.ts';
import type { AttachedMetadata, RelatedObjects } from './related-objects.ts';
import { addServiceLabels } from './service-targets.ts';

export function buildEndpoints(
  endpoints: Endpoints,
  related: RelatedObjects,
  attached: AttachedMetadata,
): TargetGroup {
  const { name } = endpoints.metadata;
  const namespace = namespaceOf(endpoints);
  const labels = new MetaLabels().set('namespace', namespace);
  const service = related.service(namespace, name);
  if (service !== undefined) addServiceLabels(labels, service);
  labels.object('endpoints', endpoints).attachedNamespace(namespace, related, attached);
  const pods = new BackingPods(related, attached);
  const targets: Labels[] = [];
  const add = (address: EndpointAddress, port: EndpointPort, ready: string): void => {
    const target = endpointTarget(address, port)
      .set('endpoint_ready', ready)
      .attachedNode(address.nodeName ?? referencedNode(address.targetRef), related, attached);
    pods.add(target, address.targetRef, port.port, port.protocol);
    targets.push(target.labels());
  };
  for (const { ports = [], addresses = [], notReadyAddresses = [] } of endpoints.subsets ?? []) {
    for (const port of ports) {
      for (const address of addresses) add(address, port, 'true');
      for (const address of notReadyAddresses) add(address, port, 'false');
    }
  }
  return {
    source: `endpoints/${namespace}/${name}`,
    targets: [...targets, ...pods.otherPorts()],
    labels: labels.labels(),
  };
}

function endpointTarget(address: EndpointAddress, port: EndpointPort): MetaLabels {
  return new MetaLabels()
    .plain('__address__', joinHostPort({ host: address.ip, port: String(port.port) }))
    .set('endpoint_port_name', port.name)
    .set('endpoint_port_protocol', port.protocol)
    .set('endpoint_address_target_kind', address.targetRef?.kind)
    .set('endpoint_address_target_name', address.targetRef?.name)
    .set('endpoint_node_name', address.nodeName)
    .set('endpoint_hostname', address.hostname);
}
