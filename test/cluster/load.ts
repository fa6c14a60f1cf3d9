/** Fills the cluster with workloads that work, and with workloads that fail in all usual ways. */
import { join } from 'node:path';
import { ApiClient } from './api-client.ts';
import { pauseMs } from './component.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { applyObjects, readManifests } from './manifests.ts';
import { kubeconfigPath, mainControlPlane } from './settings.ts';

const STUCK = '/apis/apps/v1/namespaces/broken/deployments/stuck-rollout';
const READY_WITHIN_MS = 120_000;
const GONE_WITHIN_MS = 180_000;
const STEP_MS = 250;

/** A second call rolls out what is made to be rolled out, and mends what was changed. */
export async function loadWorkloads(): Promise<void> {
  const settings = mainControlPlane();
  const values = {
    VOLUME_FOLDER: join(settings.folder, 'volumes', 'disk'),
    ROLLOUT_TIME: new Date().toISOString(),
  };
  await withApi(async (api) => {
    const objects = readManifests('load', values);
    await applyObjects(api, objects);
    console.log(`${objects.length} objects are applied`);
    await rollOutBadImage(api);
    console.log('the rollout that does not end has begun');
  });
}

/** Removes all that `loadWorkloads` made. */
export async function unloadWorkloads(): Promise<void> {
  const ours = 'labelSelector=watchkeeper.test/load%3Dtrue';
  await withApi(async (api) => {
    for (const { metadata } of await api.list(`/api/v1/namespaces?${ours}`)) {
      await api.remove(`/api/v1/namespaces/${metadata.name}`);
    }
    await waitFor('the namespaces are gone', GONE_WITHIN_MS, async () => {
      return (await api.list(`/api/v1/namespaces?${ours}`)).length === 0;
    });
    for (const path of [
      '/api/v1/persistentvolumes',
      '/apis/storage.k8s.io/v1/storageclasses',
      '/apis/scheduling.k8s.io/v1/priorityclasses',
    ]) {
      await api.remove(`${path}?${ours}`);
    }
  });
}

async function rollOutBadImage(api: ApiClient): Promise<void> {
  await waitFor('the first revision runs', READY_WITHIN_MS, async () => {
    const { status } = (await api.get(STUCK)) as { readonly status?: DeploymentStatus };
    return (status?.availableReplicas ?? 0) > 0;
  });
  const container = { name: 'app', image: 'localhost:1/missing:2' };
  await api.patch(STUCK, { spec: { template: { spec: { containers: [container] } } } });
}

interface DeploymentStatus {
  readonly availableReplicas?: number;
}

async function withApi(act: (api: ApiClient) => Promise<void>): Promise<void> {
  const api = new ApiClient(readKubeconfig(kubeconfigPath(mainControlPlane())));
  try {
    await act(api);
  } finally {
    await api.close();
  }
}

async function waitFor(
  what: string,
  withinMs: number,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`not in ${withinMs} ms: ${what}`);
    await pauseMs(STEP_MS);
  }
}
