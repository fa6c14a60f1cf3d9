import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_GLOBAL } from '../../config/read-global.ts';
import type { GlobalConfig, ScrapeConfig } from '../../config/types.ts';
import { ApiStatusError } from '../../kubernetes/api-errors.ts';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { kubernetesObject } from '../../test/memory-cluster.ts';
import { BASE, monitor, OPERATOR_API, OperatorRig } from '../../test/operator-rig.ts';

const rigs: OperatorRig[] = [];
const rigOf = (objects: readonly KubernetesObject[], filesAllowed = false): OperatorRig => {
  const rig = new OperatorRig(objects, filesAllowed);
  rigs.push(rig);
  return rig;
};
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.objects.close();
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
    const rig = rigOf([monitor('ServiceMonitor', spec)]);
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
    const rig = rigOf([monitor('ServiceMonitor', spec)]);
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
    const rig = rigOf([monitor('ServiceMonitor', spec)]);
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

test('an endpoint without its Secret does not hold up the others', async () => {
  const spec = {
    ...BASE,
    endpoints: [{ port: 'http' }, { port: 'http', bearerTokenSecret: { name: 'gone', key: 't' } }],
  };
  const rig = rigOf([monitor('ServiceMonitor', spec)]);
  const gone = new ApiStatusError(404, { message: 'secrets "gone" not found' });
  rig.cluster.failures.set('/api/v1/namespaces/mon/secrets/gone', gone);
  await rig.settle();
  expect(rig.configs.map(({ jobName }) => jobName)).toEqual(['prod/serviceMonitor/mon/app/0']);
  expect(rig.status()['ServiceMonitor mon/app']).toEqual(['secrets "gone" not found']);
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
    const rig = await rigOf([monitor('ServiceMonitor', spec)]).settle();
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
    const rig = await rigOf([monitor('ServiceMonitor', spec)]).settle();
    expect(rig.status()['ServiceMonitor mon/app']).toEqual([error]);
    expect(rig.configs).toEqual([]);
  });

  test.each([
    [false, ["endpoints[0]: bearer_token_file: this cluster's objects may name no files"]],
    [true, []],
  ])('files may be named: %s', async (allowed, errors) => {
    const spec = { ...BASE, endpoints: [{ port: 'http', bearerTokenFile: '/t' }] };
    const rig = await rigOf([monitor('ServiceMonitor', spec)], allowed).settle();
    expect(rig.status()['ServiceMonitor mon/app']).toEqual(errors);
  });
});

describe('a cluster', () => {
  const spec = { ...BASE, endpoints: [{ port: 'http' }] };

  test('may get the operator later, and lose it', async () => {
    const rig = rigOf([]);
    rig.cluster.answers.clear();
    rig.cluster.failures.set(OPERATOR_API, new ApiStatusError(404, { message: 'not found' }));
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
    const rig = await rigOf([monitor('ServiceMonitor', spec)]).settle();
    rig.registry.remove(rig.cluster);
    expect(rig.configs).toEqual([]);
    expect(rig.changes).toEqual(['ServiceMonitor', 'ServiceMonitor']);
    expect(rig.cluster.watched).toEqual([]);
    expect(rig.objects.status('prod')).toBeUndefined();
  });

  test('objects change and go; a change of their status is none', async () => {
    const rig = await rigOf([monitor('ServiceMonitor', spec)]).settle();
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
