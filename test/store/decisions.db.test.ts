import { afterEach, expect, test } from 'vitest';
import type { AlertDecision } from '../../model/alert-decisions.ts';
import { parseMatchers } from '../../model/alert-matchers/parse-matchers.ts';
import { Labels } from '../../model/labels.ts';
import { openTestStore, type TestStore } from './open-test-store.ts';

const T0 = Date.parse('2026-11-24T10:00:00Z');
const RANGE = { fromMs: T0 - 1000, toMs: T0 + 3_600_000 };
const { signal } = new AbortController();

let store: TestStore | undefined;
afterEach(async () => {
  await store?.remove();
});

const matchers = (text: string) => parseMatchers(text, 'fallback');

function decision(differing: Partial<AlertDecision>): AlertDecision {
  return {
    atMs: T0,
    fingerprint: '00000000000000aa',
    labels: Labels.fromRecord({ alertname: 'High', job: "a 'quoted' \\ job", pod: 'p-0' }),
    kind: 'firing',
    reason: '',
    value: 0.93,
    ruleGroup: 'rules.yml;node',
    receiver: '',
    integration: '',
    groupKey: '',
    by: [],
    attemptCount: 0,
    ...differing,
  };
}

test('decisions come back as they were made, in order of time, also after a restart', async () => {
  store = await openTestStore();
  const later = decision({
    atMs: T0 + 5000,
    kind: 'silenced',
    value: Number.NaN,
    receiver: 'team',
    groupKey: '{}:{alertname="High"}',
    by: ['a silence', "it's"],
    attemptCount: 3,
  });
  store.store.decisionSink.append([later, decision({})]);
  await store.store.flush();
  const reopened = await store.reopen();

  const { decisionSource } = reopened;
  const all = await decisionSource.decisions('00000000000000aa', T0 + 5000, 10, signal);
  const until = await decisionSource.decisions('00000000000000aa', T0 + 4999, 10, signal);

  expect(all).toEqual([decision({}), later]);
  expect(until).toEqual([decision({})]);
});

test('alerts are found by equality and by regular expressions; the last decided of is first', async () => {
  store = await openTestStore();
  const other = {
    fingerprint: '00000000000000bb',
    labels: Labels.fromRecord({ alertname: 'High', job: 'b' }),
  };
  store.store.decisionSink.append([decision({}), decision({ ...other, atMs: T0 + 1 })]);
  await store.store.flush();
  const find = async (text: string) => {
    const found = await store?.store.decisionSource.alerts(matchers(text), RANGE, 10, signal);
    return found?.map(({ fingerprint }) => fingerprint);
  };

  expect(await find('{alertname="High"}')).toEqual([other.fingerprint, '00000000000000aa']);
  expect(await find('{job="b"}')).toEqual([other.fingerprint]);
  expect(await find('{pod=""}')).toEqual([other.fingerprint]);
  expect(await find('{job=~".*quoted.*"}')).toEqual(['00000000000000aa']);
  expect(await find('{alertname="Low"}')).toEqual([]);
});

test('a message that was sent has all its alerts', async () => {
  store = await openTestStore();
  const sent = {
    kind: 'sent',
    receiver: 'team',
    integration: 'webhook[0]',
    groupKey: 'g',
  } as const;
  const other = {
    fingerprint: '00000000000000bb',
    labels: Labels.fromRecord({ alertname: 'Low' }),
  };
  store.store.decisionSink.append([
    decision(sent),
    decision({ ...sent, ...other }),
    decision({ ...sent, atMs: T0 + 1 }),
    decision({ kind: 'failed', receiver: 'team' }),
  ]);
  await store.store.flush();

  const { decisionSource } = store.store;
  const low = await decisionSource.sentMessages(matchers('alertname=Low'), RANGE, 10, signal);
  const high = await decisionSource.sentMessages(matchers('alertname=High'), RANGE, 10, signal);

  expect(low.map(({ atMs, alerts }) => [atMs, alerts.length])).toEqual([[T0, 2]]);
  expect(high.map(({ atMs }) => atMs)).toEqual([T0 + 1, T0]);
});

test('what was kept is counted by kind', async () => {
  store = await openTestStore();
  store.store.decisionSink.append([decision({}), decision({ kind: 'resolved' })]);

  const text = await store.registry.getSingleMetricAsString('watchkeeper_alert_decisions_total');

  expect(text).toContain('{kind="firing"} 1');
  expect(text).toContain('{kind="resolved"} 1');
});
