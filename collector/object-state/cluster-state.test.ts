import { describe, expect, test } from 'vitest';
import { STATE_DEFAULTS, type StateConfig } from '../../config/state-types.ts';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { kubernetesObject, MemoryCluster, MemoryRegistry } from '../../test/memory-cluster.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { until } from '../../test/until.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { ObjectState } from './object-state.ts';
import type { PolicyTargets } from './policy-target.ts';

const START_MS = 1_000_005_000;
const CYCLE_MS = 1_000_020_000;
const RESOURCES = ['pods', 'replicasets', 'jobs', 'endpointslices', 'deployments', 'nodes'];
const PATHS: Readonly<Record<string, readonly string[]>> = {
  '/api/v1': ['pods', 'nodes'],
  '/apis/apps/v1': ['replicasets', 'deployments'],
  '/apis/batch/v1': ['jobs'],
  '/apis/discovery.k8s.io/v1': ['endpointslices'],
};

class Rig {
  readonly clock = new VirtualClock(START_MS);
  readonly sink = new RecordingSink();
  readonly cluster: MemoryCluster;
  readonly registry: MemoryRegistry;
  readonly state: ObjectState;
  readonly config: StateConfig = { ...STATE_DEFAULTS, resources: RESOURCES, source: 'builtin' };

  constructor(...objects: readonly KubernetesObject[]) {
    this.cluster = new MemoryCluster('c', objects);
    for (const [path, names] of Object.entries(PATHS)) {
      this.cluster.answers.set(path, { resources: names.map((name) => ({ name })) });
    }
    this.cluster.answers.set('/version', { gitVersion: 'v1.35.0', platform: 'linux/amd64' });
    this.registry = new MemoryRegistry(this.cluster);
    const { registry: clusters, sink, clock } = this;
    this.state = new ObjectState({ clusters, sink, clock, logger: SILENT_LOGGER });
  }

  /** Until the first rows are there, which come a second after the lists. */
  async start(): Promise<void> {
    this.state.applyConfig({ state: this.config, scrapeConfigs: [] });
    await until('the caches are followed', () => this.cluster.watched.length >= RESOURCES.length);
    await until('a change is planned', () => this.clock.timerCount === 2);
    this.clock.advance(1000);
    await until('rows are there', () => this.sink.rows > 0);
    await this.settle();
  }

  /** Moves on by the delay of changes, and waits for what that brings. */
  async change(change: () => void): Promise<void> {
    change();
    this.clock.advance(1000);
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  of(name: string, ...parts: readonly string[]): Record<string, string> {
    const found = Object.entries(this.sink.dump()).filter(
      ([text]) => text.includes(`__name__="${name}"`) && parts.every((part) => text.includes(part)),
    );
    return Object.fromEntries(
      found.map(([text, samples]) => [
        text
          .replaceAll(/(?:__name__|cluster|instance|job)="[^"]*"(?:, )?/g, '')
          .replace(/, \}$/, '}'),
        samples,
      ]),
    );
  }
}

function pod(name: string, phase: string, owner?: readonly [string, string], labels = {}) {
  const ownerReferences = owner && [
    { apiVersion: 'v1', kind: owner[0], name: owner[1], uid: `uid-${owner[1]}`, controller: true },
  ];
  const spec = { nodeName: 'n1', containers: [] };
  return kubernetesObject(
    'Pod',
    'ns',
    name,
    { spec, status: { phase } },
    { ownerReferences, labels },
  );
}

function replicaSet(name: string, deployment: string) {
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment, uid: 'd' };
  const ownerReferences = [{ ...owner, controller: true }];
  return kubernetesObject('ReplicaSet', 'ns', name, { spec: { replicas: 1 } }, { ownerReferences });
}

function slice(name: string, service: string, ...pods: readonly (readonly [string, boolean])[]) {
  const endpoints = pods.map(([one, ready]) => ({
    addresses: [one],
    conditions: { ready },
    targetRef: { kind: 'Pod', name: one },
  }));
  const labels = { 'kubernetes.io/service-name': service };
  return kubernetesObject('EndpointSlice', 'ns', name, { endpoints }, { labels });
}

