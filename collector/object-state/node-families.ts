/** Families of nodes. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import * as api from '../../kubernetes/resources.ts';
import { type Condition, conditions } from './conditions.ts';
import { gauge, info, number, type ObjectFamilies, row } from './family.ts';
import { created, deletionTimestamp } from './meta-families.ts';
import { nodeResourceRows, type ResourceList } from './resource-rows.ts';

interface Node extends KubernetesObject {
  readonly spec?: {
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[] | null;
    readonly providerID?: string;
    readonly unschedulable?: boolean;
    readonly taints?:
      | readonly { readonly key?: string; readonly value?: string; readonly effect?: string }[]
      | null;
  };
  readonly status?: {
    readonly capacity?: ResourceList;
    readonly allocatable?: ResourceList;
    readonly conditions?: readonly Condition[] | null;
    readonly addresses?: readonly { readonly type?: string; readonly address?: string }[] | null;
    readonly nodeInfo?: Readonly<Record<string, string>>;
  };
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

export const NODES: ObjectFamilies<Node> = {
  name: 'nodes',
  resources: [api.NODES],
  prefix: 'kube_node',
  mapped: 'both',
  labels: ({ metadata }) => ['node', metadata.name],
  families: [
    created('kube_node'),
    deletionTimestamp('kube_node'),
    info('kube_node_info', 'Kernel, system, runtime and versions of the node.', (node: Node) => {
      const { nodeInfo } = node.status ?? {};
      const addresses = node.status?.addresses ?? [];
      const internal = addresses.findLast(({ type }) => type === 'InternalIP');
      return [
        'kernel_version',
        nodeInfo?.['kernelVersion'],
        'os_image',
        nodeInfo?.['osImage'],
        'container_runtime_version',
        nodeInfo?.['containerRuntimeVersion'],
        'kubelet_version',
        nodeInfo?.['kubeletVersion'],
        'kubeproxy_version',
        'deprecated',
        'provider_id',
        node.spec?.providerID,
        'pod_cidr',
        node.spec?.podCIDR,
        'system_uuid',
        nodeInfo?.['systemUUID'],
        'internal_ip',
        internal?.address,
      ];
    }),
    gauge('kube_node_role', 'Roles of the node, from its labels.', ({ metadata }) =>
      Object.keys(metadata.labels ?? {})
        .filter((key) => key.startsWith(ROLE_PREFIX))
        .map((key) => row(1, 'role', key.slice(ROLE_PREFIX.length))),
    ),
    gauge('kube_node_spec_pod_cidrs', 'Ranges of Pod addresses of the node.', (node: Node) =>
      (node.spec?.podCIDRs ?? []).map((range) => row(1, 'pod_cidr', range)),
    ),
    gauge('kube_node_spec_taint', 'Taints of the node.', (node: Node) =>
      (node.spec?.taints ?? []).map(({ key, value, effect }) =>
        row(1, 'key', key, 'value', value, 'effect', effect),
      ),
    ),
    number('kube_node_spec_unschedulable', '1 while the node is cordoned.', (node: Node) =>
      Number(node.spec?.unschedulable === true),
    ),
    gauge('kube_node_status_allocatable', 'Resources that Pods may use.', (node: Node) =>
      nodeResourceRows(node.status?.allocatable),
    ),
    gauge('kube_node_status_capacity', 'Resources of the node in all.', (node: Node) =>
      nodeResourceRows(node.status?.capacity),
    ),
    conditions(
      'kube_node_status_condition',
      'Conditions of the node.',
      (node: Node) => node.status?.conditions,
    ),
    gauge('kube_node_status_addresses', 'Addresses of the node.', (node: Node) =>
      (node.status?.addresses ?? []).map(({ type, address }) =>
        row(1, 'type', type, 'address', address),
      ),
    ),
  ],
};
