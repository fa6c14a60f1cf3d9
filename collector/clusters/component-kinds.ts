/** The parts of a cluster that expose metrics beside kubelets and API server, and how their Pods are known. */
import type { Component } from '../../config/collection-types.ts';
import type { RelabelConfig } from '../../config/types.ts';
import type { Container, Pod } from '../discovery/kubernetes/discovered-objects.ts';
import { rule } from './job-config.ts';

export interface ComponentKind {
  readonly component: Exclude<Component, 'api_server'>;
  /** Label `job`, as kube-prometheus names it. */
  readonly job: string;
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** Whether it asks who reads. Pods are told only if nobody but the cluster's owner may start them. */
  readonly isAuthenticated: boolean;
  /** Names of the container port that metrics are on. */
  readonly portNames: readonly string[];
  /** Flag of the command line that ends in the port. */
  readonly portFlag: RegExp | undefined;
  /** Any of these sets of labels. */
  readonly podLabels: readonly Readonly<Record<string, string>>[];
  /** Only in `kube-system`: elsewhere anybody may call a Pod so. */
  readonly isSystem: boolean;
  readonly metricRelabelConfigs: readonly RelabelConfig[];
  /** Pages name Pods that are not the exporter. */
  readonly honorsLabels: boolean;
}

const SYSTEM_DEFAULTS = {
  portNames: ['metrics'],
  portFlag: undefined,
  isSystem: true,
  metricRelabelConfigs: [],
  honorsLabels: false,
} as const;

const SECURE_PORT = /^--secure-port=(\d+)$/;

export const COMPONENT_KINDS: readonly ComponentKind[] = [
  {
    ...SYSTEM_DEFAULTS,
    component: 'scheduler',
    job: 'kube-scheduler',
    scheme: 'https',
    port: 10259,
    isAuthenticated: true,
    portFlag: SECURE_PORT,
    podLabels: [{ component: 'kube-scheduler' }],
  },
  {
    ...SYSTEM_DEFAULTS,
    component: 'controller_manager',
    job: 'kube-controller-manager',
    scheme: 'https',
    port: 10257,
    isAuthenticated: true,
    portFlag: SECURE_PORT,
    podLabels: [{ component: 'kube-controller-manager' }],
  },
  {
    ...SYSTEM_DEFAULTS,
    component: 'etcd',
    job: 'etcd',
    scheme: 'http',
    port: 2381,
    isAuthenticated: false,
    portFlag: /^--listen-metrics-urls=.*:(\d+)$/,
    podLabels: [{ component: 'etcd' }],
  },
  {
    ...SYSTEM_DEFAULTS,
    component: 'kube_proxy',
    job: 'kube-proxy',
    scheme: 'http',
    port: 10249,
    isAuthenticated: false,
    portFlag: /^--metrics-bind-address=.*:(\d+)$/,
    podLabels: [{ 'k8s-app': 'kube-proxy' }, { component: 'kube-proxy' }],
  },
  {
    ...SYSTEM_DEFAULTS,
    component: 'coredns',
    job: 'coredns',
    scheme: 'http',
    port: 9153,
    isAuthenticated: false,
    podLabels: [
      { 'k8s-app': 'kube-dns' },
      { 'k8s-app': 'coredns' },
      { 'app.kubernetes.io/name': 'coredns' },
    ],
  },
  {
    ...SYSTEM_DEFAULTS,
    component: 'node_exporter',
    job: 'node-exporter',
    scheme: 'http',
    port: 9100,
    isAuthenticated: false,
    portFlag: /^--web\.listen-address=.*:(\d+)$/,
    isSystem: false,
    podLabels: [
      { 'app.kubernetes.io/name': 'node-exporter' },
      { 'app.kubernetes.io/name': 'prometheus-node-exporter' },
      { app: 'node-exporter' },
      { app: 'prometheus-node-exporter' },
      { 'k8s-app': 'node-exporter' },
    ],
  },
  {
    ...SYSTEM_DEFAULTS,
    component: 'dcgm_exporter',
    job: 'dcgm-exporter',
    scheme: 'http',
    port: 9400,
    isAuthenticated: false,
    isSystem: false,
    podLabels: [
      { app: 'nvidia-dcgm-exporter' },
      { 'app.kubernetes.io/name': 'dcgm-exporter' },
      { app: 'dcgm-exporter' },
    ],
    honorsLabels: true,
    // Whose GPU it is: by the exporter's version and settings under one name or the other.
    metricRelabelConfigs: [
      ...['pod', 'namespace', 'container'].map((name) =>
        rule({
          action: 'replace',
          sourceLabels: [`exported_${name}`],
          regex: '(.+)',
          targetLabel: name,
        }),
      ),
      rule({ action: 'labeldrop', regex: 'exported_(pod|namespace|container)' }),
    ],
  },
];

/** The component that a Pod is; undefined for all others. */
export function componentOf(pod: Pod): ComponentKind | undefined {
  const { namespace, labels } = pod.metadata;
  if (labels === undefined) return undefined;
  return COMPONENT_KINDS.find(
    (kind) =>
      (!kind.isSystem || namespace === 'kube-system') &&
      kind.podLabels.some((wanted) =>
        Object.entries(wanted).every(([name, value]) => labels[name] === value),
      ),
  );
}

/** Where in its Pod the component exposes metrics. */
export function portOf(kind: ComponentKind, pod: Pod): number {
  const containers = pod.spec?.containers ?? [];
  for (const container of containers) {
    const port = flagPort(kind, container);
    if (port !== undefined) return port;
  }
  const ports = containers.flatMap((container) => container.ports ?? []);
  const named = ports.find(({ name = '' }) => kind.portNames.includes(name));
  return named?.containerPort ?? kind.port;
}

function flagPort(kind: ComponentKind, { command = [], args = [] }: Container): number | undefined {
  for (const word of [...command, ...args]) {
    const port = kind.portFlag === undefined ? undefined : kind.portFlag.exec(word)?.[1];
    // Port 0 switches it off.
    if (port !== undefined && Number(port) > 0) return Number(port);
  }
  return undefined;
}
