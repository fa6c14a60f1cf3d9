import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_GLOBAL } from '../../config/read-global.ts';
import type { GlobalConfig, ScrapeConfig } from '../../config/types.ts';
import { ApiStatusError } from '../../kubernetes/api-errors.ts';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { kubernetesObject, MemoryCluster, MemoryRegistry } from '../../test/memory-cluster.ts';
import { relatedTo } from '../../test/shown-groups.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import type { TargetGroup } from '../discovery/discoverer.ts';
import { buildEndpoints } from '../discovery/kubernetes/endpoints-targets.ts';
import { buildEndpointSlice } from '../discovery/kubernetes/endpointslice-targets.ts';
import { buildIngress } from '../discovery/kubernetes/ingress-targets.ts';
import { ofCluster } from '../discovery/kubernetes/kubernetes-discoverer.ts';
import { buildPod } from '../discovery/kubernetes/pod-targets.ts';
import { publicLabels } from '../scrape/target-labels.ts';
import { TargetFactory } from '../scrape/targets-of-group.ts';
import { OperatorObjects } from './operator-objects.ts';

const API = '/apis/monitoring.coreos.com';

class Rig {
  readonly clock = new VirtualClock(0);
  readonly cluster: MemoryCluster;
  readonly registry: MemoryRegistry;
  readonly objects: OperatorObjects;
  readonly changes: string[] = [];

  constructor(objects: readonly KubernetesObject[], filesAllowed = false) {
    this.cluster = new MemoryCluster('prod', objects);
    this.serve({ v1: ['servicemonitors', 'podmonitors', 'probes'], v1alpha1: ['scrapeconfigs'] });
    this.registry = new MemoryRegistry(this.cluster);
    this.objects = new OperatorObjects(
      {
        clusters: this.registry,
        settings: () => ({ filesAllowed }),
        clock: this.clock,
        logger: SILENT_LOGGER,
        onChange: (kinds) => this.changes.push([...kinds].sort().join(' ')),
      },
      DEFAULT_GLOBAL,
    );
    open.push(this.objects);
  }

  serve(versions: Readonly<Record<string, readonly string[]>>): void {
    const names = Object.keys(versions);
    this.cluster.answers.set(API, { versions: names.map((version) => ({ version })) });
    for (const name of names) {
      const resources = versions[name]?.map((plural) => ({ name: plural }));
      this.cluster.answers.set(`${API}/${name}`, { resources });
    }
  }

  /** Lets what was asked be answered, and the times for gathering pass. */
  async settle(): Promise<this> {
    for (let turn = 0; turn < 6; turn++) {
      for (let step = 0; step < 5; step++) await new Promise((done) => setImmediate(done));
      this.clock.advance(1000);
    }
    return this;
  }

  get configs(): readonly ScrapeConfig[] {
    return this.objects.scrapeConfigs();
  }

  /** What the targets of a group become by the only scrape config there is. */
  targets(group: TargetGroup, cluster = 'prod'): readonly string[] {
    expect(this.configs.map(({ jobName }) => jobName)).toHaveLength(1);
    const made = new TargetFactory(this.configs[0] as ScrapeConfig).of(ofCluster(group, cluster));
    expect(made.failures).toEqual([]);
    return made.active.map((target) => `${target.url} ${publicLabels(target.labels)}`);
  }

  status(): Record<string, readonly string[]> {
    return Object.fromEntries(
      (this.objects.status('prod') ?? []).map(({ kind, namespace, name, errors, warnings }) => [
        `${kind} ${namespace}/${name}`,
        [...errors, ...warnings],
      ]),
    );
  }
}