describe('object state of a cluster', () => {
  test('is written soon after the first lists, then at the interval, with the target labels', async () => {
    const rig = new Rig(pod('p', 'Running'));
    await rig.start();
    rig.clock.advance(CYCLE_MS - rig.clock.nowMs());
    await rig.settle();
    const labels = 'cluster="c", instance="watchkeeper/c", job="kube-state-metrics", ';
    const rest = 'namespace="ns", phase="Running", pod="p", uid="uid-p"';
    expect(rig.sink.dump()).toMatchObject({
      [`{__name__="kube_pod_status_phase", ${labels}${rest}}`]: `1@${START_MS + 1000} 1@${CYCLE_MS}`,
      '{__name__="up", cluster="c", instance="watchkeeper/c", job="kube-state-metrics"}': `1@${CYCLE_MS}`,
      '{__name__="wk_cluster_info", cluster="c", instance="watchkeeper/c", job="kube-state-metrics", platform="linux/amd64", version="v1.35.0"}': `1@${CYCLE_MS}`,
      '{__name__="kube_state_metrics_list_total", cluster="c", instance="watchkeeper/c", job="kube-state-metrics", resource="*v1.Pod", result="success"}': `1@${CYCLE_MS}`,
    });
    const scraped = Object.values(rig.of('scrape_samples_scraped'))[0];
    const rows = Object.values(rig.sink.dump()).filter((text) => text.includes(`@${CYCLE_MS}`));
    expect(scraped).toBe(`${rows.length - 5}@${CYCLE_MS}`);
    await rig.state.stop();
  });

  test('a change is there within a second, and only what changed is written', async () => {
    const rig = new Rig(pod('p', 'Pending'), pod('q', 'Running'));
    await rig.start();
    const before = rig.sink.samples.reduce((sum, list) => sum + list.length, 0);
    await rig.change(() => rig.cluster.put(pod('p', 'Running')));
    const first = START_MS + 1000;
    const then = START_MS + 2000;
    expect(rig.of('kube_pod_status_phase', 'pod="p"', 'ing"')).toEqual({
      '{namespace="ns", phase="Pending", pod="p", uid="uid-p"}': `1@${first} 0@${then}`,
      '{namespace="ns", phase="Running", pod="p", uid="uid-p"}': `0@${first} 1@${then}`,
    });
    // Beside the two: the workload's phase, of which one series ends and another begins.
    const after = rig.sink.samples.reduce((sum, list) => sum + list.length, 0);
    expect(after - before).toBe(4);
    expect(rig.of('wk_pod_workload', 'pod="p"', 'Pending')).toEqual({
      '{host_network="false", namespace="ns", node="n1", phase="Pending", pod="p", uid="uid-p", workload="p", workload_kind="Pod"}': `1@${first} stale@${then}`,
    });
    await rig.state.stop();
  });

  test('all series of a deleted object end with it, once, and rows go on without them', async () => {
    const gone = pod('p', 'Running');
    const rig = new Rig(gone, pod('q', 'Running'));
    await rig.start();
    await rig.change(() => rig.cluster.delete(gone));
    rig.clock.advance(CYCLE_MS - rig.clock.nowMs());
    await rig.settle();
    const own = Object.entries(rig.sink.dump()).filter(([text]) => text.includes('pod="p"'));
    expect(own.length).toBeGreaterThan(10);
    for (const [text, samples] of own) {
      expect([text, samples]).toEqual([
        text,
        expect.stringMatching(new RegExp(`^\\d+@${START_MS + 1000} stale@${START_MS + 2000}$`)),
      ]);
    }
    const other = Object.values(rig.of('kube_pod_info', 'pod="q"'));
    expect(other).toEqual([`1@${START_MS + 1000} 1@${CYCLE_MS}`]);
    await rig.state.stop();
  });

  test('an object that goes between a change and the cycle ends at the cycle', async () => {
    const gone = pod('p', 'Running');
    const rig = new Rig(gone, pod('q', 'Running'));
    await rig.start();
    rig.clock.advance(CYCLE_MS - rig.clock.nowMs() - 1);
    rig.cluster.delete(gone);
    rig.clock.advance(1);
    await rig.settle();
    expect(Object.values(rig.of('kube_pod_info', 'pod="p"'))).toEqual([
      `1@${START_MS + 1000} stale@${CYCLE_MS}`,
    ]);
    await rig.state.stop();
  });

  test('owners are followed, also those that come after their Pods', async () => {
    const rig = new Rig(
      replicaSet('web-1', 'web'),
      pod('a', 'Running', ['ReplicaSet', 'web-1']),
      pod('b', 'Running', ['StatefulSet', 'db']),
      pod('c', 'Running', ['CloneSet', 'odd']),
      pod('d', 'Running', ['Node', 'n1']),
      pod('e', 'Running', ['ReplicaSet', 'api-5f97'], { 'pod-template-hash': '5f97' }),
      pod('f', 'Running', ['Job', 'backup-1']),
    );
    await rig.start();
    const workloads = (): readonly string[] =>
      Object.entries(rig.of('wk_pod_workload'))
        .filter(([, samples]) => !samples.includes('stale'))
        .map(([text]) => {
          const [, name] = /pod="([^"]*)"/.exec(text) ?? [];
          const [, workload] = /workload="([^"]*)"/.exec(text) ?? [];
          const [, kind] = /workload_kind="([^"]*)"/.exec(text) ?? [];
          return `${name}: ${kind} ${workload}`;
        })
        .sort();
    expect(workloads()).toEqual([
      'a: Deployment web',
      'b: StatefulSet db',
      'c: CloneSet odd',
      'd: Pod d',
      'e: Deployment api',
      'f: Job backup-1',
    ]);
    await rig.change(() =>
      rig.cluster.put(
        kubernetesObject(
          'Job',
          'ns',
          'backup-1',
          {},
          {
            ownerReferences: [
              { apiVersion: 'v1', kind: 'CronJob', name: 'backup', uid: 'x', controller: true },
            ],
          },
        ),
      ),
    );
    expect(workloads().at(-1)).toBe('f: CronJob backup');
    await rig.state.stop();
  });

  test('endpoints of a Service are those of all its slices', async () => {
    const rig = new Rig(
      slice('s1', 'web', ['p', true], ['q', false]),
      slice('s2', 'web', ['p', true]),
    );
    await rig.start();
    const at = START_MS + 1000;
    expect(rig.of('wk_service_endpoints')).toEqual({
      '{namespace="ns", ready="true", service="web"}': `1@${at}`,
      '{namespace="ns", ready="false", service="web"}': `1@${at}`,
    });
    await rig.change(() => rig.cluster.delete(slice('s1', 'web')));
    expect(rig.of('wk_pod_service')).toEqual({
      '{namespace="ns", pod="p", service="web"}': `1@${at}`,
      '{namespace="ns", pod="q", service="web"}': `1@${at} stale@${at + 1000}`,
    });
    await rig.state.stop();
  });

  test('a cluster that goes ends all, and so does switching it off', async () => {
    for (const end of [
      (rig: Rig) => rig.registry.remove(rig.cluster),
      (rig: Rig) =>
        rig.state.applyConfig({ state: { ...rig.config, enabled: false }, scrapeConfigs: [] }),
    ]) {
      const rig = new Rig(pod('p', 'Running'));
      await rig.start();
      end(rig);
      await rig.settle();
      for (const name of ['kube_pod_info', 'wk_pod_workload']) {
        expect(Object.values(rig.of(name))).toEqual([
          expect.stringMatching(new RegExp(`^1@${START_MS + 1000} stale@\\d+$`)),
        ]);
      }
      expect(rig.state.page('c')).toBeUndefined();
      expect(rig.cluster.watched).toEqual([]);
      expect(rig.sink.openWriters).toBe(0);
      await rig.state.stop();
    }
  });

  test('beside a kube-state-metrics that is scraped only our own series are made', async () => {
    const rig = new Rig(pod('p', 'Running'));
    await rig.start();
    rig.state.applyConfig({ state: { ...rig.config, source: 'scrape' }, scrapeConfigs: [] });
    await rig.settle();
    await rig.change(() => undefined);
    rig.clock.advance(CYCLE_MS - rig.clock.nowMs());
    await rig.settle();
    expect(Object.values(rig.of('kube_pod_info'))[0]).toContain('stale');
    expect(Object.values(rig.of('wk_pod_workload'))[0]).toMatch(new RegExp(` 1@${CYCLE_MS}$`));
    await rig.state.stop();
  });

  test('objects of alarm policies are series while the policy wants them', async () => {
    const rig = new Rig(pod('p', 'Running'), replicaSet('r', 'web'));
    await rig.start();
    const of = (policyId: string, more: Partial<PolicyTargets>): PolicyTargets => ({
      policyId,
      level: 'pod',
      isOfCluster: () => true,
      labelSelector: '',
      objects: [],
      ...more,
    });
    const selected = of('a', { labelSelector: 'app=web' });
    const object = { namespace: 'ns', workload_kind: 'Deployment', workload: 'w' };
    const objects = [
      { ...object, cluster: 'c' },
      { ...object, cluster: 'other' },
    ];
    const named = of('b', { level: 'workload', objects });
    const elsewhere = of('c', { labelSelector: 'x', isOfCluster: (name) => name !== 'c' });
    rig.state.setPolicyTargets([selected, named, elsewhere]);
    await rig.settle();
    await rig.change(() => undefined);
    expect(rig.cluster.watched).toContain('pods app=web');
    const targets = rig.of('wk_policy_target');
    expect(Object.keys(targets)).toEqual([
      '{namespace="ns", pod="p", policy_id="a"}',
      '{namespace="ns", policy_id="b", workload="w", workload_kind="Deployment"}',
    ]);
    rig.state.setPolicyTargets([named]);
    await rig.change(() => undefined);
    expect(rig.cluster.watched).not.toContain('pods app=web');
    const [gone, stays] = Object.values(rig.of('wk_policy_target'));
    expect([gone, stays]).toEqual([
      expect.stringContaining('stale'),
      expect.not.stringContaining('stale'),
    ]);
    await rig.state.stop();
  });

  test('the page is that of kube-state-metrics', async () => {
    const rig = new Rig(pod('p', 'Running'));
    await rig.start();
    const page = [...(rig.state.page('c') ?? [])].join('');
    expect(page).toContain('# TYPE kube_pod_container_status_restarts_total counter\n');
    expect(page).toContain(
      'kube_pod_status_phase{namespace="ns",pod="p",uid="uid-p",phase="Running"} 1\n',
    );
    expect(rig.state.page('other')).toBeUndefined();
    await rig.state.stop();
  });

  test('a cluster that cannot be asked is asked again', async () => {
    const rig = new Rig(pod('p', 'Running'));
    rig.cluster.answers.delete('/api/v1');
    rig.state.applyConfig({ state: rig.config, scrapeConfigs: [] });
    await rig.settle();
    expect(rig.cluster.watched).toEqual([]);
    rig.cluster.answers.set('/api/v1', { resources: [{ name: 'pods' }] });
    rig.clock.advance(10_000);
    await until('Pods are followed', () => rig.cluster.watched.includes('pods'));
    await rig.state.stop();
  });

  test('many objects come and go, and each row has those that are there', async () => {
    const rig = new Rig(...Array.from({ length: 300 }, (_, at) => pod(`p${at}`, 'Running')));
    await rig.start();
    await rig.change(() => {
      for (let at = 0; at < 200; at++) rig.cluster.delete(pod(`p${at}`, 'Running'));
      for (let at = 300; at < 350; at++) rig.cluster.put(pod(`p${at}`, 'Running'));
    });
    for (let cycle = 0; cycle < 3; cycle++) {
      rig.clock.advance(30_000 - (rig.clock.nowMs() % 30_000));
      await rig.settle();
      const atMs = rig.clock.nowMs();
      const present = Object.values(rig.of('kube_pod_info')).filter((text) =>
        text.endsWith(` 1@${atMs}`),
      );
      expect(present.length).toBe(150);
    }
    await rig.state.stop();
  });
});
