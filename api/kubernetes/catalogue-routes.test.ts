import { Hono } from 'hono';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../model/labels.ts';
import { createEngine } from '../../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { AliasSource } from '../../rules/catalogue/alias-source.ts';
import { TestStore } from '../../rules/unit-test/test-store.ts';
import { errorResponse } from '../prometheus/envelope.ts';
import { queryRoutes } from '../prometheus/query-routes.ts';
import { FileQueryLog } from '../query/query-log.ts';
import { RunningQueries } from '../query/running-queries.ts';
import { catalogueRoutes } from './catalogue-routes.ts';

const NOW_MS = 1_800_000;
const POD = { cluster: 'c', namespace: 'shop', node: 'n', pod: 'web-0' };

function storeWith(...series: readonly (readonly [Record<string, string>, number])[]): TestStore {
  const store = new TestStore([]);
  for (const [labels, value] of series) {
    const ref = store.resolve(Labels.fromRecord(labels));
    for (const timeMs of [NOW_MS - 60_000, NOW_MS]) {
      const one = { count: 1, refs: Uint32Array.of(ref), timestampsMs: Float64Array.of(timeMs) };
      store.append({ ...one, values: Float64Array.of(value) });
    }
  }
  return store;
}

function appWith(store: TestStore): Hono {
  const engine = createEngine(new AliasSource(store), ENGINE_DEFAULTS);
  const none = (): never => {
    throw new Error('labels are not asked for');
  };
  const query = {
    engine,
    labels: {
      series: none,
      labelNames: none,
      labelValues: none,
      exemplars: none,
      metadata: none,
    },
    running: new RunningQueries(4, new Registry(), () => NOW_MS),
    log: new FileQueryLog(() => undefined),
    parser: ENGINE_DEFAULTS.parser,
    now: () => NOW_MS,
    perStepStats: false,
  };
  const app = new Hono();
  app.onError((error, c) => errorResponse(c, error, () => undefined));
  app.route('/', catalogueRoutes({ windowMs: () => 120_000, isRecorded: () => true }, query));
  app.route('/', queryRoutes(query));
  return app;
}

const app = appWith(
  storeWith(
    [{ __name__: 'wk_pod_cpu_usage_cores', ...POD }, 0.25],
    [{ __name__: 'wk_pod_cpu_limit_ratio', ...POD }, 0.5],
    [{ __name__: 'wk_pod_cpu_limit_ratio', ...POD, pod: 'web-1' }, 0.75],
    [{ __name__: 'wk_cluster_component_up', cluster: 'c', component: 'etcd' }, 1],
    [{ __name__: 'wk_cluster_component_up', cluster: 'c', component: 'apiserver' }, 0],
    [{ __name__: 'k8s_node_cpu_usage', node: 'theirs' }, 42],
    [{ __name__: 'wk_node_cpu_usage_ratio', cluster: 'c', node: 'n' }, 0.1],
  ),
);

async function data(path: string): Promise<never> {
  const response = await app.request(path);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as { readonly data: never }).data;
}

async function refusal(path: string): Promise<string> {
  const response = await app.request(path);
  return `${response.status} ${((await response.json()) as { readonly error: string }).error}`;
}

describe('GET /catalogue', () => {
  test('lists a level in the language asked for', async () => {
    const { metrics, isRecorded } = (await data('/catalogue?level=pod&lang=zh-CN')) as {
      readonly isRecorded: boolean;
      readonly metrics: readonly Record<string, unknown>[];
    };
    expect(isRecorded).toBe(true);
    expect(new Set(metrics.map(({ level }) => level))).toEqual(new Set(['pod']));
    const limit = metrics.find(({ name }) => name === 'wk_pod_cpu_limit_ratio');
    expect(limit).toMatchObject({
      displayName: 'Pod CPU 利用率（占 Limit）',
      displayNames: { en: 'Pod CPU, share of limit' },
      unit: 'percent',
      factor: 100,
      isCore: true,
      tke: [{ name: 'K8sPodRateCpuCoreUsedLimit', where: {} }],
      identity: ['cluster', 'namespace', 'pod'],
      alarms: [{ kind: 'threshold', operator: 'gt', levels: { warning: 85 }, forSeconds: 300 }],
    });
    expect(limit?.['expr']).toContain('wk_container_limits{resource="cpu"}');
  });

  test('refuses levels and languages that there are not', async () => {
    expect(await refusal('/catalogue?level=planet')).toMatch(/^400 .*unknown level "planet"/);
    expect(await refusal('/catalogue?lang=fr')).toMatch(/^400 .*unknown language "fr"/);
  });
});

