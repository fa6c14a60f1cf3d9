/** Nothing but KUBECONFIG: within a minute every core metric has its objects. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CATALOGUE } from '../../rules/catalogue/catalogue.ts';
import type { CatalogueLevel } from '../../rules/catalogue/catalogue-metric.ts';
import { ApiClient, type KubernetesObject } from '../cluster/api-client.ts';
import { BUSYBOX_IMAGE } from '../cluster/images.ts';
import { describeWithCluster } from '../cluster/test-cluster.ts';
import { query, type RunningProgram, runProgram, temporaryDir, until } from './run-program.ts';

/** From the start of the program. */
const CORE_WITHIN_MS = 60_000;
/** The kubelet looks at volumes once a minute, and at new ones after up to one more. */
const SEEN_WITHIN_MS = 150_000;
const PODS_WITHIN_MS = 60_000;
const TEST_WITHIN_MS = 300_000;

const NAME = `catalogue-${process.pid}`;
/** Made on the node by the Pods' first volume; a `local` one has its usage reported. */
const VOLUME_PATH = `/var/tmp/watchkeeper-${NAME}`;
const VOLUME = `/api/v1/persistentvolumes/${NAME}`;

/** Computes, and writes to the disk now and then. */
const BUSY =
  'i=0; while true; do i=$((i+1)); [ $((i%2000)) -gt 0 ] || { dd if=/dev/zero of=/data/$HOSTNAME bs=64k count=1 conv=fsync 2>/dev/null; sleep 0.1; }; done';
const LIMITS = { cpu: '100m', memory: '32Mi' };
const REPLICAS = 2;

function volume(nodeName: string): unknown {
  const terms = [
    { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
  ];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: NAME },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: '',
      local: { path: VOLUME_PATH },
      nodeAffinity: { required: { nodeSelectorTerms: terms } },
    },
  };
}

const CLAIM = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: '',
    volumeName: NAME,
    resources: { requests: { storage: '1Gi' } },
  },
};

const LABELS = { app: 'busy' };
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'busy' },
  spec: {
    replicas: REPLICAS,
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'busy',
            image: BUSYBOX_IMAGE,
            command: ['sh', '-c', BUSY],
            resources: { limits: LIMITS, requests: LIMITS },
            volumeMounts: [
              { name: 'made', mountPath: '/made' },
              { name: 'data', mountPath: '/data' },
            ],
          },
        ],
        volumes: [
          { name: 'made', hostPath: { path: VOLUME_PATH, type: 'DirectoryOrCreate' } },
          { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
        ],
      },
    },
  },
};