const open: OperatorObjects[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const monitor = (kind: string, spec: object, metadata: object = {}) =>
  kubernetesObject(kind, 'mon', 'app', { spec }, { generation: 1, ...metadata });
const attached = { node: false, namespace: false, deployment: false, job: false, cronjob: false };
const service = kubernetesObject(
  'Service',
  'shop',
  'web',
  {},
  {
    labels: { app: 'web', 'app.kubernetes.io/part-of': 'shop', team: 'a' },
  },
);
const pod = (phase = 'Running', labels: object = { app: 'web', tier: 'front' }) =>
  kubernetesObject(
    'Pod',
    'shop',
    'web-1',
    {
      spec: {
        nodeName: 'n1',
        containers: [
          {
            name: 'main',
            ports: [
              { name: 'metrics', containerPort: 9100, protocol: 'TCP' },
              { name: 'http', containerPort: 80, protocol: 'TCP' },
            ],
          },
        ],
      },
      status: { podIP: '10.0.0.1', phase },
    },
    { labels },
  );
const endpoints = kubernetesObject('Endpoints', 'shop', 'web', {
  subsets: [
    {
      addresses: [
        { ip: '10.0.0.1', targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-1' } },
        { ip: '10.0.0.2', targetRef: { kind: 'Node', name: 'n2' } },
      ],
      ports: [
        { name: 'metrics', port: 9100, protocol: 'TCP' },
        { name: 'http', port: 80, protocol: 'TCP' },
      ],
    },
  ],
});
const BASE = { selector: { matchLabels: { app: 'web' } }, namespaceSelector: { any: true } };

describe('ServiceMonitor', () => {
  const group = (phase?: string): TargetGroup =>
    buildEndpoints(endpoints, relatedTo(service, pod(phase)), attached);

  test('targets have the labels that the operator gives them', async () => {
    const spec = {
      ...BASE,
      jobLabel: 'app.kubernetes.io/part-of',
      targetLabels: ['team', 'absent'],
      podTargetLabels: ['tier'],
      sampleLimit: 7,
      endpoints: [
        {
          port: 'metrics',
          path: '/m',
          interval: '30s',
          scrapeTimeout: '5s',
          params: { a: ['b'] },
          relabelings: [
            { sourceLabels: ['pod'], targetLabel: 'p', regex: '(web).*', action: 'Replace' },
          ],
          metricRelabelings: [{ sourceLabels: ['__name__'], regex: 'go_.*', action: 'drop' }],
        },
      ],
    };
    const rig = await new Rig([monitor('ServiceMonitor', spec)]).settle();
    expect(rig.configs[0]).toMatchObject({
      jobName: 'prod/serviceMonitor/mon/app/0',
      scrapeIntervalMs: 30_000,
      scrapeTimeoutMs: 5000,
      sampleLimit: 7,
      discovery: [
        { kind: 'kubernetes', role: 'endpoints', cluster: 'prod', namespaces: { names: [] } },
      ],
      metricRelabelConfigs: [{ action: 'drop', regex: 'go_.*' }],
    });
    expect(rig.targets(group())).toEqual([
      'http://10.0.0.1:9100/m?a=b {cluster="prod", container="main", endpoint="metrics", instance="10.0.0.1:9100", job="shop", namespace="shop", p="web", pod="web-1", service="web", team="a", tier="front"}',
      'http://10.0.0.2:9100/m?a=b {cluster="prod", endpoint="metrics", instance="10.0.0.2:9100", job="shop", namespace="shop", node="n2", service="web", team="a"}',
    ]);
    expect(rig.status()).toEqual({ 'ServiceMonitor mon/app': [] });
  });

  test.each([
    [{}, 1],
    [{ filterRunning: false }, 2],
  ])('Pods that ended are left out, unless %j', async (more, count) => {
    const spec = { ...BASE, endpoints: [{ port: 'http', ...more }] };
    const rig = await new Rig([monitor('ServiceMonitor', spec)]).settle();
    expect(rig.targets(group('Succeeded'))).toHaveLength(count);
  });

  test.each([
    [{ targetPort: 9100 }, '10.0.0.1:9100', '9100'],
    [{ targetPort: 'http' }, '10.0.0.1:80', 'http'],
  ])('port %j', async (port, address, endpoint) => {
    const rig = await new Rig([monitor('ServiceMonitor', { ...BASE, endpoints: [port] })]).settle();
    const [target, ...others] = rig.targets(group());
    expect(target).toContain(`instance="${address}"`);
    expect(target).toContain(`endpoint="${endpoint}"`);
    expect(others).toEqual([]);
  });

  test('endpoint slices by the role, and its own namespace by default', async () => {
    const spec = {
      selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'x'] }] },
      serviceDiscoveryRole: 'EndpointSlice',
      endpoints: [{ port: 'metrics' }],
    };
    const rig = await new Rig([monitor('ServiceMonitor', spec)]).settle();
    expect(rig.configs[0]?.discovery[0]).toMatchObject({
      role: 'endpointslice',
      namespaces: { names: ['mon'] },
    });
    const slice = kubernetesObject(
      'EndpointSlice',
      'shop',
      'web-x',
      {
        ports: [{ name: 'metrics', port: 9100 }],
        endpoints: [
          { addresses: ['10.0.0.1'], targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-1' } },
        ],
      },
      { labels: { 'kubernetes.io/service-name': 'web' } },
    );
    expect(rig.targets(buildEndpointSlice(slice, relatedTo(service, pod()), attached))).toEqual([
      'http://10.0.0.1:9100/metrics {cluster="prod", container="main", endpoint="metrics", instance="10.0.0.1:9100", job="web", namespace="shop", pod="web-1", service="web"}',
    ]);
  });

  test.each([
    [{ matchLabels: { app: 'db' } }, 0],
    [{ matchLabels: {} }, 2],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, 2],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, 0],
    [{ matchExpressions: [{ key: 'none', operator: 'DoesNotExist' }] }, 2],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, 0],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['we'] }] }, 2],
  ])('selector %j takes %i', async (selector, count) => {
    const spec = { ...BASE, selector, endpoints: [{ port: 'http' }] };
    const rig = await new Rig([monitor('ServiceMonitor', spec)]).settle();
    expect(rig.targets(group())).toHaveLength(count);
  });

  test('a selector may be left to the API server', async () => {
    const selector = {
      matchLabels: { b: 'c', a: 'b' },
      matchExpressions: [
        { key: 'd', operator: 'In', values: ['e', 'f'] },
        { key: 'g', operator: 'DoesNotExist' },
      ],
    };
    const spec = { selector, selectorMechanism: 'RoleSelector', endpoints: [{ port: 'http' }] };
    const rig = await new Rig([monitor('ServiceMonitor', spec)]).settle();
    const label = 'a=b,b=c,d in (e,f),!g';
    expect(rig.configs[0]?.discovery[0]).toMatchObject({
      selectors: [
        { role: 'endpoints', label },
        { role: 'service', label },
      ],
    });
  });
});

