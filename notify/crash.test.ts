/** Killed at any moment, the engine loses nothing and repeats at most what was on its way. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NotifyRig } from '../test/notify-rig.ts';
import type { NotifyResult } from './notifier.ts';

const TEXT = `
receivers: [{name: r, webhook_configs: [{url: 'http://r'}]}]
route: {receiver: r, group_by: [alertname], group_wait: 3s, group_interval: 6s, repeat_interval: 10h}
`;
const IDS = ['A', 'B', 'C'];

interface Message {
  readonly id: string;
  readonly text: string;
  readonly firing: readonly string[];
}

interface Known {
  readonly startsAt: number;
  readonly endsAt: number | undefined;
}

/** Sends what is known of each alert again, as its source does after our restart. */
function sendAgain(rig: NotifyRig, known: ReadonlyMap<string, Known>): void {
  for (const [id, { startsAt, endsAt }] of known) {
    rig.fire(id, { startsAt, endsAt: endsAt ?? rig.seconds + 3600 });
  }
}

const step = fc.record({
  afterMs: fc.integer({ min: 50, max: 9000 }),
  what: fc.oneof(
    fc.constantFrom(...IDS),
    fc.record({ downSeconds: fc.integer({ min: 1, max: 400 }) }),
  ),
});

test('whatever fires, ends and is killed, the receiver knows in the end, and heard it once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const rig = await new NotifyRig().start(TEXT);
      const heard: Message[] = [];
      let isAlive = true;
      let crashCount = 0;
      rig.answer = ({ id, alerts }) => {
        const of = (status: string): readonly string[] => {
          const found = alerts.filter((alert) => alert.status === status);
          return found.map(({ labels }) => labels.get('id'));
        };
        const firing = of('firing');
        if (isAlive) heard.push({ id, firing, text: `${firing.join()}-${of('resolved').join()}` });
        // It has heard at once, and says so a second later.
        return new Promise<NotifyResult>((resolve) => {
          rig.clock.schedule(1000, () => resolve({ kind: 'sent' }));
        });
      };
      const known = new Map<string, Known>();
      for (const { afterMs, what } of steps) {
        await rig.until(rig.seconds + afterMs / 1000);
        if (typeof what === 'string') {
          const last = known.get(what);
          const startsNew = last === undefined || last.endsAt !== undefined;
          known.set(
            what,
            startsNew
              ? { startsAt: rig.seconds, endsAt: undefined }
              : { startsAt: last.startsAt, endsAt: rig.seconds },
          );
          sendAgain(rig, new Map([[what, known.get(what) as Known]]));
        } else {
          crashCount++;
          isAlive = false;
          rig.crash();
          await rig.until(rig.seconds + what.downSeconds);
          isAlive = true;
          await rig.start(TEXT);
          sendAgain(rig, known);
        }
      }
      await rig.until(rig.seconds + 30);

      const firing = IDS.filter((id) => known.has(id) && known.get(id)?.endsAt === undefined);
      expect(heard.at(-1)?.firing ?? []).toEqual(firing);
      const ids = heard.map(({ id }) => id);
      expect(ids.length - new Set(ids).size).toBeLessThanOrEqual(crashCount);
      for (const [at, message] of heard.entries()) {
        const before = heard[at - 1];
        if (before?.text === message.text) expect(message.id).toBe(before.id);
      }
    }),
    {
      numRuns: 150,
      examples: [
        // Killed before it knew that "resolved" had arrived, and again at once: B fires anew.
        [
          [
            { afterMs: 50, what: 'B' },
            { afterMs: 50, what: { downSeconds: 3 } },
            { afterMs: 3102, what: 'B' },
            { afterMs: 2898, what: 'B' },
            { afterMs: 50, what: { downSeconds: 1 } },
            { afterMs: 50, what: { downSeconds: 1 } },
          ],
        ],
      ],
    },
  );
});
