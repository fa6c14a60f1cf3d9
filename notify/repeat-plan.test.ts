import { describe, expect, test } from 'vitest';
import type { RepeatPlan } from '../config/alertmanager/types.ts';
import { Labels } from '../model/labels.ts';
import { notificationConfig } from '../test/notify-rig.ts';
import { simulateNotifications } from './simulate-notifications.ts';

const START_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Minutes after the start of the alarm at which somebody is told of it, by the real engine. */
async function toldAfterMinutes(
  plan: Partial<RepeatPlan>,
  hours: number,
): Promise<readonly number[]> {
  const config = notificationConfig(`
route: {receiver: a, group_wait: 0s, group_interval: 1m}
receivers: [{name: a, webhook_configs: [{url: 'http://here/'}]}]
`);
  const repeat: RepeatPlan = {
    mode: 'interval',
    intervalMs: HOUR_MS,
    max: 0,
    decay: undefined,
    ...plan,
  };
  const alert = {
    labels: Labels.fromRecord({ alertname: 'X' }),
    annotations: Labels.EMPTY,
    startsAtMs: START_MS,
    endsAtMs: START_MS + 1000 * HOUR_MS,
    generatorUrl: '',
    updatedAtMs: START_MS,
    timesOut: false,
  };
  const { notifications } = await simulateNotifications([{ atMs: START_MS, alert }], {
    config: { ...config, route: { ...config.route, repeat } },
    silences: [],
    startMs: START_MS,
    endMs: START_MS + hours * HOUR_MS,
    notificationsMax: 1000,
    signal: new AbortController().signal,
  });
  return notifications.map(({ atMs }) => (atMs - START_MS) / MINUTE_MS);
}

describe('repeats of alarm policies', () => {
  test('at intervals', async () => {
    expect(await toldAfterMinutes({}, 3.5)).toEqual([0, 60, 120, 180]);
  });

  test('never, not even after the log would have forgotten', async () => {
    expect(await toldAfterMinutes({ mode: 'never' }, 200)).toEqual([0]);
  });

  test('so many times', async () => {
    expect(await toldAfterMinutes({ max: 2 }, 6)).toEqual([0, 60, 120]);
  });

  test('when it has lasted 1, 2, 4, 8 … periods', async () => {
    const plan = { mode: 'exponential', intervalMs: 5 * MINUTE_MS } as const;
    expect(await toldAfterMinutes(plan, 6)).toEqual([0, 5, 10, 20, 40, 80, 160, 320]);
  });

  test('rarer after a while, and in the end no more', async () => {
    const decay = { afterMs: 3 * HOUR_MS, intervalMs: 2 * HOUR_MS, stopAfterMs: 8 * HOUR_MS };
    expect(await toldAfterMinutes({ decay }, 24)).toEqual([0, 60, 120, 240, 360]);
  });
});
