/** Role `service`: one target per port of a service, under its name in the cluster's DNS. */
import { joinHostPort } from '../../../model/host-port.ts';
import type { TargetGroup } from '../discoverer.ts';
import type { Service } from './discovered-objects.ts';
import { MetaLabels, namespaceOf } from './meta-labels.ts';
import type { AttachedMetadata, RelatedObjects } from './related-objects.ts';

export function buildService(
  service: Service,
  related: RelatedObjects,
  attached: AttachedMetadata,
): TargetGroup {
  const { name } = service.metadata;
  const namespace = namespaceOf(service);
  const { type = '', clusterIP, externalName, ports = [] } = service.spec ?? {};
  const labels = addServiceLabels(new MetaLabels(), service);
  labels.attachedNamespace(namespace, related, attached);
  const targets = ports.map((port) => {
    const number = String(port.port);
    const target = new MetaLabels()
      .plain('__address__', joinHostPort({ host: `${name}.${namespace}.svc`, port: number }))
      .set('service_port_name', port.name)
      .set('service_port_number', number)
      .set('service_port_protocol', port.protocol)
      .set('service_type', type);
    if (type === 'ExternalName') target.set('service_external_name', externalName);
    else target.set('service_cluster_ip', clusterIP);
    if (type === 'LoadBalancer') target.set('service_loadbalancer_ip', loadBalancerIps(service));
    return target.labels();
  });
  return { source: `svc/${namespace}/${name}`, targets, labels: labels.labels() };
}

/** What a service tells of itself wherever it is met. */
export function addServiceLabels(labels: MetaLabels, service: Service): MetaLabels {
  return labels.set('namespace', namespaceOf(service)).object('service', service);
}

/** Those given by the load balancer, with commas between them; else the one asked for. */
function loadBalancerIps({ spec, status }: Service): string | undefined {
  const ips = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip || []);
  return ips.length > 0 ? ips.join(',') : spec?.loadBalancerIP;
}
