import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { KubernetesDiscovery, KubernetesRole } from '../../../config/discovery-types.ts';
import type { KubernetesObject } from '../../../kubernetes/kubernetes-object.ts';
import { kubernetesObject, MemoryCluster, MemoryRegistry } from '../../../test/memory-cluster.ts';
import { NOTHING_ATTACHED } from '../../../test/shown-groups.ts';
import { VirtualClock } from '../../../test/virtual-clock.ts';
import type { TargetGroup } from '../discoverer.ts';
import { discoveryMetrics } from '../discovery-metrics.ts';
import { KubernetesDiscoverer } from './kubernetes-discoverer.ts';

const pod = (name: string, labels: object = {}, namespace = 'default', rest: object = {}) =>
  kubernetesObject(
    'Pod',
    namespace,
    name,
    {
      spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] },
      status: { podIP: '1.2.3.4', phase: 'Running', ...rest },
    },
    { labels },
  );
const slice = (name: string, service: string, podName: string): KubernetesObject =>
  kubernetesObject(
    'EndpointSlice',
    'default',
    name,
    {
      addressType: 'IPv4',
      ports: [{ port: 80 }],
      endpoints: [
        {
          addresses: ['1.2.3.4'],
          targetRef: { kind: 'Pod', namespace: 'default', name: podName },
        },
      ],
    },
    { labels: { 'kubernetes.io/service-name': service } },
  );

interface RigOptions {
  readonly role: KubernetesRole;
  readonly attach?: Partial<KubernetesDiscovery['attachMetadata']>;
  readonly namespaces?: Partial<KubernetesDiscovery['namespaces']>;
  readonly selectors?: KubernetesDiscovery['selectors'];
}

class Rig {
  readonly clock = new VirtualClock(0);
  readonly registry: MemoryRegistry;
  readonly metrics: Registry = new Registry();
  /** What is known now, by source. */
  readonly groups = new Map<string, TargetGroup>();
  /** Of each update: its sources, with `!` when it is urgent. */
  readonly updates: string[] = [];
  readonly stop = new AbortController();
  readonly ended: Promise<void>;

  constructor(options: RigOptions, ...clusters: readonly MemoryCluster[]) {
    this.registry = new MemoryRegistry(...clusters);
    const { role, attach, namespaces, selectors = [] } = options;
    const discoverer = new KubernetesDiscoverer({
      config: {
        role,
        selectors,
        attachMetadata: { ...NOTHING_ATTACHED, ...attach },
        namespaces: { ownNamespace: false, names: [], ...namespaces },
      },
      clusters: this.registry,
      ownNamespace: () => Promise.resolve('own'),
      clock: this.clock,
      metrics: discoveryMetrics(this.metrics, () => new Map()),
    });
    this.ended = discoverer.run(this.stop.signal, (groups, isUrgent) => {
      this.updates.push(`${groups.map(({ source }) => source).join(' ')}${isUrgent ? '!' : ''}`);
      for (const group of groups) {
        if (group.targets.length > 0) this.groups.set(group.source, group);
        else this.groups.delete(group.source);
      }
    });
  }

  /** Lets what was said arrive, and the time for gathering pass. */
  async settle(ms = 1000): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.clock.advance(ms);
  }

  get sources(): readonly string[] {
    return [...this.groups.keys()].sort();
  }

  label(source: string, name: string): string {
    const group = this.groups.get(source);
    return group?.targets[0]?.get(name) || group?.labels.get(name) || '';
  }
}

