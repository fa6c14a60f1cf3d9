import { expect, test } from 'vitest';
import type { Alert } from '../../model/alert.ts';
import type { EventOccurrence } from '../../model/cluster-history.ts';
import { VirtualClock } from '../../model/virtual-clock.ts';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { storedAlerts } from '../back-test/stored-alerts.ts';
import { PolicyErrors } from '../policy/alarm-policy.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { TestStore } from '../unit-test/test-store.ts';
import { EventPolicies } from './event-policies.ts';

const START_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

function rig(spec: object) {
  const tree = {
    metadata: { id: 'pol_e', name: 'Evicted', labels: { team: 'a' } },
    spec: { type: 'event', ...spec },
  };
  const read = readPolicy(tree, ENGINE_DEFAULTS.parser, () => '');
  if (!read.ok) throw new PolicyErrors(read.problems);
  const clock = new VirtualClock(START_MS);
  const store = new TestStore([]);
  const sent: Alert[] = [];
  const policies = new EventPolicies({
    clock,
    alerts: { send: (alerts) => sent.push(...alerts) },
    sink: store,
    externalUrl: 'http://here',
  });
  policies.setPolicies([read.policy]);
  policies.start();
  return { clock, store, sent, policies };
}

function event(clock: VirtualClock, more: Partial<EventOccurrence> = {}): EventOccurrence {
  return {
    cluster: 'c',
    uid: 'u',
    type: 'Warning',
    reason: 'Evicted',
    action: '',
    message: 'The node was low on memory',
    objectKind: 'Pod',
    objectNamespace: 'shop',
    objectName: 'web-1',
    objectUid: '',
    objectFieldPath: '',
    component: 'kubelet',
    instance: '',
    count: 1,
    delta: 1,
    firstMs: clock.nowMs(),
    lastMs: clock.nowMs(),
    ...more,
  };
}

test('an event alarms, once per object, and is over when it does not come again', async () => {
  const { clock, store, sent, policies } = rig({
    events: [{ reasons: ['Evicted'], types: ['Warning'], window: '5m' }],
    annotations: { summary: '{{ $labels.pod }}: {{ $value }} times' },
  });
  await policies.take([event(clock)]);
  clock.advance(3 * MINUTE_MS);
  await policies.take([event(clock)]);
  expect(
    sent.map(({ startsAtMs, endsAtMs }) => [startsAtMs - START_MS, endsAtMs - START_MS]),
  ).toEqual([
    [0, 5 * MINUTE_MS],
    [0, 8 * MINUTE_MS],
  ]);
  expect(Object.fromEntries(sent[1]?.labels.entries() ?? [])).toMatchObject({
    alertname: 'Evicted',
    policy_id: 'pol_e',
    team: 'a',
    pod: 'web-1',
    reason: 'Evicted',
  });
  expect(sent[1]?.annotations.get('summary')).toBe('web-1: 2 times');
  expect(policies.firingCount('pol_e')).toBe(1);
  clock.advance(10 * MINUTE_MS);
  expect(policies.firingCount('pol_e')).toBe(0);
  const range = { startMs: START_MS, endMs: clock.nowMs(), samplesMax: 1e6 };
  const history = await storedAlerts(store, range, new AbortController().signal);
  expect(history).toMatchObject([{ endedAtMs: START_MS + 8 * MINUTE_MS }]);
});

test.each<[string, object, Partial<EventOccurrence>, number]>([
  ['another reason', { reasons: ['OOMKilling'] }, {}, 0],
  ['another kind', { kinds: ['Node'] }, {}, 0],
  ['a message', { messageRegex: 'low on (disk|memory)' }, {}, 1],
  ['another message', { messageRegex: '^low' }, {}, 0],
  ['too few', { minCount: 3 }, { delta: 2 }, 0],
  ['enough', { minCount: 3 }, { delta: 3 }, 1],
  ['what is long past', {}, { lastMs: START_MS - 10 * MINUTE_MS }, 0],
])('%s', async (_, filter, more, count) => {
  const { clock, sent, policies } = rig({ events: [filter] });
  await policies.take([event(clock, more)]);
  expect(sent).toHaveLength(count);
});

test.each<[object, number]>([
  [{ selector: [[{ name: 'namespace', value: 'shop' }]] }, 1],
  [{ selector: [[{ name: 'namespace', op: 'notin', value: ['shop'] }]] }, 0],
  [{ objects: [{ namespace: 'shop', name: 'web-1' }] }, 1],
  [{ exclude: [[{ name: 'pod', op: '=~', value: 'web-.*' }]] }, 0],
  [{ clusters: { ids: ['other'] } }, 0],
])('objects %j', async (target, count) => {
  const { clock, sent, policies } = rig({ target, events: [{}] });
  await policies.take([event(clock)]);
  expect(sent).toHaveLength(count);
});

test('a policy that is gone alarms no more', async () => {
  const { clock, policies } = rig({ events: [{}] });
  await policies.take([event(clock)]);
  policies.setPolicies([]);
  expect(policies.firingCount('pol_e')).toBe(0);
});