test('PodMonitor: targets have the labels that the operator gives them', async () => {
  const spec = {
    ...BASE,
    jobLabel: 'none',
    podTargetLabels: ['tier'],
    podMetricsEndpoints: [{ portNumber: 9100, scheme: 'HTTPS' }],
  };
  const rig = await new Rig([monitor('PodMonitor', spec)]).settle();
  expect(rig.configs[0]?.jobName).toBe('prod/podMonitor/mon/app/0');
  expect(rig.targets(buildPod(pod(), relatedTo(), attached))).toEqual([
    'https://10.0.0.1:9100/metrics {cluster="prod", container="main", instance="10.0.0.1:9100", job="mon/app", namespace="shop", pod="web-1", tier="front"}',
  ]);
  expect(rig.targets(buildPod(pod('Failed'), relatedTo(), attached))).toEqual([]);
});

describe('Probe', () => {
  const prober = { url: 'blackbox.mon:9115', path: '/probe', scheme: 'http' };

  test('fixed addresses', async () => {
    const staticConfig = { static: ['https://a.test'], labels: { env: 'x' } };
    const spec = { prober, module: 'http_2xx', targets: { staticConfig } };
    const rig = await new Rig([monitor('Probe', spec)]).settle();
    const [config] = rig.configs;
    const [fixed] = config?.discovery ?? [];
    const group = fixed?.kind === 'static' ? fixed.groups[0] : undefined;
    const targets = (group?.targets ?? []).map((address) =>
      group?.labels.with('__address__', address),
    );
    const made = new TargetFactory(config as ScrapeConfig).of({
      source: '0',
      targets: targets.flatMap((one) => one ?? []),
      labels: group?.labels as never,
    });
    expect(made.active.map(({ url, labels }) => `${url} ${publicLabels(labels)}`)).toEqual([
      'http://blackbox.mon:9115/probe?module=http_2xx&target=https%3A%2F%2Fa.test {cluster="prod", env="x", instance="https://a.test", job="probe/mon/app", namespace="mon"}',
    ]);
  });

  test('Ingresses', async () => {
    const ingress = kubernetesObject(
      'Ingress',
      'shop',
      'front',
      { spec: { rules: [{ host: 'shop.test' }], tls: [{ hosts: ['shop.test'] }] } },
      { labels: { app: 'web' } },
    );
    const spec = { prober, jobName: 'sites', targets: { ingress: BASE } };
    const rig = await new Rig([monitor('Probe', spec)]).settle();
    expect(rig.targets(buildIngress(ingress, relatedTo(), attached))).toEqual([
      'http://blackbox.mon:9115/probe?target=https%3A%2F%2Fshop.test%2F {cluster="prod", ingress="front", instance="https://shop.test/", job="sites", namespace="shop"}',
    ]);
  });
});

