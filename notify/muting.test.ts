/** Who is kept silent, and what that does to later messages; seconds since the first alert. */
import { describe, expect, test } from 'vitest';
import { NotifyRig } from '../test/notify-rig.ts';
import type { SuppressionReason } from './notify-event.ts';
import type { Silence } from './silence.ts';

const BASE = `
receivers:
- name: r
  webhook_configs: [{url: 'http://r'}]
route:
  receiver: r
  group_by: [alertname]
  group_wait: 3s
  group_interval: 6s
  repeat_interval: 1h
`;

const T0_MS = Date.UTC(2026, 0, 1);

function silence(rig: NotifyRig, endsAtSeconds: number): Silence {
  return rig.engine.silences.set({
    id: '',
    matchers: [{ type: '=', name: 'id', value: 'A' }],
    startsAtMs: undefined,
    endsAtMs: T0_MS + endsAtSeconds * 1000,
    createdBy: 'me',
    comment: '',
  });
}

function suppressed(rig: NotifyRig, reason: SuppressionReason): number {
  return rig.events.filter((event) => event.kind === 'suppressed' && event.reason === reason)
    .length;
}

describe('silences', () => {
  test('A12: told at the first flush after the silence', async () => {
    const rig = await new NotifyRig().start(BASE);
    const { id } = silence(rig, 7);
    rig.fire('A');
    await rig.until(4);
    const [[fingerprint, alert] = ['', undefined]] = [...rig.engine.alerts()];
    expect(alert && rig.engine.silencersOf(fingerprint, alert.labels).silencedBy).toEqual([id]);
    await rig.until(30);
    expect(rig.log).toEqual(['9 r: firing A']);
    expect(suppressed(rig, 'silence')).toBe(1);
  });

  test('A13: what ends while silenced is not told, and the log still has it firing', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A');
    await rig.until(5);
    const { id } = silence(rig, 3600);
    await rig.until(7);
    rig.resolve('A');
    await rig.until(20);
    rig.engine.silences.expire(id);
    await rig.until(25);
    rig.fire('A');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A']);
  });

  test('a silence leaves others of the group alone', async () => {
    const rig = await new NotifyRig().start(BASE);
    silence(rig, 3600);
    rig.fire('A');
    rig.fire('B');
    await rig.until(30);
    expect(rig.log).toEqual(['3 r: firing B']);
  });

  test('a silence made after the alert is known counts at the next flush', async () => {
    const rig = await new NotifyRig().start(BASE.replace('1h', '6s'));
    rig.fire('A');
    await rig.until(4);
    silence(rig, 3600);
    await rig.until(30);
    expect(rig.log).toEqual(['3 r: firing A']);
  });
});

const INHIBIT = `
inhibit_rules:
- {source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [cluster]}
`;

describe('inhibition', () => {
  const S = { labels: { alertname: 'S', severity: 'critical', cluster: 'c' } };
  const T = { labels: { alertname: 'T', severity: 'warning', cluster: 'c' } };

  test('A14: the target is told when the source is over', async () => {
    const rig = await new NotifyRig().start(BASE + INHIBIT);
    rig.fire('S', S);
    rig.fire('T', T);
    await rig.until(5);
    rig.resolve('S', S);
    await rig.until(30);
    expect(rig.log).toEqual(['3 r: firing S', '9 r: resolved -S', '9 r: firing T']);
    expect(suppressed(rig, 'inhibition')).toBe(1);
  });

  test('A15: a label that both lack is equal', async () => {
    const rig = await new NotifyRig().start(BASE + INHIBIT.replace('[cluster]', '[zone]'));
    rig.fire('S', S);
    rig.fire('T', T);
    await rig.until(30);
    expect(rig.log).toEqual(['3 r: firing S']);
  });

  test('A16: alerts of both sides inhibit each other not, one of the source side both', async () => {
    const rule = '\ninhibit_rules: [{source_matchers: [s=y], target_matchers: [t=y]}]\n';
    const both = { s: 'y', t: 'y' };
    const rig = await new NotifyRig().start(BASE + rule);
    rig.fire('A1', { labels: { alertname: 'A1', ...both } });
    rig.fire('A2', { labels: { alertname: 'A2', ...both } });
    await rig.until(4);
    expect(rig.log).toEqual(['3 r: firing A1', '3 r: firing A2']);
    rig.fire('S', { labels: { alertname: 'S', s: 'y' } });
    await rig.until(10);
    expect(suppressed(rig, 'inhibition')).toBe(2);
  });

  test('a source that nobody is told of inhibits all the same', async () => {
    const rig = await new NotifyRig().start(BASE + INHIBIT);
    rig.engine.silences.set({
      id: '',
      matchers: [{ type: '=', name: 'id', value: 'S' }],
      startsAtMs: undefined,
      endsAtMs: T0_MS + 3_600_000,
      createdBy: '',
      comment: '',
    });
    rig.fire('S', S);
    rig.fire('T', T);
    await rig.until(30);
    expect(rig.log).toEqual([]);
  });
});

/** The start is 00:00:00 UTC, which is 05:30 in Kolkata. */
function withInterval(field: string, interval: string): string {
  return `
receivers: [{name: r}, {name: x, webhook_configs: [{url: 'http://x'}]}]
route:
  receiver: r
  group_wait: 3s
  group_interval: 6s
  routes: [{matchers: [alertname=X], receiver: x, ${field}: [i]}]
time_intervals: [{name: i, time_intervals: [${interval}]}]
`;
}

describe('time intervals', () => {
  test('A19: a mute interval; the first flush after it tells', async () => {
    const text = withInterval(
      'mute_time_intervals',
      '{times: [{start_time: "00:00", end_time: "00:01"}]}',
    );
    const rig = await new NotifyRig().start(text);
    rig.fire('A');
    await rig.until(70);
    expect(rig.log).toEqual(['63 x: firing A']);
    expect(suppressed(rig, 'mute_time_interval')).toBe(10);
  });

  test('A20: an active interval in another zone', async () => {
    const text = withInterval(
      'active_time_intervals',
      '{times: [{start_time: "05:31", end_time: "09:00"}], location: Asia/Kolkata}',
    );
    const rig = await new NotifyRig().start(text);
    rig.fire('A');
    await rig.until(59);
    expect(rig.log).toEqual([]);
    const [group] = [...rig.engine.groups()];
    expect(group && rig.engine.muteOf(group)).toEqual({
      reason: 'active_time_interval',
      by: ['i'],
    });
    await rig.until(70);
    expect(rig.log).toEqual(['63 x: firing A']);
  });
});
