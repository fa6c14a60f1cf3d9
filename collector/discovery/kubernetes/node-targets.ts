/** Role `node`: one target per node, its kubelet. */
import { joinHostPort } from '../../../model/host-port.ts';
import { emptyGroup, type TargetGroup } from '../discoverer.ts';
import type { Node } from './discovered-objects.ts';
import { MetaLabels, sanitize } from './meta-labels.ts';

/** Most wanted first. */
const ADDRESS_TYPES = [
  'InternalIP',
  'InternalDNS',
  'ExternalIP',
  'ExternalDNS',
  'LegacyHostIP',
  'Hostname',
];

/** A node without an address has no targets. */
export function buildNode(node: Node): TargetGroup {
  const { name } = node.metadata;
  const source = `node/${name}`;
  const byType = new Map<string, string>();
  for (const { type, address } of node.status?.addresses ?? []) {
    if (!byType.has(type)) byType.set(type, address);
  }
  const type = ADDRESS_TYPES.find((one) => byType.has(one));
  if (type === undefined) return emptyGroup(source);
  const labels = new MetaLabels().set('node_provider_id', node.spec?.providerID);
  for (const condition of node.status?.conditions ?? []) {
    const safe = sanitize((condition.type ?? '').toLowerCase());
    labels.set(`node_condition_${safe}`, (condition.status ?? '').toLowerCase());
  }
  labels.object('node', node);
  const port = String(node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0);
  const target = new MetaLabels()
    .plain('__address__', joinHostPort({ host: byType.get(type) ?? '', port }))
    .plain('instance', name);
  for (const [one, address] of byType) target.set(`node_address_${sanitize(one)}`, address);
  return { source, targets: [target.labels()], labels: labels.labels() };
}