test('ScrapeConfig: what we cannot discover is said, the rest is scraped', async () => {
  const spec = {
    jobName: 'mine',
    staticConfigs: [{ targets: ['h:1'], labels: { a: 'b' } }],
    httpSDConfigs: [{ url: 'http://sd.test/t', refreshInterval: '1m' }],
    dnsSDConfigs: [{ names: ['a.test'], type: 'A', port: 9 }],
    kubernetesSDConfigs: [
      { role: 'Pod', namespaces: { names: ['x'] }, attachMetadata: { node: true } },
      { role: 'Node', apiServer: 'https://other.test' },
    ],
    consulSDConfigs: [{ server: 'c' }],
    metricsPath: '/m',
    scheme: 'HTTPS',
    enableHTTP2: false,
    nameEscapingScheme: 'Dots',
  };
  const rig = await new Rig([monitor('ScrapeConfig', spec)]).settle();
  expect(rig.status()).toEqual({
    'ScrapeConfig mon/app': [
      'consulSDConfigs is not supported: use httpSDConfigs or fileSDConfigs',
    ],
  });
  const [config] = rig.configs;
  expect(config).toMatchObject({
    metricsPath: '/m',
    scheme: 'https',
    httpClient: { enableHttp2: false },
    metricNameEscapingScheme: 'dots',
  });
  expect(config?.discovery.map((one) => [one.kind, 'cluster' in one ? one.cluster : ''])).toEqual([
    ['dns', ''],
    ['http', ''],
    ['kubernetes', 'prod'],
    ['kubernetes', ''],
    ['static', ''],
  ]);
});

