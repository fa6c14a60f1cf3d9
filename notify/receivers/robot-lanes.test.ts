import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../test/virtual-clock.ts';
import type { NotifyResult } from '../notifier.ts';
import { RobotLanes } from './robot-lanes.ts';
import type { RobotMessage } from './robot-message.ts';

const LIMITS = { burst: 8, windowMs: 60_000, spacingMs: 5000 };
const NEVER = new AbortController().signal;

function message(title: string): RobotMessage {
  const mentions = { mobiles: [title], userIds: ['u'], isAll: title === 'm11' };
  return { title, blocks: [`block of ${title}`], firingCount: 2, link: 'http://w', mentions };
}

function rig() {
  const clock = new VirtualClock(0);
  const sent: { readonly atMs: number; readonly message: RobotMessage }[] = [];
  let answer: NotifyResult = { kind: 'sent' };
  const lane = new RobotLanes(clock).of('u', LIMITS);
  const deliver = (title: string, signal = NEVER): Promise<NotifyResult> =>
    lane.deliver(
      message(title),
      (what) => {
        sent.push({ atMs: clock.monotonicMs(), message: what });
        return Promise.resolve(answer);
      },
      signal,
    );
  return {
    clock,
    sent,
    deliver,
    answer: (result: NotifyResult) => {
      answer = result;
    },
  };
}

describe('a lane', () => {
  test('lets some go at once, and then all that wait together', async () => {
    const { clock, sent, deliver } = rig();
    const results = Array.from({ length: 12 }, (_, at) => deliver(`m${at}`));
    expect(sent).toHaveLength(8);
    clock.advance(LIMITS.spacingMs);
    expect(await Promise.all(results)).toEqual(results.map(() => ({ kind: 'sent' })));
    expect(sent).toHaveLength(9);
    expect(sent[8]?.message).toMatchObject({
      title: '4 groups, 8 firing',
      mentions: { mobiles: ['m8', 'm9', 'm10', 'm11'], userIds: ['u'], isAll: true },
      blocks: [
        '**m8**',
        'block of m8',
        '**m9**',
        'block of m9',
        '**m10**',
        'block of m10',
        '**m11**',
        'block of m11',
      ],
    });
  });

  test('never sends more than 20 in any minute, and loses nothing', async () => {
    const { clock, sent, deliver } = rig();
    const results: Promise<NotifyResult>[] = [];
    for (let at = 0; at < 300; at++) {
      results.push(deliver(`m${at}`));
      clock.advance(1000);
    }
    clock.advance(LIMITS.spacingMs);
    expect(await Promise.all(results)).toHaveLength(300);
    const text = JSON.stringify(sent);
    for (let at = 0; at < 300; at++) expect(text).toContain(`block of m${at}"`);
    for (const { atMs } of sent) {
      const within = sent.filter((one) => one.atMs >= atMs && one.atMs < atMs + 60_000);
      expect(within.length).toBeLessThanOrEqual(20);
    }
  });

  test('rests when the robot asks for it', async () => {
    const { clock, sent, deliver, answer } = rig();
    answer({
      kind: 'failed',
      retry: true,
      reason: 'rateLimited',
      message: 'x',
      retryAfterMs: 60_000,
    });
    await deliver('a');
    answer({ kind: 'sent' });
    const later = deliver('b');
    clock.advance(59_000);
    expect(sent).toHaveLength(1);
    clock.advance(1000);
    expect(await later).toEqual({ kind: 'sent' });
  });

  test('a message that is given up while it waits is not sent', async () => {
    const { clock, sent, deliver } = rig();
    for (let at = 0; at < 8; at++) void deliver(`m${at}`);
    const stop = new AbortController();
    const given = deliver('late', stop.signal);
    stop.abort();
    expect(await given).toMatchObject({ kind: 'failed', retry: true, reason: 'rateLimited' });
    clock.advance(LIMITS.spacingMs);
    expect(sent).toHaveLength(8);
  });
});
