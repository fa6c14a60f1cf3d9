/** What collection has to know of a node. */
import { joinHostPort } from '../../model/host-port.ts';
import type { Node } from '../discovery/kubernetes/discovered-objects.ts';
import type { Endpoint } from './endpoint.ts';

const KUBELET_PORT = 10250;

/** The way a node is asked, most wanted first. */
const ADDRESS_TYPES = ['InternalIP', 'ExternalIP', 'InternalDNS', 'Hostname'];

export interface KubeletNode {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** `ip:port`, the label `instance`. */
  readonly instance: string;
  readonly isWindows: boolean;
}

/**
 * Undefined for a node that has no kubelet of the usual kind (virtual nodes), or no address yet.
 * @param port 0: what the node says
 */
export function kubeletNode(node: Node, port: number): KubeletNode | undefined {
  const { name, uid, labels = {} } = node.metadata;
  if (isVirtual(labels)) return undefined;
  const address = addressOf(node);
  if (address === undefined) return undefined;
  const stated = node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0;
  const usedPort = port || stated || KUBELET_PORT;
  const instance = joinHostPort({ host: address, port: String(usedPort) });
  return {
    name,
    instance,
    isWindows: labels['kubernetes.io/os'] === 'windows',
    endpoint: {
      origin: new URL(`https://${instance}`).origin,
      kind: 'kubelet',
      ownerUid: uid,
      owner: `node ${name}`,
      serverNames: [name],
      sendsCredentials: true,
      proxyPath: `/api/v1/nodes/${encodeURIComponent(name)}/proxy`,
    },
  };
}

function addressOf(node: Node): string | undefined {
  const addresses = node.status?.addresses ?? [];
  for (const type of ADDRESS_TYPES) {
    const found = addresses.find((one) => one.type === type && one.address !== '');
    if (found !== undefined) return found.address;
  }
  return undefined;
}

/** Places that stand for more than a machine: their providers' own monitoring knows them. */
function isVirtual(labels: Readonly<Record<string, string>>): boolean {
  return (
    labels['type'] === 'virtual-kubelet' ||
    labels['eks.amazonaws.com/compute-type'] === 'fargate' ||
    labels['node.kubernetes.io/instance-type'] === 'eklet'
  );
}
