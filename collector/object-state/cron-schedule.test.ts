import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextTimeMs, parseCron } from './cron-schedule.ts';

function next(schedule: string, after: string, zone?: string): string | undefined {
  const parsed = parseCron(schedule, zone);
  if (parsed === undefined) return 'no schedule';
  const timeMs = nextTimeMs(parsed, Date.parse(after));
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}

test('the next time of a schedule', () => {
  const f = (
    schedule: string,
    after: string,
    expected: string | undefined,
    zone?: string,
  ): void => {
    expect([schedule, next(schedule, after, zone)]).toEqual([schedule, expected]);
  };
  f('* * * * *', '2026-06-26T10:12:19Z', '2026-06-26T10:13:00.000Z');
  f('*/15 * * * *', '2026-06-26T10:45:00Z', '2026-06-26T11:00:00.000Z');
  f('0 0 1 1 *', '2026-06-26T10:45:00Z', '2027-01-01T00:00:00.000Z');
  f('0 12 29 2 *', '2026-06-26T10:45:00Z', '2028-02-29T12:00:00.000Z');
  f('0 0 30 2 *', '2026-06-26T10:45:00Z', undefined);
  f('5,7-9 4 * * MON-FRI', '2026-06-26T04:09:00Z', '2026-06-29T04:05:00.000Z');
  // Both days given: one is enough.
  f('0 0 13 * 5', '2026-06-13T00:00:00Z', '2026-06-19T00:00:00.000Z');
  f('10/20 * * * ?', '2026-06-26T10:11:00Z', '2026-06-26T10:30:00.000Z');
  f('@hourly', '2026-06-26T10:11:00Z', '2026-06-26T11:00:00.000Z');
  f('@every 90m', '2026-06-26T10:11:12.345Z', '2026-06-26T11:41:12.000Z');
  f('CRON_TZ=America/New_York 0 9 * * *', '2026-06-26T10:00:00Z', '2026-06-26T13:00:00.000Z');
  f('30 2 * * *', '2026-01-01T17:30:00Z', '2026-01-02T17:30:00.000Z', 'Asia/Tokyo');
  // Clocks go forward over the time: it is not there on that day.
  f('30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-30T00:30:00.000Z', 'Europe/Berlin');
  // They go back: it comes twice.
  f('30 2 * * *', '2026-10-25T00:00:00Z', '2026-10-25T00:30:00.000Z', 'Europe/Berlin');
  f('30 2 * * *', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00.000Z', 'Europe/Berlin');
});

test('what is no schedule', () => {
  for (const bad of ['', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *']) {
    expect([bad, parseCron(bad, undefined)]).toEqual([bad, undefined]);
  }
  for (const bad of [
    '* * * 13 *',
    '* * * * 7',
    '5-1 * * * *',
    '*/0 * * * *',
    '@never',
    'x * * * *',
  ]) {
    expect([bad, parseCron(bad, undefined)]).toEqual([bad, undefined]);
  }
  expect(parseCron('* * * * *', 'Nowhere/Town')).toBeUndefined();
});

test('a next time is always later, and any text is read or refused', () => {
  const field = fc.constantFrom('*', '*/7', '1', '3-5', '1,2', '?');
  fc.assert(
    fc.property(
      fc.array(field, { minLength: 5, maxLength: 5 }),
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
      (fields, after) => {
        const schedule = parseCron(fields.join(' '), undefined);
        if (schedule === undefined) return;
        const found = nextTimeMs(schedule, after.getTime());
        expect(found === undefined || found > after.getTime()).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
  fc.assert(fc.property(fc.string(), (text) => void parseCron(text, undefined)));
});
