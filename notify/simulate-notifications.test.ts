import { describe, expect, test } from 'vitest';
import { AlertMatcher } from '../model/alert-matchers/alert-matcher.ts';
import { Labels } from '../model/labels.ts';
import { NotifyRig, notificationConfig } from '../test/notify-rig.ts';
import { type SimulationOptions, simulateNotifications } from './simulate-notifications.ts';

const START_MS = Date.UTC(2026, 0, 1);

const CONFIG = `
route:
  receiver: team
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 1h
receivers:
- name: team
  webhook_configs: [{url: 'http://here/'}]
`;

function message(id: string, from: number, to: number, at = from) {
  return {
    atMs: START_MS + at * 1000,
    alert: {
      labels: Labels.fromRecord({ alertname: 'X', id }),
      annotations: Labels.EMPTY,
      startsAtMs: START_MS + from * 1000,
      endsAtMs: START_MS + to * 1000,
      generatorUrl: '',
      updatedAtMs: START_MS + at * 1000,
      timesOut: false,
    },
  };
}

const MESSAGES = [
  message('a', 60, 4000),
  message('b', 200, 1000),
  message('c', 5000, 5600),
  message('a', 60, 4000, 4000),
  message('b', 200, 1000, 1000),
];

function simulate(more: Partial<SimulationOptions> = {}) {
  return simulateNotifications(MESSAGES, {
    config: notificationConfig(CONFIG),
    silences: [],
    startMs: START_MS,
    endMs: START_MS + 10_000_000,
    notificationsMax: 1000,
    signal: new AbortController().signal,
    ...more,
  });
}

describe('simulateNotifications', () => {
  test('tells the same at the same times as the engine does step by step', async () => {
    const rig = await new NotifyRig().start(CONFIG);
    for (const { atMs, alert } of [...MESSAGES].sort((a, b) => a.atMs - b.atMs)) {
      await rig.until((atMs - START_MS) / 1000);
      rig.engine.send([alert]);
    }
    await rig.until(10_000);
    const { notifications } = await simulate();
    const times = notifications.map(({ atMs, firingCount }) => [
      (atMs - START_MS) / 1000,
      firingCount,
    ]);
    expect(times).toEqual(
      rig.told.map(({ atSeconds, notification: { alerts } }) => [
        atSeconds,
        alerts.filter(({ status }) => status === 'firing').length,
      ]),
    );
    expect(times.length).toBeGreaterThan(5);
  });

  test('silences of the past hold when they held', async () => {
    const silence = {
      id: 's',
      matchers: [new AlertMatcher('=', 'id', 'a')],
      startsAtMs: START_MS,
      endsAtMs: START_MS + 3_000_000,
      updatedAtMs: START_MS,
      createdBy: '',
      comment: '',
      annotations: {},
    };
    const { notifications, suppressed } = await simulate({ silences: [silence] });
    expect(notifications[0]?.alerts.map((labels) => labels.get('id'))).toEqual(['b']);
    expect(suppressed.silence).toBeGreaterThan(5);
  });

  test('says when there were more than it may keep', async () => {
    expect(await simulate({ notificationsMax: 2 })).toMatchObject({ isCut: true });
  });

  test('can be given up', async () => {
    await expect(simulate({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});
