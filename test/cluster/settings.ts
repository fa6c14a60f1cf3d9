/** Where the test cluster lives and what it answers on. */
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

export const KUBERNETES_VERSION = 'v1.34.4';
/** The newest that the module proxy has whole. */
export const KUBE_STATE_METRICS_VERSION = 'v2.15.0';

/** What sets one control plane on this machine apart from another. */
export interface ControlPlaneSettings {
  readonly name: string;
  /** All state: certificates, data, logs, sockets. */
  readonly folder: string;
  /** An address of this machine alone; every port of the control plane is opened on it only. */
  readonly address: string;
  readonly apiPort: number;
  /** Whether a controller manager acts on its objects. */
  readonly hasControllers: boolean;
}

/** The bridge that carries the addresses of the control planes; it has no ports, so nothing reaches it from outside. */
export const CONTROL_BRIDGE = 'wk-control';
export const POD_BRIDGE = 'wk-pods';
export const POD_NETWORK = '10.244.0.0/16';
/** The node's share of `POD_NETWORK`. */
export const NODE_POD_NETWORK = '10.244.0.0/24';
export const SERVICE_NETWORK = '10.96.0.0/16';
/** Addresses of the nodes that the generator of large clusters makes. */
export const SCALE_NODE_NETWORK = '10.99.0.0/16';
/** First of `SERVICE_NETWORK`: what Pods call the API server. */
export const KUBERNETES_SERVICE_IP = '10.96.0.1';
export const DNS_SERVICE_IP = '10.96.0.10';
export const NODE_NAME = 'node-1';

/** Ports as kubeadm sets them, so that what is learned here holds elsewhere. */
export const PORTS = {
  etcdClient: 2379,
  etcdPeer: 2380,
  etcdMetrics: 2381,
  kubelet: 10250,
  /** On loopback. */
  kubeletHealth: 10248,
  proxyMetrics: 10249,
  proxyHealth: 10256,
  controllerManager: 10257,
  scheduler: 10259,
} as const;

const API_PORT = 6443;

/** `WATCHKEEPER_CLUSTER_DIR`, else a folder among the temporary files. */
export function clusterFolder(): string {
  return process.env['WATCHKEEPER_CLUSTER_DIR'] ?? join(tmpdir(), 'watchkeeper-cluster');
}

/** The cluster with a node. */
export function mainControlPlane(): ControlPlaneSettings {
  return {
    name: 'main',
    folder: clusterFolder(),
    address: '10.245.0.1',
    apiPort: apiPort(),
    hasControllers: true,
  };
}

/** An API server alone, for tests of several clusters and of many objects. */
export function secondControlPlane(): ControlPlaneSettings {
  return {
    name: 'second',
    folder: join(clusterFolder(), 'second'),
    address: '10.245.0.2',
    apiPort: apiPort(),
    hasControllers: false,
  };
}

export function apiUrl({ address, apiPort: port }: ControlPlaneSettings): string {
  return `https://${address}:${port}`;
}

export function kubeconfigPath({ folder }: ControlPlaneSettings): string {
  return join(folder, 'kubeconfig');
}

/** A link to the built program, so that a cluster that is up needs no compiler to be looked at. */
export function kubernetesProgram({ folder }: ControlPlaneSettings): string {
  return join(folder, 'bin', 'kubernetes');
}

/** Built programs; outlives the cluster and the checkout. */
export function buildCacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'watchkeeper-cluster');
}

function apiPort(): number {
  const text = process.env['WATCHKEEPER_CLUSTER_API_PORT'];
  if (text === undefined) return API_PORT;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`WATCHKEEPER_CLUSTER_API_PORT is not a port: ${text}`);
  }
  return port;
}
