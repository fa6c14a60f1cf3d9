import { expect, test } from 'vitest';
import type { Alert } from '../model/alert.ts';
import { VirtualClock } from '../test/virtual-clock.ts';
import { OwnAlarms } from './own-alarms.ts';

test('a store that is away is told once, for as long as it lasts', () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const sent: Alert[] = [];
  const status = { isDegraded: false, isInsertFailing: false };
  const alarms = new OwnAlarms({
    store: { status: () => status as never },
    alerts: { send: (alerts) => void sent.push(...alerts) },
    clock,
    externalUrl: new URL('http://watchkeeper.example:9393/'),
  });
  const pass = (seconds: number): void => {
    const endMs = clock.nowMs() + seconds * 1000;
    while (clock.step(endMs - clock.nowMs()));
    clock.advance(endMs - clock.nowMs());
  };
  alarms.start();
  pass(120);
  expect(sent).toEqual([]);

  status.isInsertFailing = true;
  pass(45);
  status.isInsertFailing = false;
  pass(60);
  expect(sent).toEqual([]);

  status.isInsertFailing = true;
  pass(300);
  expect(new Set(sent.map(({ labels }) => String(labels)))).toEqual(
    new Set([
      '{alertname="WatchkeeperStoreUnavailable", instance="watchkeeper.example:9393", severity="critical"}',
    ]),
  );
  expect(new Set(sent.map(({ startsAtMs }) => startsAtMs)).size).toBe(1);
  expect(sent.at(-1)?.endsAtMs).toBeGreaterThan(clock.nowMs());

  status.isInsertFailing = false;
  pass(15);
  expect(sent.at(-1)?.endsAtMs).toBeLessThanOrEqual(clock.nowMs());
  const count = sent.length;
  pass(300);
  expect(sent).toHaveLength(count);
  alarms.stop();
  expect(clock.timerCount).toBe(0);
});
