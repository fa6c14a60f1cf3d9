/** What alarmed and when, from the series of alerts. */
import type { AlertEpisode } from '../../rules/back-test/alert-episodes.ts';
import { storedAlerts } from '../../rules/back-test/stored-alerts.ts';
import type { BackTestDeps } from '../back-test/run-back-test.ts';
import { invalidParameter } from '../prometheus/api-error.ts';
import type { Params } from '../prometheus/params.ts';

const DAY_MS = 86_400_000;
const SPAN_MS_MAX = 90 * DAY_MS;
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

/** The newest first. Parameters: policy, object (a text in a label), status, from, to, limit, cursor. */
export async function alarmHistory(
  params: Params,
  { source, engine }: Pick<BackTestDeps, 'source' | 'engine'>,
  nowMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  const endMs = params.timeMs('to', nowMs);
  const startMs = params.timeMs('from', endMs - DAY_MS);
  if (endMs - startMs > SPAN_MS_MAX) throw invalidParameter('from', 'more than 90 days before to');
  const status = params.get('status');
  if (!['', 'firing', 'resolved'].includes(status)) {
    throw invalidParameter('status', 'firing or resolved');
  }
  const { readSamplesMax: samplesMax } = engine;
  const all = await storedAlerts(source, { startMs, endMs, samplesMax }, signal);
  const wanted = all.filter((episode) => isWanted(episode, params)).toReversed();
  const from = readCursor(params.get('cursor'));
  const limit = Math.min(LIMIT_MAX, params.limit() || LIMIT_DEFAULT);
  const next = from + limit;
  return {
    alarms: wanted.slice(from, next).map(alarmJson),
    total: wanted.length,
    ...(next < wanted.length ? { cursor: String(next) } : {}),
  };
}

function isWanted({ labels, endedAtMs }: AlertEpisode, params: Params): boolean {
  const [policy, object, status] = ['policy', 'object', 'status'].map((name) => params.get(name));
  const state = endedAtMs === undefined ? 'firing' : 'resolved';
  return (
    (policy === '' || labels.get('policy_id') === policy) &&
    (status === '' || status === state) &&
    (object === '' || [...labels.entries()].some(([, value]) => value.includes(object ?? '')))
  );
}

function readCursor(text: string): number {
  if (text === '') return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalidParameter('cursor', 'take it from the answer before');
}

function alarmJson({ labels, activeAtMs, endedAtMs }: AlertEpisode): unknown {
  return {
    policy: labels.get('policy_id'),
    name: labels.get('alertname'),
    severity: labels.get('severity'),
    labels: Object.fromEntries(labels.entries()),
    startedAt: new Date(activeAtMs).toISOString(),
    endedAt: endedAtMs === undefined ? undefined : new Date(endedAtMs).toISOString(),
    status: endedAtMs === undefined ? 'firing' : 'resolved',
  };
}
