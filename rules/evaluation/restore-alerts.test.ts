import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { restoredActiveAtMs } from './restore-alerts.ts';

const MINUTE_MS = 60_000;
const FOR_MS = 30 * MINUTE_MS;
const GRACE_MS = 10 * MINUTE_MS;
const NOW_MS = 100 * MINUTE_MS;

describe('the time since which a restored alert counts as active', () => {
  test('of one that fired before is what it was', () => {
    const last = { downAtMs: 90 * MINUTE_MS, activeAtMs: 60 * MINUTE_MS };
    expect(restoredActiveAtMs(last, NOW_MS, FOR_MS, GRACE_MS)).toBe(60 * MINUTE_MS);
  });

  test('of one that had less than the grace period to wait makes it wait exactly that', () => {
    const last = { downAtMs: 90 * MINUTE_MS, activeAtMs: 65 * MINUTE_MS };
    const activeAtMs = restoredActiveAtMs(last, NOW_MS, FOR_MS, GRACE_MS);
    expect(activeAtMs + FOR_MS).toBe(NOW_MS + GRACE_MS);
  });

  test('of any other does not count the outage', () => {
    const last = { downAtMs: 90 * MINUTE_MS, activeAtMs: 80 * MINUTE_MS };
    expect(restoredActiveAtMs(last, NOW_MS, FOR_MS, GRACE_MS)).toBe(90 * MINUTE_MS);
  });

  test('makes the waiting before and after add up to `for`, unless the grace period is longer', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 7), fc.nat(10 ** 7), fc.nat(10 ** 7), (heldMs, awayMs, forMs) => {
        const last = { downAtMs: 10 ** 9, activeAtMs: 10 ** 9 - heldMs };
        const nowMs = 10 ** 9 + awayMs;
        const firesInMs = restoredActiveAtMs(last, nowMs, forMs, GRACE_MS) + forMs - nowMs;
        const remainingMs = forMs - heldMs;
        if (remainingMs <= 0) expect(firesInMs).toBeLessThanOrEqual(0);
        else expect(firesInMs).toBe(Math.max(remainingMs, GRACE_MS));
      }),
    );
  });
});
