import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InclusiveRange, TimeInterval } from '../config/alertmanager/types.ts';
import { WallClocks } from '../model/wall-time.ts';
import { containsTime } from './time-intervals.ts';

const clocks = new WallClocks();

function ranges(min: number, max: number): fc.Arbitrary<readonly InclusiveRange[] | undefined> {
  const range = fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => ({ begin: Math.min(a, b), end: Math.max(a, b) }));
  return fc.option(fc.array(range, { minLength: 1, maxLength: 2 }), { nil: undefined });
}

const interval: fc.Arbitrary<TimeInterval> = fc.record({
  times: ranges(0, 1440).map((list) => {
    return list?.map(({ begin, end }) => ({ startMinute: begin, endMinute: end }));
  }),
  weekdays: ranges(0, 6),
  daysOfMonth: fc.oneof(ranges(1, 31), ranges(-31, -1)),
  months: ranges(1, 12),
  years: ranges(2023, 2027),
  location: fc.constantFrom(
    undefined,
    'Asia/Kolkata',
    'America/New_York',
    'Europe/Berlin',
    'Pacific/Chatham',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Pacific/Apia',
  ),
});

/** Every day and minute that a range stands for, written out and looked up. */
function naive(each: TimeInterval, timeMs: number): boolean {
  const text = new Date(timeMs).toLocaleString('sv-SE', {
    timeZone: each.location ?? 'UTC',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const [, year = 0, month = 0, day = 0, hour = 0, minute = 0] = (
    /(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)/.exec(text) ?? []
  ).map(Number);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const listed = (list: readonly InclusiveRange[] | undefined, ...values: number[]): boolean => {
    if (list === undefined) return true;
    const all = list.flatMap(({ begin, end }) => {
      return Array.from({ length: end - begin + 1 }, (_, at) => begin + at);
    });
    return values.some((value) => all.includes(value));
  };
  const minutes = each.times?.map(({ startMinute, endMinute }) => {
    return { begin: startMinute, end: endMinute - 1 };
  });
  return (
    listed(minutes, hour * 60 + minute) &&
    listed(each.weekdays, weekday) &&
    listed(each.months, month) &&
    listed(each.years, year) &&
    listed(each.daysOfMonth, day, day - days - 1)
  );
}

test('an interval holds at the minutes, days, months and years that it lists, and no others', () => {
  const time = fc.date({
    min: new Date('2023-01-01T00:00:00Z'),
    max: new Date('2027-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(interval, fc.array(time, { maxLength: 20 }), (each, times) => {
      for (const at of times) {
        const got = containsTime(each, at.getTime(), clocks);
        expect(got, `${JSON.stringify(each)} ${at.toISOString()}`).toBe(naive(each, at.getTime()));
      }
    }),
    { numRuns: 500 },
  );
});
