/** The program with nothing but KUBECONFIG beside a real cluster: is what it says so? */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiClient } from '../cluster/api-client.ts';
import { describeWithCluster } from '../cluster/test-cluster.ts';
import { query, type RunningProgram, runProgram, temporaryDir, until } from './run-program.ts';

/** Looking is work for the program and the cluster. */
const LOOK_EVERY_MS = 1000;

const STEADY_WITHIN_MS = 150_000;
const CORE_WITHIN_MS = 180_000;
const CADVISOR = 'job="kubelet",metrics_path="/metrics/cadvisor"';
const CGROUP_ROOTS = ['/sys/fs/cgroup/cpuacct', '/sys/fs/cgroup/cpu', '/sys/fs/cgroup'];

/** Memory changes between two looks. */
const MEMORY_RATIO = 0.25;
const MEMORY_BYTES = 4 * 1024 * 1024;

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly state?: { readonly running?: { readonly startedAt?: string } };
}

interface PodObject {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status: {
    readonly phase?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly {
      readonly name: string;
      readonly cpu?: { readonly time: string; readonly usageCoreNanoSeconds?: number };
      readonly memory?: { readonly workingSetBytes?: number };
      readonly rootfs?: { readonly usedBytes?: number };
    }[];
  }[];
}

interface CpuReading {
  readonly timeMs: number;
  readonly seconds: number;
}

