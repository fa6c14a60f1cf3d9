/** What happened in clusters: events, changes of objects, objects as they were. */
import { Hono } from 'hono';
import type {
  ClusterHistorySource,
  EventCursor,
  EventFilter,
  ObjectName,
  ObjectRevision,
} from '../../model/cluster-history.ts';
import { ApiError, invalidParameter } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';
import { type Params, readParams } from '../prometheus/params.ts';
import { diffObjects } from './object-diff.ts';

export interface HistoryDeps {
  readonly history: ClusterHistorySource;
  readonly now: () => number;
}

const HOUR_MS = 3_600_000;
const LIMIT_DEFAULT = 200;
const LIMIT_MAX = 5000;
const BUCKETS_MAX = 2000;
const BUCKETS_DEFAULT = 60;

export function historyRoutes({ history, now }: HistoryDeps): Hono {
  const app = new Hono();
  app.get('/events', async (c) => {
    const params = await readParams(c);
    const filter = readFilter(params, now());
    const after = readCursor(params.get('cursor'));
    const page = await history.events(filter, readLimit(params), after, c.req.raw.signal);
    return success(c, {
      events: page.events,
      ...(page.next === undefined ? {} : { cursor: writeCursor(page.next) }),
    });
  });
  app.get('/events/histogram', async (c) => {
    const params = await readParams(c);
    const filter = readFilter(params, now());
    const spanMs = filter.toMs - filter.fromMs;
    const stepMs =
      params.get('step') === ''
        ? Math.max(1000, Math.ceil(spanMs / BUCKETS_DEFAULT / 1000) * 1000)
        : params.durationMs('step');
    if (stepMs <= 0) throw invalidParameter('step', 'step must be positive');
    if (spanMs / stepMs > BUCKETS_MAX) {
      throw invalidParameter('step', `more than ${BUCKETS_MAX} steps: use a longer step`);
    }
    const buckets = await history.eventHistogram(filter, stepMs, c.req.raw.signal);
    return success(c, { stepMs, buckets });
  });
  app.get('/changes', async (c) => {
    const params = await readParams(c);
    const filter = { ...readFilter(params, now()), uids: params.all('uid') };
    const revisions = await history.revisions(filter, readLimit(params), c.req.raw.signal);
    return success(c, { revisions });
  });
  app.get('/objects/at', async (c) => {
    const params = await readParams(c);
    const atMs = params.timeMs('time', now());
    const revision = await history.objectAt(readObject(params), atMs, c.req.raw.signal);
    if (revision === undefined) throw unknownObject(params);
    return success(c, readRevision(revision));
  });
  app.get('/objects/diff', async (c) => {
    const params = await readParams(c);
    const object = readObject(params);
    const { signal } = c.req.raw;
    const toMs = params.timeMs('to', now());
    const fromMs = params.timeMs('from', toMs - HOUR_MS);
    const [before, after] = await Promise.all([
      history.objectAt(object, fromMs, signal),
      history.objectAt(object, toMs, signal),
    ]);
    if (before === undefined && after === undefined) throw unknownObject(params);
    const [old, next] = [before && readRevision(before), after && readRevision(after)];
    const changes = diffObjects(stateOf(old), stateOf(next));
    return success(c, { before: old?.revision, after: next?.revision, changes });
  });
  return app;
}

interface ReadRevision {
  readonly revision: Omit<ObjectRevision, 'object'>;
  readonly object: unknown;
}

function readRevision({ object, ...revision }: ObjectRevision): ReadRevision {
  return { revision, object: object === '' ? null : (JSON.parse(object) as unknown) };
}

/** One that is deleted has no state. */
function stateOf(read: ReadRevision | undefined): unknown {
  return read === undefined || read.revision.change === 'deleted' ? undefined : read.object;
}

function readFilter(params: Params, nowMs: number): EventFilter {
  const toMs = params.timeMs('to', nowMs);
  const fromMs = params.timeMs('from', toMs - HOUR_MS);
  if (fromMs > toMs) throw invalidParameter('from', 'from must not be after to');
  return {
    fromMs,
    toMs,
    clusters: params.all('cluster'),
    namespaces: params.all('namespace'),
    kinds: params.all('kind'),
    names: params.all('name'),
    reasons: params.all('reason'),
    types: params.all('type'),
    text: params.get('q'),
  };
}

function readLimit(params: Params): number {
  const limit = params.limit() || LIMIT_DEFAULT;
  if (limit > LIMIT_MAX) throw invalidParameter('limit', `at most ${LIMIT_MAX}`);
  return limit;
}

function readObject(params: Params): ObjectName {
  const object = {
    cluster: params.get('cluster'),
    group: params.get('group'),
    kind: params.get('kind'),
    namespace: params.get('namespace'),
    name: params.get('name'),
  };
  for (const field of ['cluster', 'kind', 'name'] as const) {
    if (object[field] === '') throw invalidParameter(field, `${field} is missing`);
  }
  return object;
}

function unknownObject(params: Params): ApiError {
  const { cluster, kind, namespace, name } = readObject(params);
  const path = namespace === '' ? name : `${namespace}/${name}`;
  return new ApiError('not_found', `no state of ${kind} ${path} in ${cluster} is stored by then`);
}

function writeCursor(cursor: EventCursor): string {
  return `${cursor.lastMs}~${cursor.uid}~${cursor.cluster}`;
}

function readCursor(text: string): EventCursor | undefined {
  if (text === '') return undefined;
  const [lastMs = '', uid = '', ...cluster] = text.split('~');
  if (!/^\d{1,15}$/.test(lastMs) || uid === '') {
    throw invalidParameter('cursor', 'not a cursor of an earlier answer');
  }
  return { lastMs: Number(lastMs), uid, cluster: cluster.join('~') };
}
