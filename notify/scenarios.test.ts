/** The times at which receivers are told, as Alertmanager would; seconds since the first alert. */
import { describe, expect, test } from 'vitest';
import { NotifyRig } from '../test/notify-rig.ts';

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

function start(text = BASE): Promise<NotifyRig> {
  return new NotifyRig().start(text);
}

describe('grouping', () => {
  test('A1: one alert is told of once, after group_wait', async () => {
    const rig = await start();
    rig.fire('A');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A']);
    const [first] = rig.told;
    expect(first?.notification).toMatchObject({
      groupKey: '{}:{alertname="X"}',
      reason: 'first notification',
      status: 'firing',
    });
  });

  test('A2: alerts within group_wait go together, in order', async () => {
    const rig = await start();
    rig.fire('B');
    await rig.until(1);
    rig.fire('A');
    await rig.until(30);
    expect(rig.log).toEqual(['3 r: firing A B']);
  });

  test('A3: a later alert waits for group_interval, and the message has both', async () => {
    const rig = await start();
    rig.fire('A');
    await rig.until(4);
    rig.fire('B');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A', '9 r: firing A B']);
    expect(rig.told[1]?.notification.reason).toBe('new alerts added');
  });

  test('A11: an alert that began long ago is told of at once', async () => {
    const rig = await start();
    rig.fire('A', { startsAt: -3600 });
    await rig.until(1);
    expect(rig.log).toEqual(['0 r: firing A']);
  });

  test('A11: only the alert that makes the group counts', async () => {
    const rig = await start();
    rig.fire('A');
    rig.fire('B', { startsAt: -3600 });
    await rig.until(1);
    expect(rig.log).toEqual([]);
  });

  test('A17: siblings with continue tell both receivers, each of its own group', async () => {
    const rig = await start(`
receivers: [{name: r}, {name: a, webhook_configs: [{url: 'http://a'}]}, {name: b, webhook_configs: [{url: 'http://b'}]}]
route:
  receiver: r
  group_wait: 3s
  routes:
  - {matchers: [id=A], receiver: a, continue: true}
  - {matchers: ['id=~"A|B"'], receiver: b}
`);
    rig.fire('A');
    await rig.until(10);
    expect(rig.log).toEqual(['3 a: firing A', '3 b: firing A']);
    expect(rig.told.map(({ notification }) => notification.groupKey)).toEqual([
      '{}/{id="A"}:{}',
      '{}/{id=~"A|B"}:{}',
    ]);
  });

  test('A18: by all labels, each alert is a group', async () => {
    const rig = await start(BASE.replace('[alertname]', "['...']"));
    for (const id of ['A', 'B', 'C']) rig.fire(id);
    await rig.until(10);
    expect(rig.log).toEqual(['3 r: firing A', '3 r: firing B', '3 r: firing C']);
  });

  test('no more groups than the limit, and it is told', async () => {
    const rig = await new NotifyRig().start(BASE.replace('[alertname]', '[id]'), { groupsMax: 2 });
    for (const id of ['A', 'B', 'C']) rig.fire(id);
    await rig.until(10);
    expect(rig.log).toEqual(['3 r: firing A', '3 r: firing B']);
    expect(rig.events.filter(({ kind }) => kind === 'groupLimited')).toHaveLength(1);
  });

  test('nobody is told before the start delay is over', async () => {
    const rig = await new NotifyRig().start(BASE, { startDelayMs: 10_000 });
    rig.fire('A');
    await rig.until(20);
    expect(rig.log).toEqual(['10 r: firing A']);
  });
});