describe('Kubernetes discovery', () => {
  test('follows objects as they come, change and go', async () => {
    const cluster = new MemoryCluster('c', [pod('a'), pod('b')]);
    const rig = new Rig({ role: 'pod' }, cluster);
    await rig.settle();
    expect(rig.sources).toEqual(['c/pod/default/a', 'c/pod/default/b']);
    expect(rig.label('c/pod/default/a', 'cluster')).toBe('c');
    expect(rig.label('c/pod/default/a', '__meta_kubernetes_cluster')).toBe('c');

    cluster.put(pod('a', { v: '2' }));
    await rig.settle();
    expect(rig.updates.at(-1)).toBe('c/pod/default/a');
    expect(rig.label('c/pod/default/a', '__meta_kubernetes_pod_label_v')).toBe('2');

    cluster.put(pod('a', {}, 'default', { podIP: '' }));
    await rig.settle();
    expect(rig.sources).toEqual(['c/pod/default/b']);

    cluster.delete(pod('b'));
    await rig.settle(0);
    expect(rig.updates.at(-1)).toBe('c/pod/default/b!');
    expect(rig.sources).toEqual([]);
    expect(
      await rig.metrics.getSingleMetricAsString('prometheus_sd_kubernetes_events_total'),
    ).toMatch(/role="pod",event="update"} 2/);
  });

  test('tells nothing before every cache is whole', async () => {
    const cluster = new MemoryCluster('c', [slice('s', 'web', 'a'), pod('a')], false);
    const rig = new Rig({ role: 'endpointslice' }, cluster);
    await rig.settle();
    const [services, pods, slices] = cluster.caches;
    slices?.sync();
    pods?.sync();
    await rig.settle();
    expect(rig.updates).toEqual([]);
    services?.sync();
    await rig.settle(0);
    expect(rig.label('c/endpointslice/default/s', '__meta_kubernetes_pod_name')).toBe('a');
  });

  test('a change of a related object renews the groups that were built of it, and no others', async () => {
    const service = (labels: object) =>
      kubernetesObject('Service', 'default', 'web', {}, { labels });
    const cluster = new MemoryCluster('c', [
      slice('s1', 'web', 'a'),
      slice('s2', 'other', 'b'),
      pod('a'),
    ]);
    const rig = new Rig({ role: 'endpointslice' }, cluster);
    await rig.settle();
    const [s1, s2] = ['c/endpointslice/default/s1', 'c/endpointslice/default/s2'] as const;
    cluster.put(service({ v: '1' }));
    await rig.settle();
    expect(rig.updates.at(-1)).toBe(s1);
    expect(rig.label(s1, '__meta_kubernetes_service_label_v')).toBe('1');
    cluster.put(pod('b', { v: '2' }));
    await rig.settle();
    expect(rig.updates.at(-1)).toBe(s2);
    expect(rig.label(s2, '__meta_kubernetes_pod_label_v')).toBe('2');
    cluster.delete(pod('b'));
    await rig.settle(0);
    expect(rig.updates.at(-1)).toBe(`${s2}!`);
    expect(rig.label(s2, '__meta_kubernetes_pod_label_v')).toBe('');
    expect(rig.updates).toHaveLength(4);
  });

  test('attached nodes and namespaces count by their labels, not their status', async () => {
    const node = (labels: object, status: object) =>
      kubernetesObject('Node', '', 'n1', { status }, { labels });
    const cluster = new MemoryCluster('c', [pod('a'), node({ z: 'a' }, {})]);
    const rig = new Rig({ role: 'pod', attach: { node: true, namespace: true } }, cluster);
    await rig.settle();
    const source = 'c/pod/default/a';
    expect(rig.label(source, '__meta_kubernetes_node_label_z')).toBe('a');
    cluster.put(node({ z: 'a' }, { heartbeat: 1 }));
    await rig.settle();
    expect(rig.updates).toHaveLength(1);
    cluster.put(node({ z: 'b' }, {}));
    await rig.settle();
    expect(rig.label(source, '__meta_kubernetes_node_label_z')).toBe('b');
    cluster.put(kubernetesObject('Namespace', '', 'default', {}, { labels: { t: 'x' } }));
    await rig.settle();
    expect(rig.label(source, '__meta_kubernetes_namespace_label_t')).toBe('x');
    cluster.delete(node({ z: 'b' }, {}));
    await rig.settle();
    expect(rig.sources).toEqual([]);
  });

  test('the owners of Pods are attached', async () => {
    const owner = (kind: string, name: string) => ({
      ownerReferences: [{ kind, name, uid: '1', apiVersion: 'v1', controller: true }],
    });
    const owned = { ...pod('a') };
    const object = { ...owned, metadata: { ...owned.metadata, ...owner('ReplicaSet', 'rs') } };
    const cluster = new MemoryCluster('c', [object as KubernetesObject]);
    const rig = new Rig({ role: 'pod', attach: { deployment: true } }, cluster);
    await rig.settle();
    const deployment = (): string => {
      return rig.label('c/pod/default/a', '__meta_kubernetes_pod_deployment_name');
    };
    expect(deployment()).toBe('');
    cluster.put(kubernetesObject('ReplicaSet', 'default', 'rs', {}, owner('Deployment', 'web')));
    await rig.settle();
    expect(deployment()).toBe('web');
  });

  test.each([
    [{ role: 'node' as const, namespaces: { names: ['x'] } }, ['nodes']],
    [{ role: 'pod' as const, namespaces: { names: ['x', 'y', 'x'] } }, ['pods x', 'pods y']],
    [
      { role: 'service' as const, namespaces: { names: ['x'], ownNamespace: true } },
      ['services own', 'services x'],
    ],
    [
      {
        role: 'pod' as const,
        attach: { node: true, cronjob: true, job: true },
        selectors: [
          { role: 'pod' as const, label: 'a=b', field: 'spec.nodeName=n' },
          { role: 'node' as const, label: 'c', field: '' },
        ],
      },
      ['jobs', 'nodes c', 'pods a=b spec.nodeName=n'],
    ],
    [
      {
        role: 'endpoints' as const,
        attach: { namespace: true, node: true, deployment: true },
        namespaces: { names: ['x'] },
        selectors: [
          { role: 'service' as const, label: 's', field: '' },
          { role: 'endpoints' as const, label: 'e', field: '' },
        ],
      },
      ['endpoints x e', 'namespaces', 'nodes', 'pods x', 'replicasets x', 'services x s'],
    ],
    [{ role: 'ingress' as const, attach: { namespace: true } }, ['ingresses', 'namespaces']],
  ])('%j watches %j', async (options, watched) => {
    const cluster = new MemoryCluster('c');
    const rig = new Rig(options, cluster);
    await rig.settle();
    expect(cluster.watched).toEqual(watched);
    rig.stop.abort();
    await rig.ended;
    expect(cluster.watched).toEqual([]);
  });

  test('clusters come and go', async () => {
    const [one, two] = [new MemoryCluster('one', [pod('a')]), new MemoryCluster('two', [pod('a')])];
    const rig = new Rig({ role: 'pod' }, one);
    await rig.settle();
    rig.registry.add(two);
    await rig.settle();
    expect(rig.sources).toEqual(['one/pod/default/a', 'two/pod/default/a']);
    rig.registry.remove(one);
    expect(rig.sources).toEqual(['two/pod/default/a']);
    expect(one.watched).toEqual([]);
  });

  test('many objects are built in turns', async () => {
    const pods = Array.from({ length: 250 }, (_, index) => pod(`p${index}`));
    const rig = new Rig({ role: 'pod' }, new MemoryCluster('c', pods));
    await rig.settle(0);
    expect(rig.updates.map((sources) => sources.split(' ').length)).toEqual([100, 100, 50]);
    expect(rig.groups.size).toBe(250);
  });
});