describe('GET /catalogue/values', () => {
  const OBJECT = 'level=pod&cluster=c&namespace=shop&pod=web-0';

  test('has every metric of the level, those without values too', async () => {
    const { metrics, object } = (await data(`/catalogue/values?${OBJECT}`)) as {
      readonly object: unknown;
      readonly metrics: readonly { readonly name: string; readonly series: unknown }[];
    };
    expect(object).toEqual({ cluster: 'c', namespace: 'shop', pod: 'web-0' });
    const limit = metrics.find(({ name }) => name === 'wk_pod_cpu_limit_ratio');
    const labels = { cluster: 'c', node: 'n' };
    expect(limit?.series).toEqual([{ labels, value: [NOW_MS / 1000, '0.5'] }]);
    expect(metrics.find(({ name }) => name === 'wk_pod_restarts')?.series).toEqual([]);
    expect(metrics.length).toBeGreaterThan(18);
  });

  test('has a range, of metrics by either name', async () => {
    const range = 'start=1740&end=1800&step=60&metric=K8sPodCpuCoreUsed';
    const { metrics } = (await data(`/catalogue/values?${OBJECT}&${range}`)) as {
      readonly metrics: readonly unknown[];
    };
    const values = [
      [1740, '0.25'],
      [1800, '0.25'],
    ];
    expect(metrics).toEqual([
      {
        name: 'wk_pod_cpu_usage_cores',
        unit: 'cores',
        factor: 1,
        series: [{ labels: { cluster: 'c', node: 'n' }, values }],
      },
    ]);
  });

  test.each([
    ['', /^400 level: one of/],
    ['level=pod&namespace=shop', /^400 .*"pod".*known by its pod/],
    ['level=cluster', /^400 .*"cluster"/],
    [`${OBJECT}&metric=nothing`, /^404 no metric "nothing"/],
    [`${OBJECT}&metric=wk_node_ready`, /^400 .*of level node, not pod/],
    [`${OBJECT}&time=soon`, /^400 .*time/],
    [`${OBJECT}&start=10&end=5&step=1`, /^400 .*end timestamp/],
    [`${OBJECT}&start=0&end=500000&step=1`, /^400 .*11,000 points/],
  ])('refuses %s', async (search, problem) => {
    expect(await refusal(`/catalogue/values?${search}`)).toMatch(problem);
  });

  test('takes the object for what it says, not for PromQL', async () => {
    const odd = encodeURIComponent('web-0"} or {pod="web-1');
    const path = `/catalogue/values?level=pod&namespace=shop&pod=${odd}`;
    const { metrics } = (await data(path)) as {
      readonly metrics: readonly { readonly series: readonly unknown[] }[];
    };
    expect(metrics.flatMap(({ series }) => series)).toEqual([]);
  });
});

describe('names of TKE in PromQL', () => {
  async function results(expr: string): Promise<readonly unknown[]> {
    const { result } = (await data(`/query?query=${encodeURIComponent(expr)}`)) as {
      readonly result: readonly { readonly metric: unknown; readonly value: readonly unknown[] }[];
    };
    return result.map(({ metric, value }) => [metric, value[1]]);
  }

  test('give the series of ours under the name asked for', async () => {
    expect(await results('K8sPodRateCpuCoreUsedLimit{pod="web-1"}')).toEqual([
      [{ __name__: 'K8sPodRateCpuCoreUsedLimit', ...POD, pod: 'web-1' }, '0.75'],
    ]);
    expect(await results('sum(max_over_time(k8s_pod_rate_cpu_core_used_limit[5m]))')).toEqual([
      [{}, '1.25'],
    ]);
  });

  test('mean the rows that they name', async () => {
    expect(await results('K8sComponentEtcdReady == 1')).toEqual([
      [{ __name__: 'K8sComponentEtcdReady', cluster: 'c', component: 'etcd' }, '1'],
    ]);
    expect(await results('K8sComponentEtcdReady{component="apiserver"}')).toEqual([]);
  });

  test('leave series alone that are stored under such a name', async () => {
    expect(await results('k8s_node_cpu_usage')).toEqual([
      [{ __name__: 'k8s_node_cpu_usage', node: 'theirs' }, '42'],
    ]);
    expect(await results('K8sNodeCpuUsage')).toEqual([
      [{ __name__: 'K8sNodeCpuUsage', cluster: 'c', node: 'n' }, '0.1'],
    ]);
  });

  test('are estimated as what they stand for', async () => {
    expect(await data('/query_cost?query=K8sPodCpuCoreUsed')).toMatchObject({ seriesCount: 1 });
  });
});