describe('resolution', () => {
  test('A4: told at the next flush, with the time at which it ended', async () => {
    const rig = await start();
    rig.fire('A');
    await rig.until(5);
    rig.resolve('A');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A', '9 r: resolved -A']);
    const [alert] = rig.told[1]?.notification.alerts ?? [];
    expect(alert?.endsAtMs).toBe(Date.UTC(2026, 0, 1, 0, 0, 5));
    expect([...rig.engine.groups()]).toEqual([]);
  });

  test('A5: over before anybody was told: silence, and no group is left', async () => {
    const rig = await start();
    rig.fire('A');
    await rig.until(1);
    rig.resolve('A');
    await rig.until(60);
    expect(rig.log).toEqual([]);
    expect([...rig.engine.groups()]).toEqual([]);
  });

  test('A6: one of two ends', async () => {
    const rig = await start();
    rig.fire('A');
    rig.fire('B');
    await rig.until(5);
    rig.resolve('B');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A B', '9 r: firing A -B']);
    expect(rig.told[1]?.notification.reason).toBe('some alerts resolved');
  });

  test('A6: without send_resolved nobody hears of it', async () => {
    const rig = await start(BASE.replace("'http://r'", "'http://r', send_resolved: false"));
    rig.fire('A');
    rig.fire('B');
    await rig.until(5);
    rig.resolve('B');
    await rig.until(20);
    rig.resolve('A');
    await rig.until(40);
    expect(rig.log).toEqual(['3 r: firing A B']);
    rig.fire('A');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A B', '43 r: firing A']);
    expect(rig.told[1]?.notification.reason).toBe('first notification');
  });

  test('A7: a flap within one interval is not told', async () => {
    const rig = await start();
    rig.fire('A');
    await rig.until(4);
    rig.resolve('A');
    await rig.until(5);
    rig.fire('A');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A']);
    rig.fire('B');
    await rig.until(70);
    const [alert] = rig.told[1]?.notification.alerts ?? [];
    expect(alert?.startsAtMs).toBe(Date.UTC(2026, 0, 1, 0, 0, 5));
  });

  test('A8: firing again after it was told over is a new group, with its own group_wait', async () => {
    const rig = await start();
    rig.fire('A');
    await rig.until(5);
    rig.resolve('A');
    await rig.until(10);
    rig.fire('A');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A', '9 r: resolved -A', '13 r: firing A']);
  });

  test('A10: time alone resolves an alert whose sender falls silent', async () => {
    const rig = await start();
    rig.fire('A', { endsAt: 10, timesOut: true });
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A', '15 r: resolved -A']);
    const [alert] = rig.told[1]?.notification.alerts ?? [];
    expect(alert?.endsAtMs).toBe(Date.UTC(2026, 0, 1, 0, 0, 10));
  });

  test('an alert that fires again while its end is being told is not forgotten', async () => {
    const rig = await start();
    rig.fire('A');
    await rig.until(5);
    rig.resolve('A');
    rig.answer = () => {
      rig.fire('A');
      return Promise.resolve({ kind: 'sent' });
    };
    await rig.until(9);
    rig.answer = () => Promise.resolve({ kind: 'sent' });
    await rig.until(30);
    expect(rig.log).toEqual(['3 r: firing A', '9 r: resolved -A', '15 r: firing A']);
  });
});

describe('repeats', () => {
  test('A9: at the documented times, where they are multiples of group_interval', async () => {
    const rig = await start(BASE.replace('1h', '12s'));
    rig.fire('A');
    await rig.until(40);
    expect(rig.log).toEqual([
      '3 r: firing A',
      '15 r: firing A',
      '27 r: firing A',
      '39 r: firing A',
    ]);
    expect(rig.told[1]?.notification.reason).toBe('repeat interval elapsed');
  });

  test('A9: a sending that takes a while does not delay the next', async () => {
    const rig = await start(BASE.replace('1h', '12s'));
    rig.answer = () => {
      return new Promise((resolve) => {
        rig.clock.schedule(500, () => resolve({ kind: 'sent' }));
      });
    };
    rig.fire('A');
    await rig.until(30);
    expect(rig.log).toEqual(['3.5 r: firing A', '15.5 r: firing A', '27.5 r: firing A']);
  });

  test('A9: rounded up to the next flush otherwise', async () => {
    const rig = await start(BASE.replace('1h', '7s'));
    rig.fire('A');
    await rig.until(30);
    expect(rig.log).toEqual(['3 r: firing A', '15 r: firing A', '27 r: firing A']);
  });
});
