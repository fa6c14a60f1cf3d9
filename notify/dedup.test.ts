import { describe, expect, test } from 'vitest';
import { reasonToNotify } from './dedup.ts';
import type { LogEntry } from './notification-log.ts';

const MINUTE_MS = 60_000;
const NOW_MS = 100 * MINUTE_MS;

function entry(firing: string, resolved: string, minutesAgo = 1): LogEntry {
  const tickMs = NOW_MS - minutesAgo * MINUTE_MS;
  return {
    firing: firing.split(''),
    resolved: resolved.split(''),
    tickMs,
    sentAtMs: tickMs,
    data: {},
  };
}

function f(
  last: LogEntry | undefined,
  firing: string,
  resolved: string,
  sendResolved = true,
): string | undefined {
  const options = {
    sendResolved,
    repeatIntervalMs: 60 * MINUTE_MS,
    groupIntervalMs: 5 * MINUTE_MS,
    repeat: undefined,
    firingSinceMs: 0,
  };
  return reasonToNotify(last, firing.split(''), resolved.split(''), options, NOW_MS);
}

describe('reasonToNotify', () => {
  test('nothing told yet: only what fires is worth telling', () => {
    expect(f(undefined, 'a', '')).toBe('first notification');
    expect(f(undefined, 'a', 'b')).toBe('first notification');
    expect(f(undefined, '', 'b')).toBeUndefined();
  });

  test('an alert that was not firing then', () => {
    expect(f(entry('a', ''), 'ab', '')).toBe('new alerts added');
    expect(f(entry('a', 'b'), 'ab', '')).toBe('new alerts added');
    expect(f(entry('', 'b'), 'b', '')).toBe('first notification');
  });

  test('fewer that fire is no news', () => {
    expect(f(entry('ab', ''), 'a', '')).toBeUndefined();
  });

  test('the last one ends: even where resolved alerts are not sent', () => {
    expect(f(entry('a', ''), '', 'a')).toBe('all alerts resolved');
    expect(f(entry('a', ''), '', 'a', false)).toBe('all alerts resolved');
    expect(f(entry('', 'a'), '', 'ab')).toBeUndefined();
  });

  test('one of several ends', () => {
    expect(f(entry('ab', ''), 'a', 'b')).toBe('some alerts resolved');
    expect(f(entry('ab', ''), 'a', 'b', false)).toBeUndefined();
    expect(f(entry('ab', 'b'), 'a', 'b')).toBeUndefined();
  });

  test('repeats after the interval, from flush to flush', () => {
    expect(f(entry('a', '', 59), 'a', '')).toBeUndefined();
    expect(f(entry('a', '', 60), 'a', '')).toBe('repeat interval elapsed');
    expect(f(entry('', 'a', 600), '', 'a')).toBeUndefined();
  });
});
