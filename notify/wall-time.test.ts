import { describe, expect, test } from 'vitest';
import type { TimeInterval } from '../config/alertmanager/types.ts';
import { daysInMonth, WallClocks } from '../model/wall-time.ts';
import { containsTime } from './time-intervals.ts';

const ANY: TimeInterval = {
  times: undefined,
  weekdays: undefined,
  daysOfMonth: undefined,
  months: undefined,
  years: undefined,
  location: undefined,
};
const MINUTE_MS = 60_000;
const clocks = new WallClocks();

function minutesContained(interval: TimeInterval, day: string): number {
  const startMs = Date.parse(`${day}T00:00:00Z`);
  let count = 0;
  for (let minute = -180; minute < 1440 + 180; minute++) {
    if (containsTime(interval, startMs + minute * MINUTE_MS, clocks)) count++;
  }
  return count;
}

describe('the clock on the wall', () => {
  const berlin: TimeInterval = {
    ...ANY,
    times: [{ startMinute: 150, endMinute: 165 }],
    location: 'Europe/Berlin',
  };

  test('an hour that is skipped never matches: 02:30 to 02:45, Berlin, 2026-03-29', () => {
    const days = [{ begin: 29, end: 29 }];
    expect(minutesContained({ ...berlin, daysOfMonth: days }, '2026-03-29')).toBe(0);
  });

  test('an hour that comes twice matches twice: 02:30 to 02:45, Berlin, 2026-10-25', () => {
    const days = [{ begin: 25, end: 25 }];
    expect(minutesContained({ ...berlin, daysOfMonth: days }, '2026-10-25')).toBe(30);
  });

  test('the weekday is that of the place', () => {
    const monday = { ...ANY, weekdays: [{ begin: 1, end: 1 }], location: 'Pacific/Auckland' };
    expect(containsTime(monday, Date.parse('2026-01-04T12:00:00Z'), clocks)).toBe(true);
    expect(containsTime(monday, Date.parse('2026-01-05T12:00:00Z'), clocks)).toBe(false);
  });

  test('24:00 is the end of the day, not of the next', () => {
    const evening = { ...ANY, times: [{ startMinute: 1439, endMinute: 1440 }] };
    expect(containsTime(evening, Date.parse('2026-01-04T23:59:59Z'), clocks)).toBe(true);
    expect(containsTime(evening, Date.parse('2026-01-05T00:00:00Z'), clocks)).toBe(false);
  });

  test('fields are those of any instant: half-hour zones, negative offsets, leap days', () => {
    const at = (time: string, zone: string): unknown => clocks.at(Date.parse(time), zone);
    expect(at('2024-02-29T18:45:00Z', 'Asia/Kathmandu')).toEqual({
      year: 2024,
      month: 3,
      day: 1,
      weekday: 5,
      minuteOfDay: 30,
    });
    expect(at('2026-01-01T02:00:00Z', 'America/New_York')).toEqual({
      year: 2025,
      month: 12,
      day: 31,
      weekday: 3,
      minuteOfDay: 21 * 60,
    });
  });

  test('months have their days', () => {
    expect([1, 2, 4, 12].map((month) => daysInMonth(2026, month))).toEqual([31, 28, 30, 31]);
    expect(daysInMonth(2024, 2)).toBe(29);
    expect(daysInMonth(1900, 2)).toBe(28);
  });
});
