/** Reloads, restarts, crashes, set clocks; seconds since the first alert. */
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

describe('reload', () => {
  test('A26: repeats nothing', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A');
    await rig.until(5);
    rig.reload(BASE);
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A']);
  });

  test('does not cut off what is on its way, nor send it twice', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.answer = () => {
      return new Promise<NotifyResult>((resolve) => {
        rig.clock.schedule(4000, () => resolve({ kind: 'sent' }));
      });
    };
    rig.fire('A');
    await rig.until(4);
    rig.reload(BASE);
    await rig.until(60);
    expect(rig.log).toEqual(['7 r: firing A']);
  });

  test('sends alerts where they now belong', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A');
    await rig.until(4);
    rig.reload(BASE.replaceAll(' r\n', ' q\n'));
    await rig.until(20);
    expect(rig.log).toEqual(['3 r: firing A', '4 q: firing A']);
  });
});

describe('restart', () => {
  test('A27: a stop and a start repeat nothing, and the next change comes in time', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A');
    await rig.until(4);
    await rig.engine.stop();
    rig.crash();
    await rig.until(5);
    await rig.start(BASE);
    await rig.until(6);
    rig.fire('A');
    await rig.until(7);
    rig.fire('B');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A', '9 r: firing A B']);
  });

  test('A28: a crash repeats nothing', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A');
    await rig.until(4);
    rig.crash();
    await rig.until(5);
    await rig.start(BASE);
    await rig.until(6);
    rig.fire('A');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A']);
  });

  test('A29: a crash between sending and noting it: once more, with the same id', async () => {
    const rig = await new NotifyRig().start(BASE);
    const ids: string[] = [];
    rig.answer = ({ id }) => {
      ids.push(id);
      return new Promise<NotifyResult>(() => undefined);
    };
    rig.fire('A');
    await rig.until(4);
    rig.crash();
    rig.answer = ({ id }) => {
      ids.push(id);
      return Promise.resolve({ kind: 'sent' });
    };
    await rig.until(5);
    await rig.start(BASE);
    await rig.until(60);
    expect(rig.log).toEqual(['9 r: firing A']);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  test('an outage does not resolve alerts: nobody could say that they go on', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A', { endsAt: 240 });
    await rig.until(10);
    rig.crash();
    await rig.until(310);
    await rig.start(BASE);
    await rig.until(315);
    rig.fire('A', { startsAt: 0, endsAt: 600 });
    await rig.until(330);
    expect(rig.log).toEqual(['3 r: firing A']);
  });

  test('what ended just before a crash is told after it', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A');
    await rig.until(5);
    rig.resolve('A');
    await rig.until(7);
    rig.crash();
    await rig.until(100);
    await rig.start(BASE);
    await rig.until(110);
    expect(rig.log).toEqual(['3 r: firing A', '100 r: resolved -A']);
  });

  test('silences are still there', async () => {
    const rig = await new NotifyRig().start(BASE);
    const { id } = rig.engine.silences.set({
      id: '',
      matchers: [{ type: '=~', name: 'id', value: 'A|B' }],
      startsAtMs: undefined,
      endsAtMs: Date.UTC(2026, 0, 2),
      createdBy: 'me',
      comment: 'why',
    });
    await rig.until(2);
    rig.crash();
    await rig.until(3);
    await rig.start(BASE);
    rig.fire('A');
    await rig.until(30);
    expect(rig.log).toEqual([]);
    expect(rig.engine.silences.get(id)).toMatchObject({ comment: 'why', createdBy: 'me' });
  });

  test('a document that cannot be read is told of, and the rest is taken', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A');
    await rig.until(4);
    rig.crash();
    for (const [name, document] of rig.store.documents) {
      if (document.kind !== 'group') continue;
      rig.store.documents.set(name, { ...document, json: document.json.slice(1) });
    }
    rig.store.documents.set('silence x', { kind: 'silence', key: 'x', json: '{"matchers": 5}' });
    await rig.start(BASE);
    rig.fire('B');
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A', '4 r: firing A B']);
    const messages = rig.events.flatMap((event) => {
      return event.kind === 'storeFailed' ? [event.message.slice(0, 9)] : [];
    });
    expect(messages.sort()).toEqual(['group {}:', 'silence x']);
  });

  test('a stop does not wait for a receiver that hangs, before a reload or after', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.answer = () => new Promise<NotifyResult>(() => undefined);
    rig.fire('A');
    await rig.until(4);
    rig.reload(BASE);
    rig.fire('C', { labels: { alertname: 'Y' } });
    await rig.until(7.5);
    await rig.engine.stop();
    const failed = rig.events.flatMap((event) => (event.kind === 'failed' ? [event.reason] : []));
    expect(failed).toEqual(['contextCanceled', 'contextCanceled', 'contextCanceled']);
  });

  test('a store that refuses is no reason to be silent; it is tried again', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.store.failure = new Error('disk full');
    rig.fire('A');
    await rig.until(10);
    expect(rig.log).toEqual(['3 r: firing A']);
    expect(rig.events.some(({ kind }) => kind === 'storeFailed')).toBe(true);
    rig.store.failure = undefined;
    await rig.until(20);
    rig.crash();
    await rig.until(21);
    await rig.start(BASE);
    await rig.until(60);
    expect(rig.log).toEqual(['3 r: firing A']);
  });
});

describe('the clock is set', () => {
  test('A32: forward: flushes keep their pace, ends and repeats are due', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A', { endsAt: 600 });
    await rig.until(4);
    rig.clock.setWall(rig.clock.nowMs() + 3_600_000);
    await rig.until(3600 + 10);
    expect(rig.log).toEqual(['3 r: firing A', '3609 r: resolved -A']);
  });

  test('A33: back: nothing repeats, a change is told once', async () => {
    const rig = await new NotifyRig().start(BASE);
    rig.fire('A');
    await rig.until(4);
    rig.clock.setWall(rig.clock.nowMs() - 3_600_000);
    rig.fire('B');
    await rig.until(-3600 + 40);
    expect(rig.log).toEqual(['3 r: firing A', '-3591 r: firing A B']);
  });
});

describe('many', () => {
  test('A30: 10,000 alerts of one group are one message', async () => {
    const rig = await new NotifyRig().start(BASE);
    for (let at = 0; at < 10_000; at++) rig.fire(`A${at}`);
    await rig.until(10);
    expect(rig.told).toHaveLength(1);
    expect(rig.told[0]?.notification.alerts).toHaveLength(10_000);
  });

  test('A31: and of as many groups as many messages, none lost, none twice', async () => {
    const rig = await new NotifyRig().start(BASE.replace('[alertname]', "['...']"));
    for (let at = 0; at < 10_000; at++) rig.fire(`A${at}`);
    rig.clock.advance(3000);
    await rig.until(3.5);
    expect(rig.told).toHaveLength(10_000);
    expect(new Set(rig.told.map(({ notification }) => notification.groupKey)).size).toBe(10_000);
  });
});