await describeWithCluster('the catalogue of a real cluster', (cluster) => {
  const namespace = NAME;
  const namespacePath = `/api/v1/namespaces/${namespace}`;
  const dir = temporaryDir();
  let api: ApiClient;
  let program: RunningProgram;
  let podNames: readonly string[] = [];
  let nodeNames: readonly string[] = [];

  beforeAll(async () => {
    api = new ApiClient(cluster().access);
    await api.apply(namespacePath, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
    const account = `${namespacePath}/serviceaccounts/default`;
    await until(() => api.find(account), PODS_WITHIN_MS);
    const apps = `/apis/apps/v1/namespaces/${namespace}`;
    const names = (objects: readonly KubernetesObject[]) => objects.map((one) => one.metadata.name);
    nodeNames = names(await api.list('/api/v1/nodes'));
    await api.apply(VOLUME, volume(nodeNames[0] ?? ''));
    await api.apply(`${namespacePath}/persistentvolumeclaims/data`, CLAIM);
    await api.apply(`${apps}/deployments/busy`, DEPLOYMENT);
    await until(async () => {
      const { readyReplicas } = (await api.get(`${apps}/deployments/busy`))['status'] as {
        readonly readyReplicas?: number;
      };
      return readyReplicas === REPLICAS ? true : undefined;
    }, PODS_WITHIN_MS);
    podNames = names(await api.list(`${namespacePath}/pods`));
    // Else what is measured is how soon the kubelet sees what is new.
    await until(seesAll, SEEN_WITHIN_MS);
    program = await runProgram(['serve', `--data=${dir.path}`, '--listen=127.0.0.1:0'], {
      KUBECONFIG: cluster().kubeconfig,
    });
  }, TEST_WITHIN_MS);

  afterAll(async () => {
    await program?.stop();
    dir.remove();
    await api.remove(namespacePath);
    await api.remove(VOLUME);
    await api.close();
    rmSync(VOLUME_PATH, { recursive: true, force: true });
  });

  /** Whether the kubelet shows the disks of our containers, and the volume. */
  async function seesAll(): Promise<true | undefined> {
    const proxy = `/api/v1/nodes/${nodeNames[0]}/proxy/metrics`;
    const cadvisor = await api.text('GET', `${proxy}/cadvisor`);
    const written = cadvisor
      .split('\n')
      .filter((line) => line.startsWith('container_fs_writes_bytes_total{container="busy"'));
    const isWritten = podNames.every((pod) => written.some((line) => line.includes(`"${pod}"`)));
    if (!isWritten) return undefined;
    const page = await api.text('GET', proxy);
    const volumes = `kubelet_volume_stats_used_bytes{namespace="${namespace}"`;
    return page.includes(volumes) ? true : undefined;
  }

  /** Selectors that each must have a row. */
  function objectsOf(level: CatalogueLevel): readonly string[] {
    const ours = `namespace="${namespace}"`;
    switch (level) {
      case 'cluster':
        return ['cluster!=""'];
      case 'node':
        return nodeNames.map((node) => `node="${node}"`);
      case 'workload':
        return [`${ours},workload_kind="Deployment",workload="busy"`];
      case 'pod':
        return podNames.map((pod) => `${ours},pod="${pod}"`);
      case 'container':
        return podNames.map((pod) => `${ours},pod="${pod}",container="busy"`);
      case 'pvc':
        return [`${ours},persistentvolumeclaim="data"`];
      case 'service':
        return [];
    }
  }

  async function missing(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const { name, level, isCore } of CATALOGUE) {
      if (isCore !== true) continue;
      for (const object of objectsOf(level)) {
        const { data } = await query(program.url, `${name}{${object}}`);
        if (data.result.length === 0) found.push(`${name}{${object}}`);
      }
    }
    return found;
  }

  async function valueOf(expr: string): Promise<number> {
    const { data } = await query(program.url, expr);
    return Number(data.result[0]?.value[1]);
  }

  test(
    'has every core metric of every object within a minute',
    async () => {
      let left: readonly string[] = [];
      await until(
        async () => {
          left = await missing();
          return left.length === 0 ? true : undefined;
        },
        CORE_WITHIN_MS,
        () => `missing: ${left.join('\n')}\n${program.output()}`,
      );
    },
    TEST_WITHIN_MS,
  );

  test('fails in no rule', async () => {
    const response = await fetch(`${program.url}/api/v1/rules`);
    const { data } = (await response.json()) as {
      readonly data: {
        readonly groups: readonly {
          readonly rules: readonly { readonly name: string; readonly lastError?: string }[];
        }[];
      };
    };
    const rules = data.groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(CATALOGUE.length);
    expect(rules.filter(({ lastError = '' }) => lastError !== '')).toEqual([]);
  });

  test('measures what the Pods use, and of what they may use', async () => {
    const ours = `namespace="${namespace}"`;
    const cpu = await valueOf(`sum(wk_pod_cpu_usage_cores{${ours}})`);
    const limit = 0.1 * REPLICAS;
    expect(cpu).toBeGreaterThan(0);
    expect(cpu).toBeLessThan(limit * 1.5);
    expect(await valueOf(`sum(wk_workload_cpu_usage_cores{${ours}})`)).toBeCloseTo(cpu, 6);
    expect(await valueOf(`avg(K8sPodRateCpuCoreUsedLimit{${ours}})`)).toBeCloseTo(cpu / limit, 6);
    const memory = await valueOf(`max(wk_pod_memory_usage_bytes{${ours}})`);
    expect(memory).toBeGreaterThan(0);
    expect(await valueOf(`max(wk_pod_memory_limit_ratio{${ours}})`)).toBeCloseTo(
      memory / (32 * 2 ** 20),
      6,
    );
    const replicas = `wk_workload_replicas_available{${ours},workload="busy"}`;
    expect(await valueOf(replicas)).toBe(REPLICAS);
  });

  test('answers for one Pod in one request', async () => {
    const search = new URLSearchParams({ level: 'pod', namespace, pod: podNames[0] ?? '' });
    const response = await fetch(`${program.url}/api/v1/catalogue/values?${search.toString()}`);
    const { data } = (await response.json()) as {
      readonly data: {
        readonly metrics: readonly { readonly name: string; readonly series: readonly unknown[] }[];
      };
    };
    const withValues = new Set(
      data.metrics.filter(({ series }) => series.length > 0).map(({ name }) => name),
    );
    const core = CATALOGUE.filter(({ level, isCore }) => level === 'pod' && isCore === true);
    for (const { name } of core) expect(withValues).toContain(name);
  });
});
