import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignRange, resolveRange, resolveTime } from './time-range.ts';

const NOW = Date.parse('2026-11-24T10:34:56Z');

describe('resolveTime', () => {
  test.each([
    ['now', false, '2026-11-24T10:34:56Z'],
    ['now-6h', false, '2026-11-24T04:34:56Z'],
    ['now-1d/d', false, '2026-11-23T00:00:00Z'],
    ['now-1d/d', true, '2026-11-24T00:00:00Z'],
    ['now/w', false, '2026-11-23T00:00:00Z'],
    ['1764000000000', false, '2025-11-24T16:00:00Z'],
    ['2026-11-20T08:00:00Z', false, '2026-11-20T08:00:00Z'],
  ])('%s (end: %s) is %s', (text, isEnd, expected) => {
    expect(resolveTime(text, NOW, isEnd)).toBe(Date.parse(expected));
  });

  test('a text that is no time is none, and its range the default', () => {
    expect(resolveTime('yesterday-ish', NOW, false)).toBeUndefined();
    expect(resolveRange({ from: 'x', to: 'now' }, NOW).startMs).toBe(NOW - 3_600_000);
    expect(resolveRange({ from: 'now', to: 'now-1h' }, NOW).endMs).toBe(NOW);
  });
});

test('a query lies on the grid of its step and has no more points than asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 60_000, max: 90 * 86_400_000 }),
      fc.integer({ min: 100, max: 2000 }),
      (spanMs, points) => {
        const query = alignRange({ startMs: NOW - spanMs, endMs: NOW }, points, 1000);
        expect(query.startMs % query.stepMs).toBe(0);
        expect(query.endMs % query.stepMs).toBe(0);
        expect(query.endMs - query.startMs).toBeLessThanOrEqual((points + 1) * query.stepMs);
      },
    ),
  );
});
