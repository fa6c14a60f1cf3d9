/** What all tests on a cluster build on holds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../until.ts';
import { ApiClient, type KubernetesObject } from './api-client.ts';
import { BUSYBOX_IMAGE } from './images.ts';
import { describeWithCluster, describeWithTwoClusters } from './test-cluster.ts';

const BUSY =
  'i=0; while true; do i=$((i+1)); [ $((i%1000)) -gt 0 ] || { echo "line $i"; sleep 0.1; }; done';
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'busy' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'busy',
        image: BUSYBOX_IMAGE,
        command: ['sh', '-c', BUSY],
        resources: { limits: { cpu: '200m', memory: '32Mi' } },
      },
    ],
  },
};

const READY = { type: 'Ready', status: 'True' };
/** The kubelet looks at a new container after up to 15 seconds, and then every 10 to 15. */
const SEEN_WITHIN_MS = 60_000;

await describeWithCluster('the test cluster', (cluster) => {
  const namespace = `facts-${process.pid}`;
  const namespacePath = `/api/v1/namespaces/${namespace}`;
  let api: ApiClient;

  beforeAll(async () => {
    api = new ApiClient(cluster().access);
    const account = `${namespacePath}/serviceaccounts/default`;
    await api.apply(namespacePath, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
    await until('the namespace has an account', () => api.find(account));
    await api.apply(`${namespacePath}/pods/busy`, POD);
  });

  afterAll(async () => {
    await api.remove(namespacePath);
    await api.close();
  });

  test('every node is Ready', async () => {
    const nodes = await api.list('/api/v1/nodes');
    expect(nodes.length).toBeGreaterThan(0);
    for (const node of nodes) {
      expect(conditionsOf(node)).toContainEqual(expect.objectContaining(READY));
    }
  });

  test('a Pod runs, and writes a log', async () => {
    await until(
      'the Pod is Ready',
      async () => {
        const pod = await api.get(`${namespacePath}/pods/busy`);
        return conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True');
      },
      SEEN_WITHIN_MS,
    );
    const log = `${namespacePath}/pods/busy/log?tailLines=1`;
    await until('a line', async () => /^line \d+000\n$/.test(await api.text('GET', log)));
  });

  test.each([
    ['metrics/cadvisor', 'container_cpu_usage_seconds_total'],
    ['metrics/resource', 'container_cpu_usage_seconds_total'],
  ])('the kubelet’s %s has the Pod’s CPU', async (page, metric) => {
    const path = await kubeletPath(api, namespacePath);
    const ours = new RegExp(
      `^${metric}\\{(?=.*container="busy")(?=.*pod="busy")(?=.*namespace="${namespace}").*\\} ([^ ]+)`,
      'm',
    );
    const seconds = await until(
      `${metric} of the Pod`,
      async () => Number(ours.exec(await api.text('GET', `${path}/${page}`))?.[1] ?? 0),
      SEEN_WITHIN_MS,
    );
    expect(seconds).toBeGreaterThan(0);
  });

  test('the kubelet’s summary has the Pod’s memory', async () => {
    const path = await kubeletPath(api, namespacePath);
    const bytes = await until(
      'memory of the Pod',
      async () => {
        const summary = JSON.parse(await api.text('GET', `${path}/stats/summary`)) as Summary;
        const pod = summary.pods.find(({ podRef }) => podRef.namespace === namespace);
        return pod?.containers?.[0]?.memory?.workingSetBytes;
      },
      SEEN_WITHIN_MS,
    );
    expect(bytes).toBeGreaterThan(0);
  });
});

await describeWithTwoClusters('the second control plane', (clusters) => {
  test('has objects of its own, on which nothing acts', async () => {
    const [first, second] = clusters().map(({ access }) => new ApiClient(access));
    if (first === undefined || second === undefined) throw new Error('two clusters are wanted');
    const name = `facts-of-second-${process.pid}`;
    const configMaps = '/api/v1/namespaces/default/configmaps';
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
    try {
      await second.apply(`${configMaps}/${name}`, object);
      expect(await second.find(`${configMaps}/${name}`)).toBeDefined();
      expect(await first.find(`${configMaps}/${name}`)).toBeUndefined();
    } finally {
      await second.remove(`${configMaps}/${name}`);
      await Promise.all([first.close(), second.close()]);
    }
  });
});

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly namespace: string };
    readonly containers?: readonly { readonly memory?: { readonly workingSetBytes?: number } }[];
  }[];
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

function conditionsOf(object: KubernetesObject): readonly Condition[] {
  return (object['status'] as { readonly conditions?: readonly Condition[] }).conditions ?? [];
}

async function kubeletPath(api: ApiClient, namespacePath: string): Promise<string> {
  const nodeName = await until('the Pod has a node', async () => {
    const pod = await api.get(`${namespacePath}/pods/busy`);
    return (pod['spec'] as { readonly nodeName?: string }).nodeName;
  });
  return `/api/v1/nodes/${nodeName}/proxy`;
}
