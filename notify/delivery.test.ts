/** Receivers that fail, hang, or come back; seconds since the first alert. */
import { describe, expect, test } from 'vitest';
import { NotifyRig } from '../test/notify-rig.ts';
import type { NotifyResult } from './notifier.ts';

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
const TWO = BASE.replace("{url: 'http://r'}", "{url: 'http://r'}, {url: 'http://s'}");

const SERVER_ERROR: NotifyResult = {
  kind: 'failed',
  retry: true,
  reason: 'serverError',
  message: 'unexpected status code 500',
};
const CLIENT_ERROR: NotifyResult = {
  kind: 'failed',
  retry: false,
  reason: 'clientError',
  message: 'unexpected status code 400',
};

function failures(rig: NotifyRig): readonly string[] {
  return rig.events.flatMap((event) => {
    return event.kind === 'failed' ? [`${event.reason}: ${event.message}`] : [];
  });
}

describe('a receiver that fails', () => {
  test('A21: is tried again with growing gaps, and told once', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.answer = () => {
      return Promise.resolve(rig.seconds < 8 ? SERVER_ERROR : { kind: 'sent' });
    };
    rig.fire('A');
    await rig.until(30);
    expect(rig.attemptsAt.map((at) => Math.round(at * 100) / 100)).toEqual([
      3, 3.5, 4.25, 5.38, 7.06, 9.59,
    ]);
    expect(rig.log).toEqual(['9.6 r: firing A']);
    expect(failures(rig)).toEqual([]);
    const ids = new Set(rig.told.map(({ notification }) => notification.id));
    expect(ids.size).toBe(1);
  });

  test('A22: for good, is tried once per flush, for ever', async () => {
    const rig = await new NotifyRig().start(TWO);
    rig.answer = () => Promise.resolve(CLIENT_ERROR);
    rig.fire('A');
    await rig.until(16);
    expect(rig.attemptsAt).toEqual([3, 3, 9, 9, 15, 15]);
    expect(failures(rig)[0]).toBe(
      'clientError: r/webhook[0]: notify retry canceled due to unrecoverable error after 1 attempts: unexpected status code 400',
    );
  });

  test('A22: does not hold back the other integration of the receiver', async () => {
    const rig = await new NotifyRig().start(TWO);
    let count = 0;
    rig.answer = () => Promise.resolve(count++ % 2 === 0 ? CLIENT_ERROR : { kind: 'sent' });
    rig.fire('A');
    await rig.until(4);
    expect(rig.log).toEqual(['3 r: firing A']);
  });

  test('asks for time, and gets it', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.answer = () => {
      return Promise.resolve(
        rig.seconds < 6 ? { ...SERVER_ERROR, retryAfterMs: 4000 } : { kind: 'sent' },
      );
    };
    rig.fire('A');
    await rig.until(20);
    expect(rig.attemptsAt).toEqual([3, 7]);
  });

  test('throws: a failure that is not tried again within the flush', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.answer = () => Promise.reject(new Error('a bug'));
    rig.fire('A');
    await rig.until(10);
    expect(rig.attemptsAt).toEqual([3, 9]);
    expect(failures(rig)[0]).toMatch(/^other: .*a bug$/);
  });

  test('A23: hangs, and is cut off; the next flush follows at once, others are on time', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.answer = ({ groupKey }) => {
      return groupKey.includes('"X"')
        ? new Promise<NotifyResult>(() => undefined)
        : Promise.resolve({ kind: 'sent' });
    };
    rig.fire('A');
    await rig.until(1);
    rig.fire('B', { labels: { alertname: 'Y' } });
    await rig.until(14);
    expect(rig.attemptsAt).toEqual([3, 4, 13]);
    expect(rig.log).toEqual(['4 r: firing B']);
    expect(failures(rig)).toEqual([
      'contextDeadlineExceeded: r/webhook[0]: notify retry canceled after 1 attempts: context deadline exceeded',
    ]);
  });

  test('A24: is told the end alone when it comes back', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A');
    await rig.until(4);
    rig.answer = () => Promise.resolve(rig.seconds < 60 ? CLIENT_ERROR : { kind: 'sent' });
    await rig.until(30);
    rig.resolve('A');
    await rig.until(90);
    expect(rig.log).toEqual(['3 r: firing A', '63 r: resolved -A']);
  });

  test('A24: is told nothing when it has missed all of it', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.answer = () => Promise.resolve(rig.seconds < 60 ? CLIENT_ERROR : { kind: 'sent' });
    rig.fire('A');
    await rig.until(30);
    rig.resolve('A');
    await rig.until(90);
    expect(rig.log).toEqual([]);
    expect([...rig.engine.groups()]).toEqual([]);
  });
});

describe('a message', () => {
  test('has the same id when the same is sent again, another when the group has changed', async () => {
    const rig = await new NotifyRig().start(BASE);
    const ids: string[] = [];
    rig.answer = ({ id }) => {
      ids.push(id);
      return Promise.resolve(CLIENT_ERROR);
    };
    rig.fire('A');
    await rig.until(10);
    rig.fire('B');
    await rig.until(16);
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[1]);
  });

  test('brings back what the receiver gave with the last one, until the group is over', async () => {
    const rig = await new NotifyRig().start(BASE);
    const seen: unknown[] = [];
    rig.answer = ({ data }) => {
      seen.push(data);
      return Promise.resolve({ kind: 'sent', data: { ts: seen.length } });
    };
    rig.fire('A');
    await rig.until(4);
    rig.fire('B');
    await rig.until(10);
    rig.resolve('A');
    rig.resolve('B');
    await rig.until(20);
    rig.fire('A');
    await rig.until(30);
    expect(seen).toEqual([{}, { ts: 1 }, { ts: 2 }, {}]);
  });
});
