/** The catalogue over the recorded pages of a real cluster, against sums made here. */
import { beforeAll, describe, expect, test } from 'vitest';
import { CatalogueRig, type Value } from '../../test/catalogue-rig.ts';
import {
  DUMP_NODE,
  type DumpPage,
  type DumpSample,
  dumpPage,
  GROWTH_PER_SCRAPE,
  LAST_SCRAPE_MS,
  ownersPage,
  resourcePage,
  SCRAPE_INTERVAL_MS,
  samplesOf,
  storeOfPages,
} from '../../test/cluster-dumps.ts';
import { findSuitesDir, suitesDir } from '../../test/suites.ts';
import { CATALOGUE } from './catalogue.ts';

const AT_MS = LAST_SCRAPE_MS;
/** Of a counter, by its value on the page. */
const RATE = GROWTH_PER_SCRAPE / (SCRAPE_INTERVAL_MS / 1000);
const MACHINE_CORES = 14;

/** Core metrics that this cluster has no objects for. */
const WITHOUT_OBJECTS: Readonly<Record<string, string>> = {
  wk_pvc_usage_ratio: 'the pages of the kubelet itself were not recorded; see the stats page below',
};

/** A Pod that has only its sandbox: `/metrics/resource` counts that, nothing else knows the Pod. */
const SANDBOX_ONLY = 'e2e-container-creating';

function withContainers(values: readonly Value[]): readonly Value[] {
  return values.filter(({ labels }) => (labels['pod'] ?? labels['workload']) !== SANDBOX_ONLY);
}

const STATS: DumpPage = {
  job: 'kubelet',
  metricsPath: '/stats/summary',
  labels: { node: DUMP_NODE },
  body: [
    '# TYPE wk_stats_pod_network_receive_bytes_total counter',
    'wk_node_fs_capacity_bytes{fs="nodefs"} 1000',
    'wk_node_fs_used_bytes{fs="nodefs"} 250',
    'wk_stats_volume_capacity_bytes{namespace="a",persistentvolumeclaim="v"} 200',
    'wk_stats_volume_used_bytes{namespace="a",persistentvolumeclaim="v"} 50',
    'wk_stats_pod_network_receive_bytes_total{namespace="a",pod="virtual",interface="eth0"} 3000',
    'wk_stats_pod_network_receive_bytes_total{namespace="scraper",pod="e2e-statefulset-0",interface="eth0"} 7e9',
    '',
  ].join('\n'),
};

interface Pages {
  readonly cadvisor: DumpPage;
  readonly resource: DumpPage;
  readonly ksm: DumpPage;
  readonly owners: DumpPage;
  readonly apiserver: DumpPage;
  readonly nodeExporter: DumpPage;
}

async function recorded(pages: readonly DumpPage[]): Promise<CatalogueRig> {
  const rig = new CatalogueRig(storeOfPages(pages));
  expect(await rig.record(AT_MS)).toEqual([]);
  return rig;
}

