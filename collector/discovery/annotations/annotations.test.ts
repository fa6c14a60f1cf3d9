import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_GLOBAL } from '../../../config/read-global.ts';
import type { KubernetesObject } from '../../../kubernetes/kubernetes-object.ts';
import { kubernetesObject, MemoryCluster, MemoryRegistry } from '../../../test/memory-cluster.ts';
import { VirtualClock } from '../../../test/virtual-clock.ts';
import { publicLabels } from '../../scrape/target-labels.ts';
import { TargetFactory } from '../../scrape/targets-of-group.ts';
import type { TargetGroup } from '../discoverer.ts';
import { AnnotationDiscoverer } from './annotation-discoverer.ts';
import { annotationJob } from './annotation-job.ts';

const SCRAPE = { 'prometheus.io/scrape': 'true' };
const PORTS = [
  { name: 'web', containerPort: 8080, protocol: 'TCP' },
  { name: 'low', containerPort: 80, protocol: 'TCP' },
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
];

const pod = (annotations: object, ports: object[] = PORTS, phase = 'Running', podIP = '10.0.0.1') =>
  kubernetesObject(
    'Pod',
    'shop',
    'web-1',
    {
      spec: { nodeName: 'n1', containers: [{ name: 'main', ports }] },
      status: { phase, podIP },
    },
    { annotations },
  );
const service = (annotations: object): KubernetesObject =>
  kubernetesObject('Service', 'shop', 'web', {}, { annotations });
const slice = (endpoints: object[]): KubernetesObject =>
  kubernetesObject(
    'EndpointSlice',
    'shop',
    'web-x',
    { ports: [{ name: 'http', port: 8080, protocol: 'TCP' }], endpoints },
    { labels: { 'kubernetes.io/service-name': 'web' } },
  );
const POD_ENDPOINT = {
  addresses: ['10.0.0.1'],
  targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
};

class Rig {
  readonly clock = new VirtualClock(0);
  readonly cluster: MemoryCluster;
  readonly groups = new Map<string, TargetGroup>();
  readonly stop = new AbortController();
  readonly ended: Promise<void>;
  urgentCount = 0;

  constructor(...objects: readonly KubernetesObject[]) {
    this.cluster = new MemoryCluster('prod', objects);
    const registry = new MemoryRegistry(new MemoryCluster('other'), this.cluster);
    const discoverer = new AnnotationDiscoverer('prod', registry, this.clock);
    this.ended = discoverer.run(this.stop.signal, (groups, isUrgent) => {
      if (isUrgent === true) this.urgentCount++;
      for (const group of groups) {
        if (group.targets.length > 0) this.groups.set(group.source, group);
        else this.groups.delete(group.source);
      }
    });
    rigs.push(this);
  }

  async targets(): Promise<readonly string[]> {
    await new Promise((resolve) => setImmediate(resolve));
    this.clock.advance(1000);
    const [job] = annotationJob('prod', DEFAULT_GLOBAL);
    if (job === undefined) throw new Error('no job');
    const factory = new TargetFactory(job);
    return [...this.groups.values()].flatMap((group) =>
      factory
        .of(group)
        .active.map(
          (target) =>
            `${target.url} ${target.intervalMs / 1000}s ${publicLabels(target.labels).toString()}`,
        ),
    );
  }
}

const rigs: Rig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) {
    rig.stop.abort();
    await rig.ended;
    expect(rig.cluster.watched).toEqual([]);
  }
});

const labels = (more: string): string =>
  `{cluster="prod", container="main", instance="10.0.0.1:${more}"`;
const POD_END = 'job="kubernetes-pods", namespace="shop", node="n1", pod="web-1"}';

