/** From a policy to whom is told: routes of policies in the real engine, in virtual time. */
import { expect, test } from 'vitest';
import { Labels } from '../model/labels.ts';
import { simulateNotifications } from '../notify/simulate-notifications.ts';
import { ENGINE_DEFAULTS } from '../promql/engine/engine-options.ts';
import { type AlarmPolicy, PolicyErrors } from '../rules/policy/alarm-policy.ts';
import { missingReceivers, withPolicies } from '../rules/policy/compile-notifications.ts';
import { readPolicy } from '../rules/policy/read-policy.ts';
import { notificationConfig } from './notify-rig.ts';

/** A Monday, 00:00 in UTC, 08:00 in Shanghai. */
const START_MS = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;

const CONFIG = notificationConfig(`
route: {receiver: all, group_wait: 0s, group_interval: 1m}
receivers:
- {name: all, webhook_configs: [{url: 'http://here/'}]}
- {name: ops, webhook_configs: [{url: 'http://here/'}]}
- {name: lead, webhook_configs: [{url: 'http://here/'}]}
`);

function policy(id: string, spec: object): AlarmPolicy {
  const base = { type: 'promql', conditions: { items: [{ expr: 'up' }] } };
  const tree = { metadata: { id, name: id }, spec: { ...base, ...spec } };
  const read = readPolicy(tree, ENGINE_DEFAULTS.parser, () => '');
  if (!read.ok) throw new PolicyErrors(read.problems);
  return read.policy;
}

/** `<minute> <receiver>` of the first message to each. */
async function told(
  policies: readonly AlarmPolicy[],
  alerts: readonly Record<string, string>[],
): Promise<readonly string[]> {
  const messages = alerts.map((labels) => ({
    atMs: START_MS,
    alert: {
      labels: Labels.fromRecord({ alertname: 'X', cluster: 'c', ...labels }),
      annotations: Labels.EMPTY,
      startsAtMs: START_MS,
      endsAtMs: START_MS + 1000 * MINUTE_MS,
      generatorUrl: '',
      updatedAtMs: START_MS,
      timesOut: false,
    },
  }));
  const { notifications } = await simulateNotifications(messages, {
    config: withPolicies(CONFIG, policies),
    silences: [],
    startMs: START_MS,
    endMs: START_MS + 180 * MINUTE_MS,
    notificationsMax: 1000,
    signal: new AbortController().signal,
  });
  const first = new Map<string, number>();
  for (const { receiver, atMs } of notifications) {
    if (!first.has(receiver)) first.set(receiver, (atMs - START_MS) / MINUTE_MS);
  }
  return [...first].map(([receiver, minute]) => `${minute} ${receiver}`).sort();
}

const GROUP = { wait: '0s', interval: '1m' };

test('its receivers are told instead of all, each of the levels it wants', async () => {
  const templates = [{ id: 'ops' }, { id: 'lead', levels: ['critical'] }];
  const p = policy('p', { notification: { templates, group: GROUP } });
  expect(await told([p], [{ policy_id: 'p', severity: 'warning' }])).toEqual(['0 ops']);
  expect(await told([p], [{ policy_id: 'p', severity: 'critical' }])).toEqual(['0 lead', '0 ops']);
  expect(await told([p], [{ policy_id: 'q', severity: 'critical' }])).toEqual(['0 all']);
});

test('a receiver that is not there is left out, and named', async () => {
  const p = policy('p', { notification: { templates: [{ id: 'nobody' }] } });
  expect(await told([p], [{ policy_id: 'p' }])).toEqual(['0 all']);
  expect(missingReceivers(p, CONFIG)).toEqual(['nobody']);
});

test('outside of its hours nobody is told until they begin', async () => {
  const windows = [{ weekdays: [1], start: '09:00', end: '18:00' }];
  const activeTime = { timezone: 'Asia/Shanghai', windows };
  const p = policy('p', { activeTime, notification: { templates: [{ id: 'ops' }], group: GROUP } });
  expect(await told([p], [{ policy_id: 'p' }])).toEqual(['60 ops']);
});

test('while what it depends on fires nobody is told of it', async () => {
  const dependsOn = [{ policy: 'node', equal: ['cluster', 'node'] }];
  const p = policy('p', {
    suppression: { dependsOn },
    notification: { templates: [{ id: 'ops' }], group: GROUP },
  });
  const alert = { policy_id: 'p', node: 'a' };
  expect(await told([p], [{ policy_id: 'node', node: 'a' }, alert])).toEqual(['0 all']);
  expect(await told([p], [{ policy_id: 'node', node: 'b' }, alert])).toEqual(['0 all', '0 ops']);
});
