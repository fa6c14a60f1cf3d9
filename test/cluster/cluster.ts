/** Brings the cluster up and down, part by part. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ApiClient } from './api-client.ts';
import { type Component, pauseMs } from './component.ts';
import { endContainers, imageNames, importImage, removeTraces } from './containers.ts';
import { ControlPlane } from './control-plane.ts';
import { countDiskBytes } from './disk-accounting.ts';
import { buildGoProgram } from './go-build.ts';
import {
  busyboxImage,
  COREDNS_IMAGE,
  type ImageSpec,
  PAUSE_IMAGE,
  packImage,
  programImage,
} from './images.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { addProgramFolders, prepareMachine } from './machine.ts';
import { applyObjects, readManifests } from './manifests.ts';
import {
  addAddress,
  forgetScaleNodes,
  keepScaleNodesHere,
  removeAddress,
  removeBridges,
  removeKubeletRules,
  routeServices,
} from './network.ts';
import { ClusterNode } from './node.ts';
import {
  type ControlPlaneSettings,
  kubeconfigPath,
  kubernetesProgram,
  mainControlPlane,
  NODE_NAME,
  secondControlPlane,
} from './settings.ts';

const READY_WITHIN_MS = 120_000;
const STEP_MS = 250;

/** Starts what does not run; a cluster that is up stays as it is. */
export async function upMain(): Promise<void> {
  prepareMachine();
  const settings = mainControlPlane();
  linkProgram(settings, await buildGoProgram('kubernetes'));
  const images = [
    programImage(PAUSE_IMAGE, await buildGoProgram('pause')),
    programImage(COREDNS_IMAGE, await buildGoProgram('coredns')),
    busyboxImage(),
  ];
  const controlPlane = new ControlPlane(settings);
  const node = new ClusterNode(controlPlane);

  addAddress(settings.address);
  routeServices();
  const startControlPlane = async (): Promise<void> => {
    await start(controlPlane.etcd());
    await start(controlPlane.apiServer());
    await Promise.all([start(controlPlane.controllerManager()), start(controlPlane.scheduler())]);
  };
  const startRuntime = async (): Promise<void> => {
    await start(node.containerd());
    importImages(node.containerdSocket, images, settings.folder);
  };
  await Promise.all([startControlPlane(), startRuntime()]);
  await Promise.all([start(node.kubelet()), start(node.proxy())]);

  const api = new ApiClient(readKubeconfig(kubeconfigPath(settings)));
  try {
    await waitFor(`node ${NODE_NAME} is Ready`, () => isNodeReady(api));
    countDiskBytes(settings.folder);
    const account = '/api/v1/namespaces/default/serviceaccounts/default';
    await waitFor('Pods can be made', async () => (await api.find(account)) !== undefined);
    await applyObjects(api, readManifests('system'));
    await waitFor('DNS answers', () => isAvailable(api, 'kube-system', 'coredns'));
  } finally {
    await api.close();
  }
}

/** An API server with an etcd of its own, and nothing that acts on the objects. */
export async function upSecond(): Promise<void> {
  prepareMachine();
  const settings = secondControlPlane();
  linkProgram(settings, await buildGoProgram('kubernetes'));
  const controlPlane = new ControlPlane(settings);
  addAddress(settings.address);
  keepScaleNodesHere();
  await start(controlPlane.etcd());
  await start(controlPlane.apiServer());
}

/** Ends everything and removes all state; what was built stays. */
export async function downMain(): Promise<void> {
  addProgramFolders();
  await downSecond();
  const settings = mainControlPlane();
  if (!existsSync(settings.folder)) return;
  const controlPlane = new ControlPlane(settings);
  const node = new ClusterNode(controlPlane);
  for (const component of [node.kubelet(), node.proxy(), node.containerd()]) await stop(component);
  await endContainers(node.containerdSocket);
  await removeTraces(settings.folder);
  for (const component of controlPlaneComponents(controlPlane)) await stop(component);
  removeServiceRules(settings);
  removeKubeletRules();
  removeBridges();
  rmSync(settings.folder, { recursive: true });
}

export async function downSecond(): Promise<void> {
  const settings = secondControlPlane();
  if (!existsSync(settings.folder)) return;
  const controlPlane = new ControlPlane(settings);
  for (const component of [controlPlane.apiServer(), controlPlane.etcd()]) await stop(component);
  removeAddress(settings.address);
  forgetScaleNodes();
  rmSync(settings.folder, { recursive: true });
}

/** All parts of the control planes that were brought up, by the names of these. */
export function knownComponents(): readonly ClusterPart[] {
  const main = mainControlPlane();
  const second = secondControlPlane();
  const parts: ClusterPart[] = [];
  const add = (cluster: string, components: readonly Component[]): void => {
    parts.push(...components.map((component) => ({ cluster, component })));
  };
  if (existsSync(kubeconfigPath(main))) {
    const controlPlane = new ControlPlane(main);
    const node = new ClusterNode(controlPlane);
    add(main.name, controlPlaneComponents(controlPlane).toReversed());
    add(main.name, [node.containerd(), node.kubelet(), node.proxy()]);
  }
  if (existsSync(kubeconfigPath(second))) {
    const controlPlane = new ControlPlane(second);
    add(second.name, [controlPlane.etcd(), controlPlane.apiServer()]);
  }
  return parts;
}

interface ClusterPart {
  readonly cluster: string;
  readonly component: Component;
}

/** In the order in which they are stopped. */
function controlPlaneComponents(controlPlane: ControlPlane): readonly Component[] {
  return [
    controlPlane.scheduler(),
    controlPlane.controllerManager(),
    controlPlane.apiServer(),
    controlPlane.etcd(),
  ];
}

function linkProgram(settings: ControlPlaneSettings, built: string): void {
  const link = kubernetesProgram(settings);
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(built, link);
}

function importImages(socket: string, images: readonly ImageSpec[], folder: string): void {
  const present = imageNames(socket);
  const missing = images.filter(({ name }) => !present.includes(name));
  if (missing.length === 0) return;
  const work = join(folder, 'images');
  for (const spec of missing) importImage(socket, packImage(spec, work));
  rmSync(work, { recursive: true });
}

function removeServiceRules(settings: ControlPlaneSettings): void {
  execFileSync(kubernetesProgram(settings), ['kube-proxy', '--cleanup'], { stdio: 'pipe' });
}

async function isNodeReady(api: ApiClient): Promise<boolean> {
  const node = await api.find(`/api/v1/nodes/${NODE_NAME}`);
  const { conditions = [] } = (node?.['status'] ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

async function isAvailable(api: ApiClient, namespace: string, name: string): Promise<boolean> {
  const deployment = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  const { availableReplicas = 0 } = deployment['status'] as {
    readonly availableReplicas?: number;
  };
  return availableReplicas > 0;
}

async function start(component: Component): Promise<void> {
  const pidBefore = component.pid();
  const startMs = performance.now();
  await component.start();
  const verb = pidBefore === component.pid() ? 'runs' : `started in ${seconds(startMs)}`;
  console.log(`${component.name} ${verb}`);
}

async function stop(component: Component): Promise<void> {
  if (component.pid() === undefined) return;
  await component.stop();
  console.log(`${component.name} stopped`);
}

async function waitFor(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const startMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startMs > READY_WITHIN_MS) {
      throw new Error(`not in ${READY_WITHIN_MS} ms: ${what}`);
    }
    await pauseMs(STEP_MS);
  }
  console.log(`${what}, after ${seconds(startMs)}`);
}

function seconds(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}
