/**
 * `kubernetes`: a cluster of many objects watched and stored: the whole of us, beside
 * kube-state-metrics and a Prometheus that scrapes it. Needs
 * `npm run cluster -- second up && npm run cluster -- scale --nodes 500 --pods 10000`.
 */
import { join, resolve } from 'node:path';
import { ApiClient } from '../test/cluster/api-client.ts';
import { builtProgram } from '../test/cluster/go-build.ts';
import { readKubeconfig } from '../test/cluster/kubeconfig.ts';
import { kubeconfigPath, secondControlPlane } from '../test/cluster/settings.ts';
import { prometheusProgram } from '../test/programs.ts';
import { type Program, type ProgramSpec, pauseMs, removeDataDir, startProgram } from './process.ts';
import { machineLine, printTable, ratio } from './table.ts';

const ROOT = resolve(import.meta.dirname, '..');
const MEBIBYTE = 2 ** 20;

interface Row {
  readonly name: string;
  readonly syncSeconds: number;
  readonly syncCpuSeconds: number;
  readonly cores: number;
  readonly rssBytes: number;
}

export async function run(isQuick: boolean): Promise<void> {
  const kubeconfig = kubeconfigPath(secondControlPlane());
  const api = new ApiClient(readKubeconfig(kubeconfig));
  const podCount = (await api.list('/api/v1/pods')).length;
  const nodeCount = (await api.list('/api/v1/nodes')).length;
  await api.close();
  const measureMs = isQuick ? 60_000 : 300_000;
  process.env['KUBECONFIG'] = kubeconfig;

  const rows: Row[] = [await measure(ours(), 'us, everything', podCount, measureMs)];
  const state = builtProgram('kube-state-metrics');
  if (state !== undefined)
    rows.push(...(await measurePeers(state, kubeconfig, podCount, measureMs)));

  const [first] = rows;
  printTable(
    `kubernetes: ${nodeCount} nodes, ${podCount} Pods, no node answers scrapes; ${measureMs / 1000} s, ${machineLine()}`,
    [
      'program',
      'all Pods seen s',
      'CPU s until then',
      'cores after it',
      'RSS MiB',
      'KiB a Pod',
      'our RSS / theirs',
    ],
    rows.map((row) => [
      row.name,
      row.syncSeconds.toFixed(1),
      row.syncCpuSeconds.toFixed(1),
      row.cores.toFixed(3),
      (row.rssBytes / MEBIBYTE).toFixed(0),
      (row.rssBytes / 1024 / podCount).toFixed(1),
      ratio(first?.rssBytes ?? Number.NaN, row.rssBytes),
    ]),
  );
}

function ours(): ProgramSpec {
  return {
    name: 'watchkeeper',
    version: 'this checkout',
    command: process.execPath,
    args: (port, dir) => [
      resolve(ROOT, 'cli/watchkeeper.ts'),
      'serve',
      `--data=${join(dir, 'data')}`,
      `--listen=127.0.0.1:${port}`,
    ],
    readyPath: '/-/ready',
  };
}

/** kube-state-metrics alone, and with the Prometheus that keeps what it says. */
async function measurePeers(
  command: string,
  kubeconfig: string,
  podCount: number,
  measureMs: number,
): Promise<readonly Row[]> {
  const state = await startProgram({
    name: 'kube-state-metrics',
    version: '',
    command,
    args: (port) => [
      `--kubeconfig=${kubeconfig}`,
      '--host=127.0.0.1',
      `--port=${port}`,
      '--telemetry-host=127.0.0.1',
      `--telemetry-port=${port + 1}`,
      // This version ends at an EndpointSlice whose port has no name.
      `--resources=nodes,pods,deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,services,namespaces,persistentvolumes,persistentvolumeclaims,horizontalpodautoscalers,poddisruptionbudgets,resourcequotas,limitranges,ingresses,networkpolicies`,
    ],
    readyPath: '/healthz',
  });
  const config = `global: {scrape_interval: 30s, scrape_timeout: 30s}
scrape_configs:
- {job_name: kube-state-metrics, honor_labels: true, static_configs: [{targets: ['${new URL(state.url).host}']}]}
`;
  const spec = prometheusProgram(config);
  try {
    if (spec === undefined) return [];
    const prometheus = await startProgram(spec);
    const both = await measureRunning(
      [state, prometheus],
      `kube-state-metrics + prometheus ${spec.version}`,
      prometheus.url,
      podCount,
      measureMs,
    );
    const { rssBytes } = state.usage();
    await prometheus.stop();
    removeDataDir(prometheus);
    return [both, { ...both, name: 'of which kube-state-metrics', cores: Number.NaN, rssBytes }];
  } finally {
    await state.stop();
    removeDataDir(state);
  }
}

async function measure(
  spec: ProgramSpec,
  name: string,
  podCount: number,
  measureMs: number,
): Promise<Row> {
  const program = await startProgram(spec);
  try {
    return await measureRunning([program], name, program.url, podCount, measureMs);
  } finally {
    await program.stop();
    removeDataDir(program);
  }
}

async function measureRunning(
  programs: readonly Program[],
  name: string,
  queryUrl: string,
  podCount: number,
  measureMs: number,
): Promise<Row> {
  const startMs = performance.now();
  const cpu = () => programs.reduce((sum, program) => sum + program.usage().cpuSeconds, 0);
  while ((await countPods(queryUrl)) < podCount) await pauseMs(500);
  const syncSeconds = (performance.now() - startMs) / 1000;
  const syncCpuSeconds = cpu();
  await pauseMs(measureMs);
  return {
    name,
    syncSeconds,
    syncCpuSeconds,
    cores: (cpu() - syncCpuSeconds) / (measureMs / 1000),
    rssBytes: programs.reduce((sum, program) => sum + program.usage().rssBytes, 0),
  };
}

async function countPods(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/query?query=count(kube_pod_info)`);
  const body = (await response.json()) as {
    readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  return Number(body.data?.result[0]?.value[1] ?? 0);
}