await describeWithCluster(
  'collection from a real cluster with nothing but KUBECONFIG',
  (cluster) => {
    const dir = temporaryDir();
    let program: RunningProgram;
    let api: ApiClient;
    let before: string | undefined;
    /** Containers that run from the start to the end of the tests. */
    let first: readonly string[] = [];

    beforeAll(async () => {
      before = process.env['KUBECONFIG'];
      process.env['KUBECONFIG'] = cluster().kubeconfig;
      api = new ApiClient(cluster().access);
      // A cluster that has just been brought up has none yet.
      first = await until(async () => {
        const found = await steadyContainers();
        return found.length > 0 ? found : undefined;
      }, STEADY_WITHIN_MS);
      program = await runProgram([`--data=${dir.path}`, '--listen=127.0.0.1:0']);
    }, 2 * STEADY_WITHIN_MS);
    afterAll(async () => {
      await program.stop();
      await api.close();
      dir.remove();
      if (before === undefined) delete process.env['KUBECONFIG'];
      else process.env['KUBECONFIG'] = before;
    });

    async function pods(): Promise<readonly PodObject[]> {
      return (await api.list('/api/v1/pods')) as unknown as readonly PodObject[];
    }

    /** `namespace/pod/container id` of what has run for a minute. */
    async function steadyContainers(): Promise<readonly string[]> {
      const since = Date.now() - 60_000;
      return (await pods()).flatMap(({ metadata, status }) =>
        (status.containerStatuses ?? [])
          .filter(({ state }) => Date.parse(state?.running?.startedAt ?? '') < since)
          .map((one) => `${metadata.namespace}/${metadata.name}/${one.name} ${one.containerID}`),
      );
    }

    /** Those of the start that still are what they were. */
    async function containers(): Promise<readonly string[]> {
      const now = new Set(await steadyContainers());
      const steady = first.filter((one) => now.has(one)).map((one) => one.split(' ')[0] as string);
      expect(steady.length).toBeGreaterThan(0);
      return steady;
    }

    /** Value by the labels, joined by a slash. */
    async function values(expr: string, ...names: readonly string[]): Promise<Map<string, number>> {
      const { data } = await query(program.url, expr);
      return new Map(
        data.result.map(({ metric, value }) => [
          names.map((name) => metric[name] ?? '').join('/'),
          Number(value[1]),
        ]),
      );
    }

    async function missing(
      wanted: readonly string[],
      expr: string,
      ...names: readonly string[]
    ): Promise<readonly string[]> {
      const there = await values(expr, ...names);
      return wanted.filter((one) => !there.has(one));
    }

    async function summaries(): Promise<
      Map<string, CpuReading & { readonly memory: number; readonly rootfs: number }>
    > {
      const found = new Map<
        string,
        CpuReading & { readonly memory: number; readonly rootfs: number }
      >();
      for (const node of await api.list('/api/v1/nodes')) {
        const path = `/api/v1/nodes/${node.metadata.name}/proxy/stats/summary`;
        const summary = JSON.parse(await api.text('GET', path)) as Summary;
        for (const { podRef, containers: list = [] } of summary.pods) {
          for (const { name, cpu, memory, rootfs } of list) {
            if (cpu?.usageCoreNanoSeconds === undefined) continue;
            found.set(`${podRef.namespace}/${podRef.name}/${name}`, {
              timeMs: Date.parse(cpu.time),
              seconds: cpu.usageCoreNanoSeconds / 1e9,
              memory: memory?.workingSetBytes ?? 0,
              rootfs: rootfs?.usedBytes ?? 0,
            });
          }
        }
      }
      return found;
    }

    /** The stored samples of each container's CPU counter. */
    async function cpuSamples(): Promise<Map<string, readonly CpuReading[]>> {
      const expr = `container_cpu_usage_seconds_total{${CADVISOR},container!=""}[5m]`;
      const { data } = await query(program.url, expr);
      return new Map(
        data.result.map(({ metric, values: list }) => [
          `${metric['namespace']}/${metric['pod']}/${metric['container']}`,
          list.map(([seconds, value]) => ({ timeMs: seconds * 1000, seconds: Number(value) })),
        ]),
      );
    }

    test(
      'every node, Pod and container has CPU, memory and network',
      async () => {
        let wanted = await containers();
        const nodes = (await api.list('/api/v1/nodes')).map(({ metadata }) => metadata.name);
        const names = ['namespace', 'pod', 'container'] as const;
        const hostPods = new Set(
          (await pods())
            .filter(({ spec }) => spec.hostNetwork === true)
            .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
        );
        const networked = [...new Set(wanted.map((one) => one.replace(/\/[^/]*$/, '')))].filter(
          (one) => !hostPods.has(one),
        );
        let lacking: readonly string[] = [];
        await until(
          async () => {
            await pause(LOOK_EVERY_MS);
            const now = new Set(await containers());
            wanted = wanted.filter((one) => now.has(one));
            const rate = (name: string, more: string) => `rate(${name}{${CADVISOR},${more}}[2m])`;
            lacking = [
              ...(await missing(
                wanted,
                rate('container_cpu_usage_seconds_total', 'container!=""'),
                ...names,
              )),
              ...(await missing(
                wanted,
                `container_memory_working_set_bytes{${CADVISOR},container!=""}`,
                ...names,
              )),
              ...(await missing(wanted, 'wk_stats_container_rootfs_used_bytes', ...names)),
              ...(await missing(
                networked,
                rate('container_network_receive_bytes_total', 'interface="eth0"'),
                'namespace',
                'pod',
              )),
              ...(await missing(
                nodes,
                rate('container_cpu_usage_seconds_total', 'id="/"'),
                'node',
              )),
              ...(await missing(
                nodes,
                `container_memory_working_set_bytes{${CADVISOR},id="/"}`,
                'node',
              )),
              ...(await missing(nodes, 'wk_node_fs_used_bytes{fs="nodefs"}', 'node')),
              ...(await missing(nodes, 'wk_node_cpu_usage_ratio', 'node')),
            ];
            return lacking.length === 0 ? true : undefined;
          },
          CORE_WITHIN_MS,
          () => `missing: ${lacking.join(' ')}\n${program.output()}`,
        );
        const down = await values(
          'up{job=~"kubelet|apiserver|apiserver-readyz"} == 0',
          'job',
          'metrics_path',
        );
        expect([...down.keys()]).toEqual([]);
        expect((await values('wk_apiserver_readyz', 'component')).get('ping')).toBe(1);
        expect((await values('abs(wk_scrape_clock_skew) > 60', 'node')).size).toBe(0);
      },
      CORE_WITHIN_MS * 1.5,
    );

    test('no container is there twice, and none that is not', async () => {
      const expr = `count by (namespace,pod,container) (container_memory_working_set_bytes{${CADVISOR},container!=""}) > 1`;
      expect([...(await values(expr, 'namespace', 'pod', 'container')).keys()]).toEqual([]);
    });

    test(
      'CPU lies between two readings of /stats/summary, memory and file systems beside them',
      async () => {
        let wanted = await containers();
        const start = await summaries();
        let end = start;
        let samples = new Map<string, readonly CpuReading[]>();
        const between = (name: string): readonly CpuReading[] => {
          const from = start.get(name)?.timeMs ?? Number.POSITIVE_INFINITY;
          // The summary tells whole seconds.
          const to = end.get(name)?.timeMs ?? 0;
          return (samples.get(name) ?? []).filter(
            ({ timeMs }) => timeMs > from + 1000 && timeMs < to,
          );
        };
        await until(
          async () => {
            await pause(LOOK_EVERY_MS);
            end = await summaries();
            samples = await cpuSamples();
            wanted = await containers();
            return wanted.every((name) => between(name).length > 0) ? true : undefined;
          },
          CORE_WITHIN_MS,
          () =>
            `no sample between: ${wanted.filter((name) => between(name).length === 0).join(' ')}`,
        );
        for (const name of wanted) {
          for (const { seconds } of between(name)) {
            expect(seconds, name).toBeGreaterThanOrEqual((start.get(name)?.seconds ?? 0) - 1e-6);
            expect(seconds, name).toBeLessThanOrEqual((end.get(name)?.seconds ?? 0) + 1e-6);
          }
        }
        const names = ['namespace', 'pod', 'container'] as const;
        const memory = await values(
          `container_memory_working_set_bytes{${CADVISOR},container!=""}`,
          ...names,
        );
        const rootfs = await values('wk_stats_container_rootfs_used_bytes', ...names);
        for (const name of await containers()) {
          const told = end.get(name);
          const tolerance = MEMORY_RATIO * (told?.memory ?? 0) + MEMORY_BYTES;
          expect(Math.abs((memory.get(name) ?? 0) - (told?.memory ?? 0)), name).toBeLessThan(
            tolerance,
          );
          expect(Math.abs((rootfs.get(name) ?? 0) - (told?.rootfs ?? 0)), name).toBeLessThan(
            tolerance,
          );
        }
      },
      CORE_WITHIN_MS * 1.5,
    );

    test(
      'CPU lies between two readings of the cgroup, where this machine is the node',
      async ({ skip }) => {
        const folders = new Map<string, string>();
        const steady = new Set(await containers());
        for (const { metadata, status } of await pods()) {
          for (const { name, containerID = '' } of status.containerStatuses ?? []) {
            const key = `${metadata.namespace}/${metadata.name}/${name}`;
            const folder = cgroupOf(containerID.replace(/^.*:\/\//, ''));
            if (steady.has(key) && folder !== undefined) folders.set(key, folder);
          }
        }
        if (folders.size === 0) skip('the Pods run on another machine');
        const read = (): Map<string, CpuReading> =>
          new Map(
            [...folders].map(([key, folder]) => [
              key,
              { timeMs: Date.now(), seconds: cpuSeconds(folder) },
            ]),
          );
        const start = read();
        let samples = new Map<string, readonly CpuReading[]>();
        const after = (name: string): readonly CpuReading[] =>
          (samples.get(name) ?? []).filter(({ timeMs }) => timeMs > (start.get(name)?.timeMs ?? 0));
        await until(
          async () => {
            await pause(LOOK_EVERY_MS);
            samples = await cpuSamples();
            const now = new Set(await containers());
            for (const name of folders.keys()) if (!now.has(name)) folders.delete(name);
            const isSeen = [...folders.keys()].every((name) => after(name).length > 0);
            return isSeen ? true : undefined;
          },
          CORE_WITHIN_MS,
          () =>
            `no new samples of ${[...folders.keys()].filter((one) => after(one).length === 0).join(' ')}`,
        );
        const end = read();
        for (const name of end.keys()) {
          const from = start.get(name)?.seconds ?? Number.POSITIVE_INFINITY;
          for (const { seconds } of after(name)) {
            expect(seconds, name).toBeGreaterThanOrEqual(from - 1e-6);
            expect(seconds, name).toBeLessThanOrEqual((end.get(name)?.seconds ?? 0) + 1e-6);
          }
        }
      },
      CORE_WITHIN_MS * 1.5,
    );
  },
);

/** cgroup v1 or v2, whichever driver made it. */
function cgroupOf(containerId: string): string | undefined {
  if (containerId === '') return undefined;
  for (const root of CGROUP_ROOTS) {
    const found = find(root, containerId, 4);
    if (found !== undefined) return found;
  }
  return undefined;
}

function find(folder: string, containerId: string, depth: number): string | undefined {
  if (depth < 0 || !existsSync(folder)) return undefined;
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  const own = names.find((name) => name.includes(containerId));
  if (own !== undefined && hasCpu(join(folder, own))) return join(folder, own);
  const next = names.filter((name) => /kube|burstable|besteffort|pod/.test(name));
  for (const name of next) {
    const found = find(join(folder, name), containerId, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hasCpu(folder: string): boolean {
  return existsSync(join(folder, 'cpuacct.usage')) || existsSync(join(folder, 'cpu.stat'));
}

function cpuSeconds(folder: string): number {
  const v1 = join(folder, 'cpuacct.usage');
  if (existsSync(v1)) return Number(readFileSync(v1, 'utf8')) / 1e9;
  const usec = /usage_usec (\d+)/.exec(readFileSync(join(folder, 'cpu.stat'), 'utf8'))?.[1];
  return Number(usec) / 1e6;
}
