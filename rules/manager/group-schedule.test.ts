import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { GroupSchedule, type Slot, slotBefore, slotOffsetMs } from './group-schedule.ts';

const START_MS = 1_700_000_000_000;
const INTERVAL_MS = 10_000;

async function turns(): Promise<void> {
  await new Promise((done) => setImmediate(done));
}

async function advance(clock: VirtualClock, byMs: number): Promise<void> {
  const endMs = clock.monotonicMs() + byMs;
  while (clock.step(endMs - clock.monotonicMs())) await turns();
  clock.advance(endMs - clock.monotonicMs());
}

describe('slots', () => {
  test('are an interval apart and at most one interval before the time', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 10 ** 7 }),
        fc.nat(2 ** 40),
        (key, i, t) => {
          const slot = slotBefore(t, key, i);
          expect(slot).toBeLessThanOrEqual(t);
          expect(t - slot).toBeLessThan(i);
          expect(Math.abs((slot - slotOffsetMs(key, i)) % i)).toBe(0);
        },
      ),
    );
  });

  test('do not change over restarts: the offset is FNV-1a of the key', () => {
    // FNV-1a 64 of "a" is af63dc4c8601ec8c.
    expect(slotOffsetMs('a', 1000)).toBe(Number(0xaf63dc4c8601ec8cn % 1000n));
  });
});

describe('a schedule', () => {
  test('runs at each slot, the first within one interval', async () => {
    const clock = new VirtualClock(START_MS);
    const slots: Slot[] = [];
    const schedule = new GroupSchedule('k', INTERVAL_MS, clock, async (slot) => {
      slots.push(slot);
    });
    schedule.start();
    await advance(clock, 3 * INTERVAL_MS);
    const first = slotBefore(START_MS, 'k', INTERVAL_MS) + INTERVAL_MS;
    expect(slots).toEqual([
      { timestampMs: first, missedCount: 0 },
      { timestampMs: first + INTERVAL_MS, missedCount: 0 },
      { timestampMs: first + 2 * INTERVAL_MS, missedCount: 0 },
    ]);
    await schedule.stop();
    expect(clock.timerCount).toBe(0);
  });

  test('never runs twice at a time; slots that pass meanwhile are missed', async () => {
    const clock = new VirtualClock(START_MS);
    const slots: Slot[] = [];
    let end: () => void = () => undefined;
    const schedule = new GroupSchedule('k', INTERVAL_MS, clock, (slot) => {
      slots.push(slot);
      return new Promise((done) => {
        end = done;
      });
    });
    schedule.start();
    await advance(clock, INTERVAL_MS);
    await advance(clock, 3.5 * INTERVAL_MS);
    expect(slots).toHaveLength(1);
    end();
    await turns();
    await advance(clock, 0);
    await advance(clock, INTERVAL_MS);
    expect(slots[1]?.missedCount).toBeGreaterThanOrEqual(2);
    const passedMs = (slots[1]?.timestampMs ?? 0) - (slots[0]?.timestampMs ?? 0);
    expect(passedMs).toBe(((slots[1]?.missedCount ?? 0) + 1) * INTERVAL_MS);
    end();
    await schedule.stop();
  });

  test('of a clock that goes ahead makes one run and counts the rest as missed', async () => {
    const clock = new VirtualClock(START_MS);
    const slots: Slot[] = [];
    const schedule = new GroupSchedule('k', INTERVAL_MS, clock, async (slot) => {
      slots.push(slot);
    });
    schedule.start();
    await advance(clock, INTERVAL_MS);
    clock.setWall(clock.nowMs() + 3_600_000);
    await advance(clock, INTERVAL_MS);
    expect(slots.map(({ missedCount }) => missedCount)).toEqual([0, 360]);
    await schedule.stop();
  });

  test('of a clock that goes back does not run before its last slot has passed', async () => {
    const clock = new VirtualClock(START_MS);
    const slots: Slot[] = [];
    const schedule = new GroupSchedule('k', INTERVAL_MS, clock, async (slot) => {
      slots.push(slot);
    });
    schedule.start();
    await advance(clock, INTERVAL_MS);
    clock.setWall(clock.nowMs() - 60_000);
    await advance(clock, 60_000 - 1);
    expect(slots).toHaveLength(1);
    await advance(clock, INTERVAL_MS);
    expect(slots).toHaveLength(2);
    expect(slots[1]?.timestampMs).toBe((slots[0]?.timestampMs ?? 0) + INTERVAL_MS);
    await schedule.stop();
  });

  test('that is stopped waits for the run that is under way', async () => {
    const clock = new VirtualClock(START_MS);
    let end: () => void = () => undefined;
    const schedule = new GroupSchedule('k', INTERVAL_MS, clock, () => {
      return new Promise((done) => {
        end = done;
      });
    });
    schedule.start();
    await advance(clock, INTERVAL_MS);
    let isStopped = false;
    const stopped = schedule.stop().then(() => {
      isStopped = true;
    });
    await turns();
    expect(isStopped).toBe(false);
    end();
    await stopped;
    expect(clock.timerCount).toBe(0);
  });
});