function sum(values: readonly { readonly value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}

function keys(
  values: readonly Pick<Value, 'labels'>[],
  labels: readonly string[],
): readonly string[] {
  return [
    ...new Set(values.map((one) => labels.map((label) => one.labels[label]).join('/'))),
  ].sort();
}

const CONTAINER = ['namespace', 'pod', 'container'];
const POD = ['namespace', 'pod'];

describe.skipIf(findSuitesDir() === undefined)('the catalogue over a recorded cluster', () => {
  let pages: Pages;
  let full: CatalogueRig;
  let samples: { readonly cadvisor: readonly DumpSample[]; readonly ksm: readonly DumpSample[] };

  beforeAll(async () => {
    const dir = suitesDir();
    const cadvisor = await dumpPage(dir, 'cadvisor');
    const ksm = await dumpPage(dir, 'ksm');
    pages = {
      cadvisor,
      resource: resourcePage(cadvisor),
      ksm,
      owners: ownersPage(ksm),
      apiserver: await dumpPage(dir, 'apiserver'),
      nodeExporter: await dumpPage(dir, 'nodeExporter'),
    };
    samples = { cadvisor: samplesOf(cadvisor), ksm: samplesOf(ksm) };
    full = await recorded([cadvisor, ksm, pages.owners, pages.apiserver, pages.nodeExporter]);
  });

  const of = (rig: CatalogueRig, expr: string): Promise<readonly Value[]> =>
    rig.values(expr, AT_MS);

  function containersOf(name: string): readonly DumpSample[] {
    return samples.cadvisor.filter(
      (one) => one.name === name && (one.labels['container'] ?? '') !== '',
    );
  }

  function hostPods(): ReadonlySet<string> {
    const host = samples.ksm.filter(
      ({ name, labels }) => name === 'kube_pod_info' && labels['host_network'] === 'true',
    );
    return new Set(keys(host, POD));
  }

  test('has every core metric', async () => {
    const empty: string[] = [];
    for (const { name, isCore } of CATALOGUE) {
      if (isCore === true && (await of(full, name)).length === 0) empty.push(name);
    }
    expect(empty).toEqual(Object.keys(WITHOUT_OBJECTS));
  });

  test('records no object twice, and under the labels that it is known by', async () => {
    for (const { name, identity, labels = [] } of CATALOGUE) {
      const values = await of(full, name);
      const known = [...identity, ...labels];
      expect(keys(values, known), name).toHaveLength(values.length);
      for (const value of values) {
        const others = Object.keys(value.labels).filter((label) => !known.includes(label));
        expect(['', 'node'], name).toContain(others.join());
      }
    }
  });

  test('has the objects that there are', async () => {
    const cpu = keys(containersOf('container_cpu_usage_seconds_total'), CONTAINER);
    expect(cpu.length).toBeGreaterThan(10);
    for (const name of ['wk_container_cpu_usage_cores', 'wk_container_oom_kills']) {
      expect(keys(await of(full, name), CONTAINER), name).toEqual(cpu);
    }
    const pods = keys(containersOf('container_cpu_usage_seconds_total'), POD);
    for (const name of ['wk_pod_cpu_usage_cores', 'wk_pod_memory_usage_bytes']) {
      expect(keys(await of(full, name), POD), name).toEqual(pods);
    }
    const all = samples.ksm.filter(
      ({ name }) => name === 'kube_pod_container_status_restarts_total',
    );
    expect(keys(await of(full, 'wk_pod_restarts'), POD)).toEqual(keys(all, POD));
    const specs = samples.ksm.filter(({ name }) =>
      /^kube_(deployment_spec_replicas|statefulset_replicas|daemonset_status_desired_number_scheduled)$/.test(
        name,
      ),
    );
    for (const name of ['wk_workload_replicas_desired', 'wk_workload_abnormal']) {
      expect(await of(full, name), name).toHaveLength(specs.length);
    }
    const network = samples.cadvisor.filter(
      ({ name, labels }) =>
        name === 'container_network_receive_bytes_total' && (labels['pod'] ?? '') !== '',
    );
    const own = keys(network, POD).filter((pod) => !hostPods().has(pod));
    expect(keys(await of(full, 'wk_pod_network_receive_bytes_per_second'), POD)).toEqual(own);
  });

  test('counts CPU and memory once on every level', async () => {
    const cpu = sum(containersOf('container_cpu_usage_seconds_total')) * RATE;
    for (const level of ['container', 'pod', 'workload']) {
      const name = `wk_${level}_cpu_usage_cores`;
      expect(sum(await of(full, name)), name).toBeCloseTo(cpu, 9);
    }
    const memory = sum(containersOf('container_memory_working_set_bytes'));
    expect(sum(await of(full, 'wk_pod_memory_usage_bytes'))).toBe(memory);
    expect(sum(await of(full, 'wk_workload_memory_usage_bytes'))).toBe(memory);
    const root = (name: string) =>
      samples.cadvisor.find((one) => one.name === name && one.labels['id'] === '/')?.value ?? 0;
    const [used] = await of(full, 'wk_cluster_cpu_usage_cores');
    expect(used?.value).toBeCloseTo(root('container_cpu_usage_seconds_total') * RATE, 9);
    const [bytes] = await of(full, 'wk_cluster_memory_usage_bytes');
    expect(bytes?.value).toBe(root('container_memory_working_set_bytes'));
  });

  test('leaves the network of hosts out of Pods, workloads and the cluster', async () => {
    const host = hostPods();
    const own = samples.cadvisor.filter(({ name, labels }) => {
      const { namespace = '', pod = '', interface: device } = labels;
      const isPod = pod !== '' && device !== 'lo' && !host.has(`${namespace}/${pod}`);
      return name === 'container_network_receive_bytes_total' && isPod;
    });
    for (const level of ['pod', 'workload', 'cluster']) {
      const name = `wk_${level}_network_receive_bytes_per_second`;
      expect(sum(await of(full, name)), name).toBeCloseTo(sum(own) * RATE, 6);
    }
  });

  test('measures use against what containers ask for, and those alone that ask', async () => {
    const running = new Set(
      keys(
        samples.ksm.filter(
          ({ name, labels, value }) =>
            name === 'kube_pod_status_phase' &&
            /Pending|Running/.test(labels['phase'] ?? '') &&
            value === 1,
        ),
        POD,
      ),
    );
    const limits = samples.ksm.filter(
      ({ name, labels }) =>
        name === 'kube_pod_container_resource_limits' &&
        labels['resource'] === 'memory' &&
        running.has(`${labels['namespace']}/${labels['pod']}`),
    );
    const used = new Map(
      containersOf('container_memory_working_set_bytes').map((one) => [
        keys([one], CONTAINER)[0],
        one.value,
      ]),
    );
    const ratios = new Map(
      (await of(full, 'wk_container_memory_limit_ratio')).map((one) => [
        keys([one], CONTAINER)[0],
        one.value,
      ]),
    );
    let count = 0;
    for (const limit of limits) {
      const [key] = keys([limit], CONTAINER);
      const bytes = used.get(key);
      if (bytes === undefined) continue;
      count++;
      expect(ratios.get(key)).toBeCloseTo(bytes / limit.value, 9);
    }
    expect(ratios.size).toBe(count);
    expect(count).toBeGreaterThan(3);
  });

  test('knows a node by its exporter, and without one by cAdvisor', async () => {
    const exporter = samplesOf(pages.nodeExporter);
    const idle = exporter.filter(
      ({ name, labels }) => name === 'node_cpu_seconds_total' && labels['mode'] === 'idle',
    );
    const [withExporter] = await of(full, 'wk_node_cpu_usage_ratio');
    expect(withExporter?.value).toBeCloseTo(1 - (sum(idle) / idle.length) * RATE, 9);
    const rig = await recorded([pages.cadvisor, pages.ksm, pages.owners]);
    const [without] = await of(rig, 'wk_node_cpu_usage_ratio');
    const [cluster] = await of(rig, 'wk_cluster_cpu_usage_cores');
    expect(without?.value).toBeCloseTo((cluster?.value ?? 0) / MACHINE_CORES, 12);
    const node = CATALOGUE.filter(({ level, isCore }) => level === 'node' && isCore === true);
    for (const { name } of node) expect(await of(rig, name), name).not.toEqual([]);
    const disks = await of(rig, 'wk_node_filesystem_usage_ratio');
    expect(keys(disks, ['mountpoint'])).toEqual(['/dev/vda1']);
  });

  test('leaves out the devices that stand on others', async () => {
    const read = samplesOf(pages.nodeExporter).filter(
      ({ name, labels }) =>
        name === 'node_disk_read_bytes_total' && /^(nvme|sd|vd)/.test(labels['device'] ?? ''),
    );
    const [disk] = await of(full, 'wk_node_disk_read_bytes_per_second');
    expect(disk?.value).toBeCloseTo(sum(read) * RATE, 3);
  });

  test('takes /metrics/resource where cAdvisor is not scraped', async () => {
    const rig = await recorded([pages.resource, pages.ksm, pages.owners]);
    for (const name of [
      'wk_container_cpu_usage_cores',
      'wk_pod_memory_usage_bytes',
      'wk_pod_cpu_limit_ratio',
      'wk_workload_cpu_usage_cores',
      'wk_cluster_memory_usage_bytes',
    ]) {
      expect(withContainers(await of(rig, name)), name).toEqual(await of(full, name));
    }
    const [node] = await of(rig, 'wk_node_memory_usage_ratio');
    const [cluster] = await of(rig, 'wk_cluster_memory_usage_ratio');
    expect(node?.value).toBe(cluster?.value);
  });

  test('doubles nothing where both are scraped', async () => {
    const rig = await recorded([pages.cadvisor, pages.resource, pages.ksm, pages.owners]);
    for (const { name, level } of CATALOGUE) {
      if (level === 'node' || /component|apiserver|etcd/.test(name)) continue;
      const expected = withContainers(await of(full, name));
      expect(withContainers(await of(rig, name)), name).toEqual(expected);
    }
  });

  test('takes /stats/summary for what nothing else says, and for that only', async () => {
    const rig = await recorded([pages.cadvisor, pages.ksm, pages.owners, STATS]);
    const pod = '{namespace="a",pod="virtual"}';
    const [virtual] = await of(rig, `wk_pod_network_receive_bytes_per_second${pod}`);
    // The summary is read more seldom: its window is longer than what was scraped here.
    expect(virtual?.value).toBeGreaterThan(0.5 * 3000 * RATE);
    expect(virtual?.value).toBeLessThanOrEqual(3000 * RATE);
    const known = 'wk_pod_network_receive_bytes_per_second{pod="e2e-statefulset-0"}';
    expect(await of(rig, known)).toEqual(await of(full, known));
    expect(await of(rig, 'wk_pvc_usage_ratio')).toEqual([
      { labels: { cluster: 'c', namespace: 'a', persistentvolumeclaim: 'v' }, value: 0.25 },
    ]);
    expect(await of(rig, 'wk_node_filesystem_usage_ratio')).toEqual([
      { labels: { cluster: 'c', node: DUMP_NODE, mountpoint: 'nodefs' }, value: 0.25 },
    ]);
  });

  test('judges the API server and etcd by /readyz where they are not scraped', async () => {
    const readyz: DumpPage = {
      job: 'apiserver-readyz',
      metricsPath: '/readyz',
      labels: {},
      body: [
        'wk_apiserver_readyz{component="ping"} 1',
        'wk_apiserver_readyz{component="etcd"} 0',
        '',
      ].join('\n'),
    };
    const states = async (rig: CatalogueRig) =>
      (await of(rig, 'wk_cluster_component_up')).map(({ labels, value }) => [
        labels['component'],
        value,
      ]);
    expect(await states(await recorded([readyz]))).toEqual([
      ['apiserver', 0],
      ['etcd', 0],
    ]);
    expect(await states(await recorded([readyz, { ...pages.owners, job: 'apiserver' }]))).toEqual([
      ['apiserver', 1],
      ['etcd', 0],
    ]);
  });

  test('counts the endpoints of Services by themselves, else by the old Endpoints', async () => {
    const [old] = await of(full, 'wk_service_endpoints_ready{service="kubernetes"}');
    expect(old?.value).toBe(1);
    const endpoints = [
      'wk_service_endpoints{namespace="default",service="kubernetes",ready="true"} 3',
      'wk_service_endpoints{namespace="default",service="kubernetes",ready="false"} 2',
      'wk_service_endpoints{namespace="default",service="gone",ready="true"} 0',
      'wk_pod_service{namespace="scraper",pod="e2e-statefulset-0",service="gone"} 1',
      '',
    ].join('\n');
    const services = { ...pages.owners, metricsPath: '/services', body: endpoints };
    const rig = await recorded([pages.cadvisor, pages.ksm, pages.owners, services]);
    const ready = await of(rig, 'wk_service_endpoints_ready{service=~"kubernetes|gone"}');
    expect(ready.map(({ labels, value }) => [labels['service'], value])).toEqual([
      ['gone', 0],
      ['kubernetes', 3],
    ]);
    const [cpu] = await of(rig, 'wk_service_cpu_usage_cores');
    const [pod] = await of(rig, 'wk_pod_cpu_usage_cores{pod="e2e-statefulset-0"}');
    expect(cpu?.value).toBe(pod?.value);
  });

  test('keeps clusters apart', async () => {
    const store = storeOfPages([pages.cadvisor, pages.ksm, pages.owners]);
    storeOfPages([pages.cadvisor, pages.ksm, pages.owners], 'd', store);
    const rig = new CatalogueRig(store);
    expect(await rig.record(AT_MS)).toEqual([]);
    const values = await of(rig, 'wk_cluster_cpu_usage_cores');
    const [alone] = await of(full, 'wk_cluster_cpu_usage_cores');
    expect(values.map(({ labels, value }) => [labels['cluster'], value])).toEqual([
      ['c', alone?.value],
      ['d', alone?.value],
    ]);
  });

  test('holds when a Pod comes again with another owner while the old one is still seen', async () => {
    const old = `${pages.owners.body}wk_pod_workload{namespace="scraper",pod="e2e-statefulset-0",uid="old",node="gone",workload_kind="Job",workload="old",phase="Failed"} 1\n`;
    const rig = await recorded([pages.cadvisor, pages.ksm, { ...pages.owners, body: old }]);
    const cpu = sum(await of(rig, 'wk_pod_cpu_usage_cores'));
    expect(sum(await of(rig, 'wk_workload_cpu_usage_cores'))).toBeCloseTo(cpu, 9);
  });
});
