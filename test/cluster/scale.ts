/** Fills a control plane without controllers with a large cluster's objects, status and all. */
import { ApiClient, type KubernetesObject } from './api-client.ts';
import { readKubeconfig } from './kubeconfig.ts';
import {
  deploymentOf,
  SCALE_LABEL,
  type ScaleObject,
  type ScaleOptions,
  scaleDeployment,
  scaleDeploymentCount,
  scaleNamespaces,
  scaleNode,
  scalePod,
  scaleReplicaSet,
} from './scale-objects.ts';
import { kubeconfigPath, secondControlPlane } from './settings.ts';

const PARALLEL_MAX = 24;
const PROGRESS_EVERY = 2000;
const APPS = '/apis/apps/v1';
const CORE = '/api/v1';

export async function createScale(options: ScaleOptions): Promise<void> {
  await withSecond(async (api) => {
    const startMs = performance.now();
    const nowIso = new Date().toISOString();
    for (const name of scaleNamespaces(options)) {
      await api.apply(`${CORE}/namespaces/${name}`, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: { [SCALE_LABEL]: 'true' } },
      });
    }
    await inParallel(options.nodes, async (index) => {
      await createWithStatus(api, `${CORE}/nodes`, scaleNode(index, nowIso));
    });
    const replicaSetUids = await inParallel(scaleDeploymentCount(options), async (index) => {
      const deployment = scaleDeployment(index, options);
      const base = `${APPS}/namespaces/${deployment.metadata.namespace}`;
      const uid = await createWithStatus(api, `${base}/deployments`, deployment);
      const replicaSet = scaleReplicaSet(index, options, uid);
      return createWithStatus(api, `${base}/replicasets`, replicaSet);
    });
    await inParallel(options.pods, async (index) => {
      const pod = scalePod(index, options, replicaSetUids[deploymentOf(index)] ?? '', nowIso);
      await createWithStatus(api, `${CORE}/namespaces/${pod.metadata.namespace}/pods`, pod);
      if (index % PROGRESS_EVERY === 0) console.log(`${index} of ${options.pods} Pods`);
    });
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    console.log(`${options.nodes} nodes and ${options.pods} Pods in ${seconds} s`);
  });
}

/** Removes all that `createScale` made. */
export async function removeScale(): Promise<void> {
  const ours = `labelSelector=${encodeURIComponent(`${SCALE_LABEL}=true`)}`;
  await withSecond(async (api) => {
    for (const { metadata } of await api.list(`${CORE}/namespaces?${ours}`)) {
      const { name } = metadata;
      for (const path of [
        `${APPS}/namespaces/${name}/deployments`,
        `${APPS}/namespaces/${name}/replicasets`,
        `${CORE}/namespaces/${name}/pods`,
      ]) {
        await api.remove(`${path}?${ours}&gracePeriodSeconds=0`);
      }
      // No namespace controller runs that would do so.
      await api.remove(`${CORE}/namespaces/${name}`);
      const namespace = await api.find(`${CORE}/namespaces/${name}`);
      if (namespace === undefined) continue;
      const finalized = { ...namespace, spec: { finalizers: [] } };
      await api.replace(`${CORE}/namespaces/${name}/finalize`, finalized);
    }
    await api.remove(`${CORE}/nodes?${ours}`);
  });
}

/** @returns the uid that the API server gave */
async function createWithStatus(
  api: ApiClient,
  path: string,
  object: ScaleObject,
): Promise<string> {
  const { status, ...desired } = object;
  const existing = `${path}/${object.metadata.name}`;
  const created = await api.createOrGet(path, desired, existing);
  await api.replace(`${existing}/status`, { ...created, status });
  return uidOf(created);
}

function uidOf({ metadata }: KubernetesObject): string {
  if (metadata.uid === undefined) throw new Error(`${metadata.name} has no uid`);
  return metadata.uid;
}

/** Runs `act` for 0 to `count` - 1; the first failure ends it. */
async function inParallel<T>(
  count: number,
  act: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      results[index] = await act(index);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_MAX }, work));
  return results;
}

async function withSecond(act: (api: ApiClient) => Promise<void>): Promise<void> {
  const api = new ApiClient(readKubeconfig(kubeconfigPath(secondControlPlane())));
  try {
    await act(api);
  } finally {
    await api.close();
  }
}
