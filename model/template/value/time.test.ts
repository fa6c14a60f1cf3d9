import fc from 'fast-check';
import { expect, test } from 'vitest';
import { civilFromDays, daysFromCivil } from './calendar.ts';
import { durationText } from './go-duration.ts';
import { GoInstant } from './go-instant.ts';
import { findZone, UTC_ZONE } from './go-zone.ts';
import { formatTime, STRING_LAYOUT } from './time-layout.ts';
import { parseTime } from './time-parse.ts';

const INSTANT = GoInstant.fromMs(1_700_000_000_123);

function zone(name: string) {
  const found = findZone(name);
  if (found === undefined) throw new Error(`no zone ${name}`);
  return found;
}

test('layouts are those of Go', () => {
  const f = (layout: string, expected: string) =>
    expect(formatTime(INSTANT, layout)).toBe(expected);

  f(STRING_LAYOUT, '2023-11-14 22:13:20.123 +0000 UTC');
  f('Mon Jan _2 03:04:05.000 PM 06 002 Z07:00', 'Tue Nov 14 10:13:20.123 PM 23 318 Z');
  f('Monday, January 2 1 15 4 5 .99 ,000000', 'Tuesday, November 14 11 22 13 20 .12 ,123000');
});

test('zones have their abbreviations, or their offset where they have none', () => {
  const f = (name: string, expected: string) =>
    expect(formatTime(INSTANT.in(zone(name)), '15:04 -0700 MST')).toBe(expected);

  f('Europe/Paris', '23:13 +0100 CET');
  f('America/New_York', '17:13 -0500 EST');
  f('Asia/Kolkata', '03:43 +0530 IST');
  f('Asia/Tehran', '01:43 +0330 +0330');
  f('Australia/Sydney', '09:13 +1100 AEDT');
  expect(findZone('Invalid/Timezone')).toBeUndefined();
});

test('the zero time is the first of January of the year 1', () => {
  expect(formatTime(GoInstant.ZERO, STRING_LAYOUT)).toBe('0001-01-01 00:00:00 +0000 UTC');
});

test('times are read by layouts, and mistakes named as Go names them', () => {
  const f = (layout: string, text: string, expected: string) =>
    expect(formatTime(parseTime(layout, text, UTC_ZONE), STRING_LAYOUT)).toBe(expected);

  f('2006-01-02 15:04:05 -0700', '2024-03-15 10:20:30 +0530', '2024-03-15 10:20:30 +0530 +0530');
  f('Jan _2 2006 3:04PM', 'Mar  5 2024 1:02PM', '2024-03-05 13:02:00 +0000 UTC');
  expect(() => parseTime('2006-01-02', 'x', UTC_ZONE)).toThrow(
    'parsing time "x" as "2006-01-02": cannot parse "x" as "2006"',
  );
  expect(() => parseTime('2006-01-02', '2024-13-01', UTC_ZONE)).toThrow('month out of range');
  expect(() => parseTime('2006-01-02', '2024-02-30', UTC_ZONE)).toThrow('day out of range');
  expect(() => parseTime('2006-01-02', '2024-02-01x', UTC_ZONE)).toThrow('extra text: "x"');
});

test('durations', () => {
  const f = (nanos: bigint, expected: string) => expect(durationText(nanos)).toBe(expected);

  f(0n, '0s');
  f(1n, '1ns');
  f(1_500n, '1.5µs');
  f(-1_500_000n, '-1.5ms');
  f(90_061_500_000_000n, '25h1m1.5s');
});

test('days and dates are each other’s inverse', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 5_000_000 }), (days) => {
      const { year, month, day } = civilFromDays(days);
      expect(daysFromCivil(year, month, day)).toBe(days);
    }),
  );
});

test('what a layout prints it reads back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (timestampMs) => {
      const layout = '2006-01-02T15:04:05.999Z07:00';
      const text = formatTime(GoInstant.fromMs(timestampMs), layout);
      expect(parseTime(layout, text, UTC_ZONE).unixNanos).toBe(BigInt(timestampMs) * 1_000_000n);
    }),
  );
});