describe('Secrets and ConfigMaps', () => {
  const spec = {
    ...BASE,
    endpoints: [
      {
        port: 'http',
        basicAuth: { username: { name: 's', key: 'u' }, password: { name: 's', key: 'p' } },
        tlsConfig: { ca: { configMap: { name: 'cas', key: 'ca.crt' } }, serverName: 'x' },
      },
    ],
  };
  const secret = (data: Readonly<Record<string, string>>): object => ({
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  });

  test('are read in the namespace of the object, and read again', async () => {
    const rig = new Rig([monitor('ServiceMonitor', spec)]);
    const { answers } = rig.cluster;
    answers.set('/api/v1/namespaces/mon/secrets/s', secret({ u: 'me', p: 'hidden' }));
    answers.set('/api/v1/namespaces/mon/configmaps/cas', { data: { 'ca.crt': 'PEM' } });
    await rig.settle();
    expect(rig.status()).toEqual({ 'ServiceMonitor mon/app': [] });
    const client = (): ScrapeConfig['httpClient'] | undefined => rig.configs[0]?.httpClient;
    const password = (): string => {
      const source = client()?.basicAuth?.password;
      return source !== undefined && 'value' in source ? source.value.reveal() : '';
    };
    expect(client()).toMatchObject({
      basicAuth: { username: 'me' },
      tls: { ca: { text: 'PEM' }, serverName: 'x' },
    });
    expect(password()).toBe('hidden');
    expect(JSON.stringify([rig.configs, rig.objects.status('prod')], noBigInt)).not.toContain(
      'hidden',
    );
    const before = rig.configs[0];
    rig.clock.advance(120_000);
    await rig.settle();
    expect(rig.configs[0]).toBe(before);
    answers.set('/api/v1/namespaces/mon/secrets/s', secret({ u: 'me', p: 'rotated' }));
    rig.clock.advance(120_000);
    await rig.settle();
    expect(password()).toBe('rotated');
    expect(rig.changes).toEqual(['ServiceMonitor', 'ServiceMonitor']);
  });

  test('what is not there is said, and taken when it is', async () => {
    const rig = new Rig([monitor('ServiceMonitor', spec)]);
    const { answers, failures } = rig.cluster;
    answers.set('/api/v1/namespaces/mon/secrets/s', secret({ u: 'me' }));
    const gone = new ApiStatusError(404, { message: 'configmaps "cas" not found' });
    failures.set('/api/v1/namespaces/mon/configmaps/cas', gone);
    await rig.settle();
    expect(rig.status()).toEqual({
      'ServiceMonitor mon/app': ['Secret mon/s has no key p', 'configmaps "cas" not found'],
    });
    expect(rig.configs).toEqual([]);
    failures.clear();
    answers.set('/api/v1/namespaces/mon/secrets/s', secret({ u: 'me', p: 'x' }));
    answers.set('/api/v1/namespaces/mon/configmaps/cas', { data: { 'ca.crt': 'PEM' } });
    rig.clock.advance(120_000);
    await rig.settle();
    expect(rig.configs).toHaveLength(1);
  });

  test('what was in force stays while the API server cannot answer', async () => {
    const rig = new Rig([monitor('ServiceMonitor', spec)]);
    const { answers, failures } = rig.cluster;
    answers.set('/api/v1/namespaces/mon/secrets/s', secret({ u: 'me', p: 'x' }));
    answers.set('/api/v1/namespaces/mon/configmaps/cas', { data: { 'ca.crt': 'PEM' } });
    await rig.settle();
    failures.set('/api/v1/namespaces/mon/secrets/s', new ApiStatusError(503, {}));
    rig.clock.advance(120_000);
    await rig.settle();
    expect(rig.configs).toHaveLength(1);
    expect(rig.status()).toEqual({ 'ServiceMonitor mon/app': [] });
  });
});

