import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ClusterCollection, DEFAULT_COLLECTION } from '../../config/collection-types.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { TestAuthority } from '../../test/certificates.ts';
import { listen, listenTcp } from '../../test/listening-server.ts';
import { kubernetesObject, MemoryRegistry } from '../../test/memory-cluster.ts';
import { MemoryStateStore } from '../../test/memory-state-store.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { ServedCluster, type ServedClusterOptions, TOKEN } from '../../test/served-cluster.ts';
import { findSuitesDir, NO_SUITES } from '../../test/suites.ts';
import { until } from '../../test/until.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { ScrapeManager } from '../scrape/scrape-manager.ts';
import type { Target } from '../scrape/target.ts';
import { ClusterCollector } from './cluster-collector.ts';

const START_MS = 1_782_468_880_000;

class Rig {
  readonly cluster: ServedCluster;
  readonly clock = new VirtualClock(START_MS);
  readonly sink = new RecordingSink();
  readonly state: MemoryStateStore;
  readonly registry = new Registry();
  readonly clusters: MemoryRegistry;
  readonly scrape: ScrapeManager;
  readonly collector: ClusterCollector;

  private constructor(cluster: ServedCluster, state: MemoryStateStore) {
    this.cluster = cluster;
    this.state = state;
    this.clusters = new MemoryRegistry(cluster);
    const { clock, sink, registry } = this;
    const logger = SILENT_LOGGER;
    this.scrape = new ScrapeManager({ sink, registry, logger, clock, serverName: 'test' });
    this.collector = new ClusterCollector({
      clusters: this.clusters,
      openJob: (job) => this.scrape.openJob(job),
      registry,
      clock,
      logger,
      state,
    });
    onTestFinished(async () => {
      this.collector.stop();
      await this.scrape.stop();
    });
  }

  static async start(
    collection: Partial<ClusterCollection> = {},
    options: ServedClusterOptions = {},
    state = new MemoryStateStore(),
  ): Promise<Rig> {
    const rig = new Rig(await ServedCluster.start(options), state);
    rig.apply(collection);
    return rig;
  }

  apply(collection: Partial<ClusterCollection>): void {
    this.collector.applyConfig(() => ({ ...DEFAULT_COLLECTION, ...collection }));
  }

  /** Moves on until the pool has so many targets, all of them scraped. */
  async scraped(pool: string, count = 1, address = ''): Promise<readonly Target[]> {
    let targets: readonly Target[] = [];
    // Until all first scrapes are under way, and not so far that they come again and again.
    let leftMs = 6000;
    await until(`${count} scraped in ${pool}`, () => {
      targets = this.scrape.activeTargets().get(`kubernetes/c/${pool}`) ?? [];
      if (leftMs > 0) this.clock.advance(100);
      const isThere = targets.length === count && targets.every(({ url }) => url.includes(address));
      if (isThere) leftMs -= 100;
      return isThere && targets.every(({ status }) => status.health !== 'unknown');
    });
    return targets;
  }

  async errors(reason: string): Promise<number> {
    const { values } = (await this.registry
      .getSingleMetric('wk_kubelet_scrape_errors_total')
      ?.get()) ?? { values: [] };
    return values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
  }

  /** Names and labels of series that hold all of the parts. */
  series(...parts: readonly string[]): readonly string[] {
    return Object.keys(this.sink.dump()).filter((one) => parts.every((part) => one.includes(part)));
  }
}

const KUBELET_ONLY: Partial<ClusterCollection> = {
  components: Object.fromEntries(
    Object.entries(DEFAULT_COLLECTION.components).map(([name, component]) => [
      name,
      { ...component, enabled: false },
    ]),
  ) as unknown as ClusterCollection['components'],
};

