/** Objects of a large cluster, as its controllers and kubelets would have left them. */

export interface ScaleOptions {
  readonly nodes: number;
  readonly pods: number;
}

export interface ScaleObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly spec: unknown;
  readonly status: unknown;
}

/** Marks what the generator made. */
export const SCALE_LABEL = 'watchkeeper.test/scale';

const PODS_PER_DEPLOYMENT = 20;
const DEPLOYMENTS_PER_NAMESPACE = 25;
const ZONES = 3;
const NODE_CAPACITY = {
  cpu: '16',
  memory: '65536Mi',
  pods: '110',
  'ephemeral-storage': '200Gi',
} as const;

export function scaleNamespaces({ pods }: ScaleOptions): readonly string[] {
  const count = Math.ceil(pods / (PODS_PER_DEPLOYMENT * DEPLOYMENTS_PER_NAMESPACE));
  return Array.from({ length: count }, (_, index) => `scale-${index}`);
}

export function scaleDeploymentCount({ pods }: ScaleOptions): number {
  return Math.ceil(pods / PODS_PER_DEPLOYMENT);
}

/** The namespace of the deployment with this number. */
export function namespaceOf(deployment: number): string {
  return `scale-${Math.floor(deployment / DEPLOYMENTS_PER_NAMESPACE)}`;
}

export function deploymentOf(pod: number): number {
  return Math.floor(pod / PODS_PER_DEPLOYMENT);
}

function nodeName(index: number): string {
  return `scale-node-${index}`;
}

function replicasOf(deployment: number, { pods }: ScaleOptions): number {
  return Math.min(PODS_PER_DEPLOYMENT, pods - deployment * PODS_PER_DEPLOYMENT);
}

export function scaleNode(index: number, nowIso: string): ScaleObject {
  const name = nodeName(index);
  const zone = `here-${'abc'[index % ZONES] ?? 'a'}`;
  const condition = (type: string, status: string, reason: string) => ({
    type,
    status,
    reason,
    message: reason,
    lastHeartbeatTime: nowIso,
    lastTransitionTime: nowIso,
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        [SCALE_LABEL]: 'true',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node.kubernetes.io/instance-type': index % 10 === 0 ? 'large' : 'small',
        'topology.kubernetes.io/region': 'here',
        'topology.kubernetes.io/zone': zone,
      },
    },
    spec: {
      podCIDR: `10.${100 + (index >> 8)}.${index & 255}.0/24`,
      providerID: `watchkeeper://${zone}/${name}`,
    },
    status: {
      capacity: NODE_CAPACITY,
      allocatable: { ...NODE_CAPACITY, cpu: '15800m', memory: '63000Mi' },
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      addresses: [
        { type: 'InternalIP', address: `10.99.${index >> 8}.${index & 255}` },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: uniqueHex(index),
        systemUUID: uniqueHex(index),
        bootID: uniqueHex(index),
        kernelVersion: '6.12.0',
        osImage: 'Debian GNU/Linux 13 (trixie)',
        containerRuntimeVersion: 'containerd://2.1.9',
        kubeletVersion: 'v1.34.4',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}

export function scaleDeployment(index: number, options: ScaleOptions): ScaleObject {
  const replicas = replicasOf(index, options);
  const name = `app-${index}`;
  const labels = workloadLabels(index);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace: namespaceOf(index),
      labels,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: podTemplate(labels) },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
      ],
    },
  };
}

/** @param deploymentUid of the owner, which the API server gave */
export function scaleReplicaSet(
  index: number,
  options: ScaleOptions,
  deploymentUid: string,
): ScaleObject {
  const replicas = replicasOf(index, options);
  const labels = { ...workloadLabels(index), 'pod-template-hash': templateHash(index) };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: replicaSetName(index),
      namespace: namespaceOf(index),
      labels,
      ownerReferences: [owner('apps/v1', 'Deployment', `app-${index}`, deploymentUid)],
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: `app-${index}`, 'pod-template-hash': templateHash(index) } },
      template: podTemplate(labels),
    },
    status: {
      observedGeneration: 1,
      replicas,
      fullyLabeledReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    },
  };
}

/** @param replicaSetUid of the owner, which the API server gave */
export function scalePod(
  index: number,
  { nodes }: ScaleOptions,
  replicaSetUid: string,
  nowIso: string,
): ScaleObject {
  const deployment = deploymentOf(index);
  const labels = {
    ...workloadLabels(deployment),
    'pod-template-hash': templateHash(deployment),
  };
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: nowIso });
  const podIp = `10.${100 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${replicaSetName(deployment)}-${suffix(index)}`,
      namespace: namespaceOf(deployment),
      labels,
      ownerReferences: [owner('apps/v1', 'ReplicaSet', replicaSetName(deployment), replicaSetUid)],
    },
    spec: { ...podTemplate(labels).spec, nodeName: nodeName(index % nodes) },
    status: {
      phase: 'Running',
      qosClass: 'Burstable',
      startTime: nowIso,
      hostIP: `10.99.${(index % nodes) >> 8}.${(index % nodes) & 255}`,
      podIP: podIp,
      podIPs: [{ ip: podIp }],
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
      containerStatuses: [
        {
          name: 'app',
          image: IMAGE,
          imageID: `sha256:${uniqueHex(1).repeat(2)}`,
          containerID: `containerd://${uniqueHex(index).repeat(2)}`,
          ready: true,
          started: true,
          restartCount: index % 100 === 0 ? 3 : 0,
          state: { running: { startedAt: nowIso } },
        },
      ],
    },
  };
}

const IMAGE = 'watchkeeper.test/busybox:1';

function podTemplate(labels: Readonly<Record<string, string>>) {
  return {
    metadata: { labels },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'app',
          image: IMAGE,
          command: ['sleep', '86400'],
          ports: [{ name: 'http', containerPort: 8080 }],
          resources: {
            requests: { cpu: '100m', memory: '128Mi' },
            limits: { cpu: '500m', memory: '256Mi' },
          },
        },
      ],
    },
  };
}

function workloadLabels(deployment: number): Readonly<Record<string, string>> {
  return {
    [SCALE_LABEL]: 'true',
    app: `app-${deployment}`,
    'app.kubernetes.io/name': `app-${deployment}`,
    team: `team-${deployment % 7}`,
  };
}

function owner(apiVersion: string, kind: string, name: string, uid: string) {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

function replicaSetName(deployment: number): string {
  return `app-${deployment}-${templateHash(deployment)}`;
}

/** Ten digits as a controller's hash has. */
function templateHash(deployment: number): string {
  return uniqueHex(deployment).slice(0, 10);
}

/** Five characters of a Pod's name. */
function suffix(index: number): string {
  return index.toString(36).padStart(5, '0');
}

/** 32 hexadecimal digits that differ for different numbers. */
function uniqueHex(index: number): string {
  const head = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  return `${head.toString(16).padStart(8, '0')}${index.toString(16).padStart(24, '0')}`;
}
