/** What happens to the series of a real cluster when things in it, or the way to it, break. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ApiClient } from '../cluster/api-client.ts';
import { describeWithCluster } from '../cluster/test-cluster.ts';
import { CutOffProxy } from './cut-off-proxy.ts';
import {
  query,
  type RunningProgram,
  runProgram,
  temporaryDir,
  until,
  writeFileIn,
} from './run-program.ts';

const NAMESPACE = 'wk-faults-test';
const IMAGE = 'watchkeeper.test/busybox:1';
const CLUSTER = 'faults';
const WITHIN_MS = 120_000;
/** Long enough for every request to fail and for watches to come again. */
const CUT_MS = Number(process.env['WATCHKEEPER_CUT_SECONDS'] ?? 20) * 1000;

interface Kubeconfig {
  readonly clusters: { cluster: Record<string, string> }[];
}

await describeWithCluster('faults of a real cluster', (cluster) => {
  const dir = temporaryDir();
  let program: RunningProgram;
  let api: ApiClient;
  let proxy: CutOffProxy;

  beforeAll(async () => {
    api = new ApiClient(cluster().access);
    await removeNamespace();
    await until(
      () =>
        api
          .text('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } })
          .catch(() => undefined),
      WITHIN_MS,
    );
    const { hostname, port } = new URL(cluster().access.server);
    proxy = await CutOffProxy.listen(hostname, Number(port));
    const kubeconfig = parse(readFileSync(cluster().kubeconfig, 'utf8')) as Kubeconfig;
    for (const entry of kubeconfig.clusters) {
      entry.cluster['server'] = `https://127.0.0.1:${proxy.port}`;
      entry.cluster['tls-server-name'] = hostname;
    }
    mkdirSync(join(dir.path, 'data'));
    writeFileIn(dir.path, 'kubeconfig', stringify(kubeconfig));
    const config = stringify({
      clusters: [{ name: CLUSTER, kubeconfig_file: 'kubeconfig' }],
    });
    const file = writeFileIn(dir.path, 'watchkeeper.yaml', config);
    program = await runProgram([
      `--config.file=${file}`,
      `--data=${join(dir.path, 'data')}`,
      '--listen=127.0.0.1:0',
    ]);
    await hasValue(`kube_node_info{cluster="${CLUSTER}"}`);
  });
  afterAll(async () => {
    await program.stop();
    await proxy.close();
    await removeNamespace();
    await api.close();
    dir.remove();
  });

  const removeNamespace = () =>
    api.text('DELETE', `/api/v1/namespaces/${NAMESPACE}`).catch(() => undefined);
  const valuesOf = async (expr: string) => {
    const { data } = await query(program.url, expr);
    return data.result.map((sample) => Number(sample.value[1]));
  };
  const hasValue = (expr: string) =>
    until(
      async () => (await valuesOf(expr)).at(0),
      WITHIN_MS,
      () => `no value of ${expr}\n${program.output().slice(-2000)}`,
    );
  /** The sum over the series of one of the program's own metrics. */
  const ownMetric = async (name: string) => {
    const page = await (await fetch(`${program.url}/metrics`)).text();
    const lines = page.split('\n').filter((line) => line.startsWith(`${name}{`));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  const isGone = (expr: string) =>
    until(
      async () => ((await valuesOf(expr)).length === 0 ? true : undefined),
      WITHIN_MS,
      () => `${expr} is still there\n${program.output().slice(-3000)}`,
    );
  const pod = (name: string, container: Record<string, unknown>) => ({
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'app', image: IMAGE, imagePullPolicy: 'Never', ...container }],
    },
  });
  const create = (object: unknown) =>
    api.text('POST', `/api/v1/namespaces/${NAMESPACE}/pods`, object);
  const remove = (name: string) =>
    api.text('DELETE', `/api/v1/namespaces/${NAMESPACE}/pods/${name}`);
  const sleeping = { command: ['sleep', '3600'] };
  const ofPod = (metric: string, name: string) =>
    `${metric}{cluster="${CLUSTER}",namespace="${NAMESPACE}",pod="${name}"}`;

  test('the series of a Pod end when it is deleted, and not five minutes later', async () => {
    await create(pod('short-lived', sleeping));
    await hasValue(ofPod('wk_pod_workload', 'short-lived'));
    await hasValue(ofPod('container_memory_working_set_bytes', 'short-lived'));
    const startMs = Date.now();
    await remove('short-lived');

    await isGone(ofPod('kube_pod_info', 'short-lived'));
    await isGone(ofPod('wk_pod_workload', 'short-lived'));
    await isGone(ofPod('container_memory_working_set_bytes', 'short-lived'));
    expect(Date.now() - startMs).toBeLessThan(WITHIN_MS);
  });

  test('a node that is cordoned and drained is unschedulable, its Pod ends, and a new one stays pending', async () => {
    await create(pod('drained', sleeping));
    await hasValue(`${ofPod('kube_pod_status_ready', 'drained')} == 1`);
    const [node] = await api.list('/api/v1/nodes');
    const path = `/api/v1/nodes/${node?.metadata.name ?? ''}`;
    await api.patch(path, { spec: { unschedulable: true } });
    try {
      await hasValue(`kube_node_spec_unschedulable{cluster="${CLUSTER}"} == 1`);
      await api.text('POST', `/api/v1/namespaces/${NAMESPACE}/pods/drained/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'drained', namespace: NAMESPACE },
      });
      await isGone(ofPod('kube_pod_info', 'drained'));
      await create(pod('waiting', sleeping));
      await hasValue(`${ofPod('kube_pod_status_unschedulable', 'waiting')} == 1`);
      const pending = `kube_pod_status_phase{namespace="${NAMESPACE}",pod="waiting",phase="Pending"}`;
      await hasValue(`${pending} == 1`);
    } finally {
      await api.patch(path, { spec: { unschedulable: false } });
    }
    await hasValue(`kube_node_spec_unschedulable{cluster="${CLUSTER}"} == 0`);
    await hasValue(`${ofPod('kube_pod_status_ready', 'waiting')} == 1`);
    await remove('waiting');
  });

  test('a container that was killed for its memory is told with its reason', async () => {
    const eater = {
      command: ['sh', '-c', 'x=x; while true; do x=$x$x; done'],
      resources: { limits: { memory: '16Mi' } },
    };
    await create(pod('eater', eater));
    const reason = ofPod('kube_pod_container_status_last_terminated_reason', 'eater');

    await hasValue(`${reason.replace('}', ',reason="OOMKilled"}')} == 1`);
    await hasValue(`${ofPod('kube_pod_container_status_restarts_total', 'eater')} > 0`);
    await remove('eater');
  });

  test('after a cut of the network nothing is missed, doubled or stormed', {
    timeout: CUT_MS + 4 * WITHIN_MS,
  }, async () => {
    await create(pod('goes', sleeping));
    await hasValue(ofPod('kube_pod_info', 'goes'));
    const before = await ownMetric('wk_kube_requests_total');
    proxy.cut();
    await remove('goes');
    await create(pod('comes', sleeping));
    await new Promise((done) => setTimeout(done, CUT_MS));
    const cutConnections = proxy.refusedCount;
    proxy.restore();

    await hasValue(ofPod('kube_pod_info', 'comes'));
    await isGone(ofPod('kube_pod_info', 'goes'));
    await until(async () => ((await ownMetric('wk_cluster_reachable')) === 1 ? true : undefined));
    // A storm would be one of each watch at once and again and again.
    expect(cutConnections).toBeLessThan(60 + CUT_MS / 200);
    expect((await ownMetric('wk_kube_requests_total')) - before).toBeLessThan(300 + CUT_MS / 100);
    await remove('comes');
  });
});
