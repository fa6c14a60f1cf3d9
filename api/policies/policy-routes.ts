/** Alarm policies over HTTP. Revisions are ETags: a change says which one it was made from. */
import { type Context, Hono } from 'hono';
import { DocumentConflictError, DocumentSizeError } from '../../model/documents.ts';
import { Labels } from '../../model/labels.ts';
import type { RuleGroup } from '../../rules/evaluation/rule-group.ts';
import { type AlarmPolicy, PolicyErrors } from '../../rules/policy/alarm-policy.ts';
import { valueText } from '../../rules/policy/compile-datapoint.ts';
import { PREVIEW_POLICY_ID } from '../../rules/policy/compile-label-selector.ts';
import type { FindMetric } from '../../rules/policy/policy-metric.ts';
import {
  type KnownPolicy,
  type PolicyRegistry,
  PolicyStateError,
} from '../../rules/policy/policy-registry.ts';
import type { PolicyQuery } from '../../rules/policy-evaluation/policy-evaluator.ts';
import { parseJsonBody } from '../back-test/back-test-request.ts';
import { type BackTestDeps, runBackTest } from '../back-test/run-back-test.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';
import { readParams } from '../prometheus/params.ts';
import { alarmHistory } from './alarm-history.ts';
import { compiledJson, policyJson } from './policy-json.ts';

export interface PolicyRouteDeps {
  readonly registry: PolicyRegistry;
  readonly groups: () => readonly RuleGroup[];
  /** Objects for which a policy of type `event` alarms. */
  readonly eventFiringCount: (id: string) => number;
  readonly backTest: BackTestDeps;
  readonly query: PolicyQuery;
  readonly findMetric: FindMetric;
  readonly now: () => number;
}

const BODY_LENGTH_MAX = 1024 * 1024;
const PREVIEW_MS = 86_400_000;
/** Who changes policies while there is no login. */
const AUTHOR = '';

export function policyRoutes(deps: PolicyRouteDeps): Hono {
  const { registry, backTest } = deps;
  const app = new Hono();
  const shown = (known: KnownPolicy): Readonly<Record<string, unknown>> =>
    policyJson(known, {
      groups: deps.groups(),
      config: backTest.notifications().config,
      eventFiringCount: deps.eventFiringCount(known.policy.id),
    });
  const answer = (c: Context, known: KnownPolicy): Response => {
    c.header('ETag', `"${known.revision}"`);
    return success(c, shown(known));
  };
  app.get('/alarm-policies', async (c) => {
    const params = await readParams(c);
    const [type, text] = [params.get('type'), params.get('search').toLowerCase()];
    const policies = registry
      .list()
      .filter(({ policy }) => type === '' || policy.spec.type === type)
      .filter(({ policy }) => policy.name.toLowerCase().includes(text));
    return success(c, { policies: policies.map(shown) });
  });
  app.post('/alarm-policies', async (c) => {
    const tree = await readBody(c);
    const known = await changing(() => registry.create(tree, AUTHOR));
    c.header('Location', `/api/v1/alarm-policies/${known.policy.id}`);
    c.header('ETag', `"${known.revision}"`);
    return c.json({ status: 'success', data: shown(known) }, 201);
  });
  app.post('/alarm-policies/preview', async (c) => {
    const tree = await readBody(c);
    const policy = await changing(() => Promise.resolve(registry.read(tree, PREVIEW_POLICY_ID)));
    return success(c, await preview(policy, deps, c.req.raw.signal));
  });
  app.get('/alarm-policies/:id', async (c) => {
    return answer(c, await changing(() => Promise.resolve(registry.get(c.req.param('id')))));
  });
  app.put('/alarm-policies/:id', async (c) => {
    const tree = await readBody(c);
    const { id } = c.req.param();
    return answer(c, await changing(() => registry.replace(id, tree, AUTHOR, revisionOf(c))));
  });
  app.delete('/alarm-policies/:id', async (c) => {
    const { id } = c.req.param();
    await changing(() => registry.delete(id, AUTHOR, revisionOf(c)));
    return success(c, { id });
  });
  app.post('/alarm-policies/:id/:action{enable|disable|copy|test}', async (c) => {
    const { id, action } = c.req.param();
    if (action === 'test') {
      const { policy } = await changing(() => Promise.resolve(registry.get(id)));
      return success(c, await preview(policy, deps, c.req.raw.signal));
    }
    const known = await changing(() =>
      action === 'copy'
        ? registry.copy(id, AUTHOR)
        : registry.setEnabled(id, action === 'enable', AUTHOR),
    );
    return answer(c, known);
  });
  app.get('/alarm-history', async (c) => {
    const params = await readParams(c);
    return success(c, await alarmHistory(params, backTest, deps.now(), c.req.raw.signal));
  });
  return app;
}

/** What it is compiled to, how many objects it is about, and what it would have done for a day. */
async function preview(
  policy: AlarmPolicy,
  deps: PolicyRouteDeps,
  signal: AbortSignal,
): Promise<unknown> {
  const compiled = deps.registry.compile(policy);
  const endMs = deps.now();
  const request = {
    files: [compiled.file],
    startMs: endMs - PREVIEW_MS,
    endMs,
    config: undefined,
    silences: undefined,
    timezone: policy.spec.activeTime?.timezone ?? 'UTC',
    nightStartMinute: 22 * 60,
    nightEndMinute: 7 * 60,
  };
  const backTest = await runBackTest(request, deps.backTest, signal, () => undefined);
  const objects = await countObjects(policy, deps, endMs, signal);
  return { compiled: compiledJson(compiled), objects, backTest };
}

/** Objects that have a value now, by condition. */
async function countObjects(
  policy: AlarmPolicy,
  { query, findMetric }: PolicyRouteDeps,
  nowMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  const counts: Record<string, number> = {};
  for (const condition of policy.spec.conditions) {
    const metric = condition.expr === '' ? findMetric(condition.metric) : undefined;
    const text = `count(${valueText(policy, condition, metric)})`;
    const [found] = await query.instant(text, nowMs, undefined, signal);
    counts[condition.id] = (found ?? { labels: Labels.EMPTY, value: 0 }).value;
  }
  return counts;
}

async function readBody(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text.length > BODY_LENGTH_MAX) throw new ApiError('bad_data', 'the body is too large');
  return parseJsonBody(text);
}

/** `If-Match: "3"`, as answers have it in their `ETag`; undefined: whatever is there. */
function revisionOf(c: Context): number | undefined {
  const text = c.req.header('if-match');
  if (text === undefined || text === '*') return undefined;
  const revision = /^(?:W\/)?"(\d+)"$/.exec(text)?.[1];
  if (revision === undefined) throw new ApiError('bad_data', 'If-Match is no revision, as in "3"');
  return Number(revision);
}

/** Failures of changes in words of the API. */
async function changing<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof PolicyErrors || error instanceof DocumentSizeError) {
      throw new ApiError('bad_data', error.message, { cause: error });
    }
    if (error instanceof DocumentConflictError) {
      throw new ApiError('conflict', error.message, { cause: error });
    }
    if (error instanceof PolicyStateError) {
      const type = error.kind === 'conflict' ? 'conflict' : 'not_found';
      throw new ApiError(type, error.message, { cause: error });
    }
    throw error;
  }
}