function kubeletWith(parts: Partial<ClusterCollection['kubelet']>): Partial<ClusterCollection> {
  return { ...KUBELET_ONLY, kubelet: { ...DEFAULT_COLLECTION.kubelet, ...parts } };
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listenTcp(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('collection from a cluster', () => {
  const suites = findSuitesDir();

  test.skipIf(suites === undefined)(
    `recorded kubelet pages become series (${NO_SUITES})`,
    async () => {
      const rig = await Rig.start();
      const { api, kubelet } = rig.cluster;
      const dump = (file: string): Buffer => readFileSync(`${suites}/${file}`);
      kubelet.answers.set('/metrics', { body: 'kubelet_running_pods 17\n' });
      kubelet.answers.set('/metrics/cadvisor', {
        body: dump('exposition/dumps/kubelet-cadvisor-1.35.prom'),
      });
      kubelet.answers.set('/metrics/probes', {
        body: 'prober_probe_total{pod="p",namespace="n",container="c"} 3\n',
      });
      kubelet.answers.set('/stats/summary', {
        body: dump('kubernetes/1.35/kubelet-stats-summary.json'),
      });
      api.answers.set('/metrics', { body: dump('exposition/dumps/apiserver-1.35.prom') });
      api.answers.set('/readyz?verbose=', {
        status: 500,
        body: '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n',
      });
      rig.cluster.put(rig.cluster.node('n1'));

      await rig.scraped('kubelet');
      const [cadvisor] = await rig.scraped('cadvisor');
      await rig.scraped('probes');
      const [summary] = await rig.scraped('summary');
      await rig.scraped('apiserver');
      await rig.scraped('apiserver-readyz');

      expect(cadvisor?.status.lastError).toBe('');
      expect(summary?.status.lastError).toBe('');
      expect(cadvisor?.labels.toRecord()).toEqual({
        cluster: 'c',
        instance: rig.cluster.kubeletServer.address,
        job: 'kubelet',
        metrics_path: '/metrics/cadvisor',
        node: 'n1',
      });
      const containers = rig.series('"container_cpu_usage_seconds_total"', 'container="');
      expect(containers).toHaveLength(17);
      expect(rig.series('container_', 'pod="').filter((one) => / (id|name)=/.test(one))).toEqual(
        [],
      );
      const coredns = rig.series(
        'container_memory_working_set_bytes',
        'container="coredns"',
        'node="n1"',
      );
      expect(coredns).toHaveLength(1);
      // Their own time, and so exact rates.
      expect(rig.sink.of(coredns[0] as string)[0]?.timestampMs).toBeLessThan(START_MS);
      expect(rig.series('wk_scrape_clock_skew')).toHaveLength(1);
      expect(rig.series('wk_stats_container_rootfs_used_bytes')).toHaveLength(17);
      expect(rig.series('wk_pod_ephemeral_storage_used_bytes')).toHaveLength(17);
      expect(rig.series('wk_node_fs_capacity_bytes', 'node="n1"')).toHaveLength(3);
      expect(rig.series('prober_probe_total', 'pod="p"', 'cluster="c"')).toHaveLength(1);
      expect(rig.series('"kubelet_running_pods"', 'node="n1"')).toHaveLength(1);
      expect(rig.series('apiserver_request_total', 'job="apiserver"')).toHaveLength(171);
      expect(rig.series('apiserver_request_duration_seconds_bucket', 'le="0.2"')).toEqual([]);
      expect(
        rig.series('apiserver_request_sli_duration_seconds_bucket', 'le="30.0"').length,
      ).toBeGreaterThan(0);
      expect(rig.sink.of(rig.series('wk_apiserver_readyz', 'etcd')[0] as string)[0]?.value).toBe(0);
      expect(rig.sink.of(rig.series('wk_apiserver_readyz', 'ping')[0] as string)[0]?.value).toBe(1);
      expect(kubelet.asked.every((one) => one.endsWith(TOKEN))).toBe(true);
    },
  );

  test('a node has two values after twenty seconds, and then one every thirty', async () => {
    const rig = await Rig.start(KUBELET_ONLY);
    rig.cluster.kubelet.answers.set('/metrics', { body: 'a 1\n' });
    rig.cluster.put(rig.cluster.node('n1'));
    await rig.scraped('kubelet');
    const times = (): readonly number[] =>
      rig.series('"a"').flatMap((a) => rig.sink.of(a).map(({ timestampMs }) => timestampMs));
    for (let count = 2; count <= 4; count++) {
      await until(`${count} scrapes`, () => {
        // No further than to the next one, which takes its time.
        if (rig.cluster.kubelet.askedFor('/metrics') < count) rig.clock.advance(100);
        return times().length === count;
      });
    }
    const [first = 0, second = 0, third = 0, fourth = 0] = times();
    expect(second - first).toBeLessThan(17_000);
    expect(third - first).toBe(30_000);
    expect(fourth - third).toBe(30_000);
  });

  test('the series of a node that goes are marked stale, and it is asked no more', async () => {
    const rig = await Rig.start(KUBELET_ONLY);
    rig.cluster.kubelet.answers.set('/metrics', { body: 'a 1\n' });
    const node = rig.cluster.node('n1');
    rig.cluster.put(node);
    await rig.scraped('kubelet');
    rig.cluster.delete(node);
    const [a] = rig.series('"a"');
    await until('stale', () => {
      rig.clock.advance(1000);
      return rig.sink.of(a as string).at(-1)?.value === 'stale';
    });
    expect(rig.scrape.activeTargets().get('kubernetes/c/kubelet')).toEqual([]);
  });

  test('a kubelet without cAdvisor is asked for its resource metrics instead', async () => {
    const rig = await Rig.start(KUBELET_ONLY);
    rig.cluster.kubelet.answers.set('/metrics/resource', {
      body: 'node_cpu_usage_seconds_total 1\n',
    });
    rig.cluster.put(rig.cluster.node('n1'));
    await rig.scraped('resource');
    expect(
      rig.series('node_cpu_usage_seconds_total', 'metrics_path="/metrics/resource"'),
    ).toHaveLength(1);
    expect(rig.scrape.activeTargets().get('kubernetes/c/cadvisor')).toEqual([]);
  });

  test('a certificate that no authority vouches for is taken by its key; another key is refused unasked', async () => {
    const stranger = new TestAuthority();
    const rig = await Rig.start(kubeletWith({ allowApiProxy: false }), {
      kubeletAuthority: stranger,
    });
    rig.cluster.kubelet.answers.set('/metrics', { body: 'a 1\n' });
    rig.cluster.put(rig.cluster.node('n1'));
    const [first] = await rig.scraped('kubelet');
    expect(first?.status).toMatchObject({ health: 'up' });

    let asked = 0;
    const impostor = await listen(
      (_, response) => {
        asked++;
        response.end('a 2\n');
      },
      {
        ...certificate(new TestAuthority()),
      },
    );
    rig.cluster.put(rig.cluster.node('n1', impostor.port));
    const [second] = await rig.scraped('kubelet', 1, impostor.address);
    expect(second?.status.lastError).toContain('node n1 has another key than before');
    expect(asked).toBe(0);
    expect(await rig.errors('tls')).toBeGreaterThan(0);
    // A Node made anew is another machine.
    rig.cluster.put(rig.cluster.node('n1', impostor.port, { uid: 'other' }));
    await until('the new node is taken', () => {
      rig.clock.advance(1000);
      return asked > 0;
    });
  });

  test('the key is remembered over a restart, until tls: insecure makes it forgotten', async () => {
    const mine = kubeletWith({ allowApiProxy: false });
    const before = await Rig.start(mine, { kubeletAuthority: new TestAuthority() });
    before.cluster.put(before.cluster.node('n1'));
    await before.scraped('kubelet');
    // The same Node object, and another server at its address.
    const after = await Rig.start(mine, { kubeletAuthority: new TestAuthority() }, before.state);
    after.cluster.kubelet.answers.set('/metrics', { body: 'a 1\n' });
    after.cluster.put(after.cluster.node('n1'));
    const [refused] = await after.scraped('kubelet');
    expect(refused?.status.lastError).toContain('node n1 has another key than before');
    after.apply(kubeletWith({ allowApiProxy: false, tls: 'insecure' }));
    expect((await after.scraped('kubelet'))[0]?.status.lastError).toBe('');
    after.apply(mine);
    expect((await after.scraped('kubelet'))[0]?.status.lastError).toBe('');
  });

  test('from outside a token goes to no kubelet that nobody vouches for: the API server asks it', async () => {
    const rig = await Rig.start(KUBELET_ONLY, { kubeletAuthority: new TestAuthority() });
    rig.cluster.api.answers.set('/api/v1/nodes/n1/proxy/metrics', { body: 'a 1\n' });
    rig.cluster.put(rig.cluster.node('n1'));
    const [target] = await rig.scraped('kubelet');
    expect(target?.status.lastError).toBe('');
    expect(rig.cluster.kubelet.asked).toEqual([]);
  });

  test('several API servers are asked by their own addresses when all answer there', async () => {
    const rig = await Rig.start({ kubelet: { ...DEFAULT_COLLECTION.kubelet, enabled: false } });
    const { cluster } = rig;
    const other = await listen(cluster.api.handle, certificate(cluster.authority));
    for (const path of ['/metrics', '/readyz?verbose=']) {
      cluster.api.answers.set(path, { body: '[+]ping ok\n' });
    }
    const slice = (name: string, port: number) =>
      kubernetesObject('EndpointSlice', 'default', name, {
        ports: [{ name: 'https', port }],
        endpoints: [{ addresses: ['127.0.0.1'] }],
      });
    cluster.put(slice('a', cluster.apiServer.port));
    await rig.scraped('apiserver-readyz', 1, cluster.apiServer.address);
    cluster.put(slice('b', other.port));
    const targets = await rig.scraped('apiserver-readyz', 2);
    expect(targets.map(({ status }) => status.lastError)).toEqual(['', '']);
    expect(targets.map(({ labels }) => labels.get('instance')).sort()).toEqual(
      [cluster.apiServer.address, other.address].sort(),
    );
    cluster.put(slice('b', await closedPort()));
    await rig.scraped('apiserver-readyz', 1, cluster.apiServer.address);
  });

  test('tls: verify takes no certificate that nobody vouches for; insecure takes any', async () => {
    const stranger = new TestAuthority();
    const rig = await Rig.start(kubeletWith({ tls: 'verify' }), { kubeletAuthority: stranger });
    rig.cluster.kubelet.answers.set('/metrics', { body: 'a 1\n' });
    rig.cluster.put(rig.cluster.node('n1'));
    const [strict] = await rig.scraped('kubelet');
    expect(strict?.status.lastError).toContain('failed to verify certificate of node n1');
    expect(rig.cluster.kubelet.asked).toEqual([]);
    rig.apply(kubeletWith({ tls: 'verify', caFile: stranger.caFile }));
    expect((await rig.scraped('kubelet'))[0]?.status.lastError).toBe('');
    rig.apply(kubeletWith({ tls: 'insecure' }));
    expect((await rig.scraped('kubelet'))[0]?.status.lastError).toBe('');
  });

  test('a kubelet that is not reached is asked through the API server, which its URL then shows', async () => {
    const rig = await Rig.start(KUBELET_ONLY);
    rig.cluster.api.answers.set('/api/v1/nodes/n1/proxy/metrics', { body: 'a 1\n' });
    rig.cluster.put(rig.cluster.node('n1', await closedPort()));
    await rig.scraped('kubelet');
    await until('by the API server', () => {
      rig.clock.advance(100);
      const [target] = rig.scrape.activeTargets().get('kubernetes/c/kubelet') ?? [];
      return target?.url === `${rig.cluster.apiServer.url}/api/v1/nodes/n1/proxy/metrics`;
    });
    const [target] = await rig.scraped('kubelet');
    expect(target?.status.lastError).toBe('');
    // The same series under another address: nothing ended.
    expect(rig.sink.dump()[rig.series('"a"')[0] as string]).not.toContain('stale');
  });

  test('so it is where the kubelet refuses us, but not if it may not be', async () => {
    const refusal = { status: 403, body: 'Forbidden (user=x, verb=get, resource=nodes)' };
    const rig = await Rig.start(kubeletWith({ allowApiProxy: false }));
    rig.cluster.kubelet.answers.set('/metrics', refusal);
    rig.cluster.api.answers.set('/api/v1/nodes/n1/proxy/metrics', { body: 'a 1\n' });
    rig.cluster.put(rig.cluster.node('n1'));
    const [refused] = await rig.scraped('kubelet');
    expect(refused?.status.lastError).toBe(
      'server returned HTTP status 403 Forbidden: Forbidden (user=x, verb=get, resource=nodes)',
    );
    expect(await rig.errors('forbidden')).toBe(1);
    expect(rig.cluster.api.asked).toEqual([]);
    rig.apply(kubeletWith({ allowApiProxy: true }));
    expect((await rig.scraped('kubelet'))[0]?.status.lastError).toBe('');
  });

  test('in the cluster the API server is no way to kubelets unless that is allowed', async () => {
    const rig = await Rig.start(KUBELET_ONLY, { isInCluster: true });
    rig.cluster.api.answers.set('/api/v1/nodes/n1/proxy/metrics', { body: 'a 1\n' });
    rig.cluster.put(rig.cluster.node('n1', await closedPort()));
    const [target] = await rig.scraped('kubelet');
    expect(target?.status.lastError).toContain('connection refused');
    expect(rig.cluster.api.asked).toEqual([]);
  });

  test('components are found by their Pods once they answer, and by URLs', async () => {
    const coredns = await listen((_, response) => response.end('coredns_panics_total 0\n'));
    const scheduler = await listen((_, response) => response.end('scheduler_pending_pods 0\n'));
    const { components } = DEFAULT_COLLECTION;
    const rig = await Rig.start({
      kubelet: { ...DEFAULT_COLLECTION.kubelet, enabled: false },
      components: {
        ...components,
        scheduler: { ...components.scheduler, urls: [`${scheduler.url}/metrics`] },
      },
    });
    const pod = (name: string, labels: object, port: number) =>
      kubernetesObject(
        'Pod',
        'kube-system',
        name,
        {
          spec: {
            nodeName: 'n1',
            containers: [{ name: 'x', ports: [{ name: 'metrics', containerPort: port }] }],
          },
          status: { phase: 'Running', podIP: '127.0.0.1' },
        },
        { labels },
      );
    const dns = pod('coredns-1', { 'k8s-app': 'kube-dns' }, coredns.port);
    rig.cluster.put(dns);
    rig.cluster.put(pod('etcd-n1', { component: 'etcd' }, await closedPort()));

    const [found] = await rig.scraped('coredns');
    expect(found?.labels.toRecord()).toEqual({
      cluster: 'c',
      instance: coredns.address,
      job: 'coredns',
      namespace: 'kube-system',
      node: 'n1',
      pod: 'coredns-1',
    });
    const [named] = await rig.scraped('kube-scheduler');
    expect(named?.labels.toRecord()).toEqual({
      cluster: 'c',
      instance: scheduler.address,
      job: 'kube-scheduler',
    });
    expect(rig.scrape.activeTargets().get('kubernetes/c/etcd')).toEqual([]);
    rig.cluster.delete(dns);
    await rig.scraped('coredns', 0);
  });

  test('a cluster that goes takes its jobs with it', async () => {
    const rig = await Rig.start(KUBELET_ONLY);
    rig.cluster.put(rig.cluster.node('n1'));
    await rig.scraped('kubelet');
    rig.clusters.remove(rig.cluster);
    expect(rig.scrape.poolNames()).toEqual([]);
    expect(rig.cluster.watched).toEqual([]);
  });
});

function certificate(authority: TestAuthority) {
  const { certFile, keyFile } = authority.issue('impostor', 'IP:127.0.0.1');
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}