describe('a Pod that asks to be scraped', () => {
  test.each([
    [{}, PORTS, `http://10.0.0.1:80/metrics 60s ${labels('80')}, ${POD_END}`],
    [
      {},
      [...PORTS, { name: 'metrics', containerPort: 9100 }],
      `http://10.0.0.1:9100/metrics 60s ${labels('9100')}, ${POD_END}`,
    ],
    [
      { 'prometheus.io/port': '8080', 'prometheus.io/path': '/m', 'prometheus.io/scheme': 'https' },
      PORTS,
      `https://10.0.0.1:8080/m 60s ${labels('8080')}, ${POD_END}`,
    ],
    [
      {
        'prometheus.io/port': '9999',
        'prometheus.io/param_a-b': 'x',
        'prometheus.io/param-c': 'y',
      },
      PORTS,
      `http://10.0.0.1:9999/metrics?a_b=x&c=y 60s {cluster="prod", instance="10.0.0.1:9999", ${POD_END}`,
    ],
    [
      { 'prometheus.io/scrape_slow': 'true', 'prometheus.io/scrape': 'false' },
      PORTS,
      `http://10.0.0.1:80/metrics 300s ${labels('80')}, ${POD_END}`,
    ],
    [
      { 'prometheus.io/port': 'x', 'prometheus.io/scheme': 'ftp' },
      [],
      `http://10.0.0.1/metrics 60s {cluster="prod", instance="10.0.0.1", ${POD_END}`,
    ],
  ])('%j', async (annotations, ports, target) => {
    expect(await new Rig(pod({ ...SCRAPE, ...annotations }, ports)).targets()).toEqual([target]);
  });

  test.each([
    [pod({})],
    [pod({ 'prometheus.io/scrape': 'yes' })],
    [pod(SCRAPE, PORTS, 'Succeeded')],
    [pod(SCRAPE, PORTS, 'Failed')],
    [pod(SCRAPE, PORTS, 'Pending', '')],
  ])('no target %#', async (object) => {
    expect(await new Rig(object).targets()).toEqual([]);
  });

  test('goes at once when the Pod does', async () => {
    const rig = new Rig(pod(SCRAPE));
    expect(await rig.targets()).toHaveLength(1);
    const before = rig.urgentCount;
    rig.cluster.delete(pod(SCRAPE));
    expect(await rig.targets()).toEqual([]);
    expect(rig.urgentCount).toBe(before + 1);
  });
});

describe('a Service that asks to be scraped', () => {
  const SERVED = `http://10.0.0.1:8080/metrics 60s ${labels('8080')}, job="kubernetes-service-endpoints", namespace="shop", node="n1", pod="web-1", service="web"}`;

  test('each of its Pods is a target, whatever comes first', async () => {
    const rig = new Rig(pod({}));
    expect(await rig.targets()).toEqual([]);
    rig.cluster.put(slice([POD_ENDPOINT]));
    rig.cluster.put(service({}));
    expect(await rig.targets()).toEqual([]);
    rig.cluster.put(service(SCRAPE));
    expect(await rig.targets()).toEqual([SERVED]);
    rig.cluster.put(slice([]));
    expect(await rig.targets()).toEqual([]);
    rig.cluster.put(slice([POD_ENDPOINT]));
    expect(await rig.targets()).toEqual([SERVED]);
    rig.cluster.put(service({}));
    expect(await rig.targets()).toEqual([]);
  });

  test('a Pod that asks, too, is scraped once where address and path are the same', async () => {
    const same = { ...SCRAPE, 'prometheus.io/port': '8080' };
    const one = new Rig(pod(same), service(SCRAPE), slice([POD_ENDPOINT]));
    expect(await one.targets()).toEqual([
      `http://10.0.0.1:8080/metrics 60s ${labels('8080')}, ${POD_END}`,
    ]);
    const two = new Rig(pod(SCRAPE), service(SCRAPE), slice([POD_ENDPOINT]));
    expect(await two.targets()).toHaveLength(2);
  });

  test('endpoints that are no Pods are targets', async () => {
    const endpoint = { addresses: ['192.0.2.1', '2001:db8::1'], nodeName: 'n2' };
    const rig = new Rig(service(SCRAPE), slice([endpoint]));
    expect(await rig.targets()).toEqual([
      'http://192.0.2.1:8080/metrics 60s {cluster="prod", instance="192.0.2.1:8080", job="kubernetes-service-endpoints", namespace="shop", node="n2", service="web"}',
      'http://[2001:db8::1]:8080/metrics 60s {cluster="prod", instance="[2001:db8::1]:8080", job="kubernetes-service-endpoints", namespace="shop", node="n2", service="web"}',
    ]);
  });
});
