import { afterEach, describe, expect, test } from 'vitest';
import type { ScrapeConfig } from '../../config/types.ts';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { kubernetesObject } from '../../test/memory-cluster.ts';
import { BASE, monitor, OperatorRig } from '../../test/operator-rig.ts';
import { relatedTo } from '../../test/shown-groups.ts';
import type { TargetGroup } from '../discovery/discoverer.ts';
import { buildEndpoints } from '../discovery/kubernetes/endpoints-targets.ts';
import { buildEndpointSlice } from '../discovery/kubernetes/endpointslice-targets.ts';
import { buildIngress } from '../discovery/kubernetes/ingress-targets.ts';
import { buildPod } from '../discovery/kubernetes/pod-targets.ts';
import { publicLabels } from '../scrape/target-labels.ts';
import { TargetFactory } from '../scrape/targets-of-group.ts';

const rigs: OperatorRig[] = [];
const rigOf = (objects: readonly KubernetesObject[], filesAllowed = false): OperatorRig => {
  const rig = new OperatorRig(objects, filesAllowed);
  rigs.push(rig);
  return rig;
};
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.objects.close();
});

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
    const rig = await rigOf([monitor('ServiceMonitor', spec)]).settle();
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
    const rig = await rigOf([monitor('ServiceMonitor', spec)]).settle();
    expect(rig.targets(group('Succeeded'))).toHaveLength(count);
  });

  test.each([
    [{ targetPort: 9100 }, '10.0.0.1:9100', '9100'],
    [{ targetPort: 'http' }, '10.0.0.1:80', 'http'],
  ])('port %j', async (port, address, endpoint) => {
    const rig = await rigOf([monitor('ServiceMonitor', { ...BASE, endpoints: [port] })]).settle();
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
    const rig = await rigOf([monitor('ServiceMonitor', spec)]).settle();
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
    const rig = await rigOf([monitor('ServiceMonitor', spec)]).settle();
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
    const rig = await rigOf([monitor('ServiceMonitor', spec)]).settle();
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
  const rig = await rigOf([monitor('PodMonitor', spec)]).settle();
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
    const rig = await rigOf([monitor('Probe', spec)]).settle();
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
    expect(
      made.active.map(({ url, labels }) => `${url} ${publicLabels(labels).toString()}`),
    ).toEqual([
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
    const rig = await rigOf([monitor('Probe', spec)]).settle();
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
  const rig = await rigOf([monitor('ScrapeConfig', spec)]).settle();
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
