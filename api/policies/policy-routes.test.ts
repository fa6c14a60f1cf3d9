import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import { Labels } from '../../model/labels.ts';
import { SILENT_LOGGER } from '../../model/logger.ts';
import { createEngine } from '../../promql/engine/engine.ts';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { findCatalogueMetric } from '../../rules/policy/catalogue-metrics.ts';
import { defaultPolicies } from '../../rules/policy/default-policies.ts';
import { PolicyRegistry } from '../../rules/policy/policy-registry.ts';
import { enginePolicyQuery } from '../../rules/policy-evaluation/engine-policy-query.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { notificationConfig } from '../../test/notify-rig.ts';
import { errorResponse } from '../prometheus/envelope.ts';
import { policyRoutes } from './policy-routes.ts';

const { parser } = ENGINE_DEFAULTS;
const CONFIG = 'route: {receiver: a}\nreceivers: [{name: a}]';
let dataDir: string;
let store: Store;
let app: Hono;
let changeCount = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'policies-'));
  const config = await loadConfig(undefined, { env: {} });
  store = await openStore({
    dataDir,
    clickhouse: config.clickhouse,
    memoryBytesMax: 2 ** 30,
    limits: config.limits,
    retention: config.retention,
    durability: config.durability,
    exemplarsMax: 0,
    registry: new Registry(),
    logger: SILENT_LOGGER,
    now: Date.now,
  });
  const registry = new PolicyRegistry({
    documents: store.documents,
    logger: SILENT_LOGGER,
    presets: defaultPolicies({ parser, windowMs: 120_000 }),
    compile: { findMetric: findCatalogueMetric, parser, queryOffsetMs: 30_000 },
    changed: () => {
      changeCount++;
    },
  });
  app = new Hono();
  app.onError((error, c) =>
    errorResponse(c, error, (bug) => {
      throw bug;
    }),
  );
  app.route(
    '/',
    policyRoutes({
      registry,
      groups: () => [],
      eventFiringCount: () => 0,
      backTest: {
        source: store,
        engine: ENGINE_DEFAULTS,
        settings: () => ({
          evaluationIntervalMs: 60_000,
          queryOffsetMs: 0,
          externalLabels: Labels.EMPTY,
          externalUrl: '',
          relabelAlert: (labels) => labels,
        }),
        resendDelayMs: 60_000,
        notifications: () => ({ config: notificationConfig(CONFIG), silences: [] }),
      },
      query: enginePolicyQuery(createEngine(store, ENGINE_DEFAULTS)),
      findMetric: findCatalogueMetric,
      now: Date.now,
    }),
  );
}, 60_000);

afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

interface Answer {
  readonly code: number;
  readonly error?: string;
  readonly data: {
    readonly metadata: {
      readonly id: string;
      readonly revision: number;
      readonly enabled: boolean;
    };
    readonly policies: readonly { readonly metadata: { readonly id: string } }[];
  };
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await app.request(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { ...((await response.json()) as Omit<Answer, 'code'>), code: response.status };
}

function policy(name: string, more: object = {}): object {
  return {
    metadata: { name, ...more },
    spec: { type: 'pod', conditions: { items: [{ metric: 'wk_pod_restarts', threshold: 3 }] } },
  };
}

describe('/alarm-policies', () => {
  test('is made, changed from the revision that one has seen, and deleted', async () => {
    const before = changeCount;
    const made = await ask('POST', '/alarm-policies', policy('Restarts'));
    expect(made).toMatchObject({ code: 201, data: { metadata: { revision: 1, preset: false } } });
    const path = `/alarm-policies/${made.data.metadata.id}`;
    const shown = await ask('GET', path);
    const changed = await ask('PUT', path, shown.data, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ code: 200, data: { metadata: { revision: 2 } } });
    const late = await ask('PUT', path, shown.data, { 'if-match': '"1"' });
    expect(late).toMatchObject({ code: 409, errorType: 'conflict' });
    expect(await ask('DELETE', path, undefined, { 'if-match': '"1"' })).toMatchObject({
      code: 409,
    });
    expect(await ask('DELETE', path, undefined, { 'if-match': '"2"' })).toMatchObject({
      code: 200,
    });
    expect(await ask('GET', path)).toMatchObject({ code: 404, errorType: 'not_found' });
    expect(changeCount - before).toBe(3);
  });

  test('shipped ones are changed like others, and come back as they were', async () => {
    const path = '/alarm-policies/default_node_ready';
    expect(await ask('GET', path)).toMatchObject({
      data: { metadata: { preset: true, revision: 0 } },
    });
    expect(await ask('DELETE', path)).toMatchObject({ code: 409 });
    expect(await ask('POST', `${path}/disable`)).toMatchObject({
      data: { metadata: { enabled: false } },
    });
    const { policies } = (await ask('GET', '/alarm-policies?type=node')).data;
    expect(policies.filter(({ metadata }) => metadata.id === 'default_node_ready')).toHaveLength(1);
    expect(await ask('DELETE', path)).toMatchObject({ code: 200 });
    expect(await ask('GET', path)).toMatchObject({
      data: { metadata: { enabled: true, revision: 0 } },
    });
  });

  test('a copy has a name of its own and is not enabled', async () => {
    const first = await ask('POST', '/alarm-policies/default_node_ready/copy');
    const second = await ask('POST', '/alarm-policies/default_node_ready/copy');
    expect([first, second]).toMatchObject([
      { data: { metadata: { name: 'Node ready (copy)', enabled: false, preset: false } } },
      { data: { metadata: { name: 'Node ready (copy 2)' } } },
    ]);
  });

  test.each<[string, string, unknown, number, string]>([
    ['POST', '/alarm-policies', policy(''), 400, 'metadata.name: is missing'],
    ['POST', '/alarm-policies', [], 400, 'the body is no JSON object'],
    [
      'POST',
      '/alarm-policies',
      policy('X', { id: 'default_node_ready' }),
      409,
      'there is an alarm policy',
    ],
    ['PUT', '/alarm-policies/none', policy('X'), 404, 'there is no alarm policy "none"'],
    [
      'PUT',
      '/alarm-policies/default_node_ready',
      policy('X', { id: 'other' }),
      400,
      'ids never change',
    ],
    [
      'POST',
      '/alarm-policies',
      policy('KubeJobFailed'),
      400,
      'is the name of default_kube_job_failed',
    ],
    ['POST', '/alarm-policies/none/enable', undefined, 404, 'there is no alarm policy'],
    ['GET', '/alarm-history?status=x', undefined, 400, 'firing or resolved'],
  ])('%s %s %j is %i', async (method, path, body, code, text) => {
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({ code });
    expect(answer.error).toContain(text);
  });

  test('a preview says what it is compiled to, for how many objects, and what it would have done', async () => {
    const answer = await ask('POST', '/alarm-policies/preview', policy('X'));
    expect(answer.data).toMatchObject({
      compiled: {
        evaluatedBy: 'promql',
        rules: [{ expr: '(avg_over_time(wk_pod_restarts[1m]) > 3)' }],
      },
      objects: { c1: 0 },
      backTest: { rules: [{ fired: 0, evaluations: 2880 }] },
    });
  });
});
