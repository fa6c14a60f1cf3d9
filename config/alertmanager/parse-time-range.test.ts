import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GoDurationError, parseGoDurationMs } from './go-duration.ts';
import {
  parseDayOfMonthRange,
  parseMinuteRange,
  parseMonthRange,
  parseWeekdayRange,
  parseYearRange,
  TimeRangeError,
} from './parse-time-range.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('1', '-', ':', '31', 'may', 'monday', ' ', '0', '24:00', 'h', '.', 'µs'))
    .map((parts) => parts.join('')),
);

describe('ranges', () => {
  test('whatever the text, it is read in order or refused with TimeRangeError', () => {
    for (const parse of [
      parseDayOfMonthRange,
      parseMonthRange,
      parseWeekdayRange,
      parseYearRange,
    ]) {
      fc.assert(
        fc.property(anyText, (text) => {
          try {
            const { begin, end } = parse(text);
            expect(Number.isInteger(begin) && Number.isInteger(end)).toBe(true);
            if (begin > 0 && end > 0) expect(begin).toBeLessThanOrEqual(end);
          } catch (error) {
            expect(error).toBeInstanceOf(TimeRangeError);
          }
        }),
      );
    }
  });

  test('names without regard to case, one day as a range of one', () => {
    expect(parseWeekdayRange('Saturday')).toEqual({ begin: 6, end: 6 });
    expect(parseMonthRange('jAnuary:3')).toEqual({ begin: 1, end: 3 });
    expect(() => parseWeekdayRange('saturday:monday')).toThrow(
      'start day cannot be before end day',
    );
  });

  test('times of day: HH:MM, to 24:00', () => {
    expect(parseMinuteRange('00:00', '24:00')).toEqual({ startMinute: 0, endMinute: 1440 });
    for (const bad of ['9:00', '24:01', '12:60', '', '12:00:00', ' 12:00']) {
      expect(() => parseMinuteRange('00:00', bad), bad).toThrow(TimeRangeError);
    }
  });
});

describe('parseGoDurationMs', () => {
  test('reads what Go reads', () => {
    const f = (text: string, wantMs: number) => expect(parseGoDurationMs(text)).toBeCloseTo(wantMs);
    f('0', 0);
    f('1h30m', 5_400_000);
    f('1.5h', 5_400_000);
    f('-.5s', -500);
    f('100us', 0.1);
    f('2µs', 0.002);
  });

  test('refuses what Go refuses, in its words', () => {
    expect(() => parseGoDurationMs('')).toThrow('time: invalid duration ""');
    expect(() => parseGoDurationMs('5')).toThrow('time: missing unit in duration "5"');
    expect(() => parseGoDurationMs('1d')).toThrow('time: unknown unit "d" in duration "1d"');
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          expect(Number.isFinite(parseGoDurationMs(text))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(GoDurationError);
        }
      }),
    );
  });
});