describe('what is wrong', () => {
  test('an endpoint with a mistake is told, the others are scraped', async () => {
    const spec = {
      ...BASE,
      endpoints: [
        { port: 'http', interval: '5s', scrapeTimeout: '10s' },
        { port: 'http' },
        { port: 'http', relabelings: [{ action: 'wrong' }] },
      ],
    };
    const rig = await new Rig([monitor('ServiceMonitor', spec)]).settle();
    expect(rig.configs.map(({ jobName }) => jobName)).toEqual(['prod/serviceMonitor/mon/app/1']);
    expect(rig.status()['ServiceMonitor mon/app']).toEqual([
      expect.stringMatching(/^endpoints\[0\]: scrape timeout greater than scrape interval/),
      expect.stringMatching(/^endpoints\[2\]: unknown relabel action "wrong"/),
    ]);
  });

  test.each([
    [{ endpoints: 'no list' }, 'endpoints is no list'],
    [{ endpoints: [{ port: {} }] }, 'port is no text'],
    [
      { selector: { matchExpressions: [{ key: 'a', operator: 'Like' }] }, endpoints: [{}] },
      'matchExpressions: unknown operator "Like"',
    ],
    [
      { endpoints: [{ params: 'x' }] },
      expect.stringMatching(/^endpoints\[0\]: .*expected|unmarshal/),
    ],
  ])('%j', async (spec, error) => {
    const rig = await new Rig([monitor('ServiceMonitor', spec)]).settle();
    expect(rig.status()['ServiceMonitor mon/app']).toEqual([error]);
    expect(rig.configs).toEqual([]);
  });

  test.each([
    [false, ["endpoints[0]: bearer_token_file: this cluster's objects may name no files"]],
    [true, []],
  ])('files may be named: %s', async (allowed, errors) => {
    const spec = { ...BASE, endpoints: [{ port: 'http', bearerTokenFile: '/t' }] };
    const rig = await new Rig([monitor('ServiceMonitor', spec)], allowed).settle();
    expect(rig.status()['ServiceMonitor mon/app']).toEqual(errors);
  });
});

describe('a cluster', () => {
  const spec = { ...BASE, endpoints: [{ port: 'http' }] };

  test('may get the operator later, and lose it', async () => {
    const rig = new Rig([]);
    rig.cluster.answers.clear();
    rig.cluster.failures.set(API, new ApiStatusError(404, { message: 'not found' }));
    await rig.settle();
    expect(rig.objects.status('prod')).toEqual([]);
    rig.cluster.failures.clear();
    rig.serve({ v1: ['servicemonitors'] });
    const crd = kubernetesObject(
      'CustomResourceDefinition',
      '',
      'servicemonitors.monitoring.coreos.com',
      {},
    );
    rig.cluster.put(crd);
    await rig.settle();
    rig.cluster.put(monitor('ServiceMonitor', spec));
    await rig.settle();
    expect(rig.configs).toHaveLength(1);
    rig.serve({ v1: [] });
    rig.cluster.delete(crd);
    await rig.settle();
    expect(rig.configs).toEqual([]);
  });

  test('that is removed takes its scrapes along', async () => {
    const rig = await new Rig([monitor('ServiceMonitor', spec)]).settle();
    rig.registry.remove(rig.cluster);
    expect(rig.configs).toEqual([]);
    expect(rig.changes).toEqual(['ServiceMonitor', 'ServiceMonitor']);
    expect(rig.cluster.watched).toEqual([]);
    expect(rig.objects.status('prod')).toBeUndefined();
  });

  test('objects change and go; a change of their status is none', async () => {
    const rig = await new Rig([monitor('ServiceMonitor', spec)]).settle();
    rig.cluster.put(monitor('ServiceMonitor', spec, { resourceVersion: '2' }));
    await rig.settle();
    expect(rig.changes).toHaveLength(1);
    const changed = { ...spec, endpoints: [{ port: 'http', interval: '7s' }] };
    rig.cluster.put(monitor('ServiceMonitor', changed, { generation: 2 }));
    await rig.settle();
    expect(rig.configs[0]?.scrapeIntervalMs).toBe(7000);
    const global: GlobalConfig = { ...DEFAULT_GLOBAL, scrapeTimeoutMs: 3000 };
    rig.objects.setGlobal(global);
    await rig.settle();
    expect(rig.configs[0]?.scrapeTimeoutMs).toBe(3000);
    rig.cluster.delete(monitor('ServiceMonitor', changed));
    await rig.settle();
    expect(rig.configs).toEqual([]);
  });
});

function noBigInt(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
