/** The texts within time intervals: times of day, and ranges of days, months and years. */
import type { InclusiveRange, MinuteRange } from './types.ts';

/** A text that is no range; the message is Alertmanager's. */
export class TimeRangeError extends Error {
  override readonly name = 'TimeRangeError';
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const DAY_OF_MONTH_MAX = 31;
/** The shortest month: what is in order there is in order everywhere. */
const DAYS_IN_SHORTEST_MONTH = 28;
const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const MINUTES_PER_DAY = 24 * 60;

/** @throws TimeRangeError */
export function parseMinuteRange(startTime: string, endTime: string): MinuteRange {
  if (startTime === '' || endTime === '') {
    throw new TimeRangeError('both start and end times must be provided');
  }
  const startMinute = parseMinute(startTime);
  const endMinute = parseMinute(endTime);
  if (startMinute >= endMinute) {
    throw new TimeRangeError('start time cannot be equal or greater than end time');
  }
  return { startMinute, endMinute };
}

function parseMinute(text: string): number {
  const match = TIME.exec(text);
  if (match === null) {
    throw new TimeRangeError(`couldn't parse timestamp ${text}, invalid format`);
  }
  return match[1] === undefined ? MINUTES_PER_DAY : Number(match[1]) * 60 + Number(match[2]);
}

/** 0 is Sunday. @throws TimeRangeError */
export function parseWeekdayRange(text: string): InclusiveRange {
  const range = parseRange(text, (member) => {
    const day = DAYS.indexOf(member);
    if (day < 0) throw new TimeRangeError(`${member} is not a valid weekday`);
    return day;
  });
  if (range.begin > range.end) throw new TimeRangeError('start day cannot be before end day');
  return range;
}

/** Below 0: from the end of the month. @throws TimeRangeError */
export function parseDayOfMonthRange(text: string): InclusiveRange {
  const { begin, end } = parseRange(text, parseInteger);
  for (const day of [begin, end]) {
    if (day === 0 || Math.abs(day) > DAY_OF_MONTH_MAX) {
      throw new TimeRangeError(`${day} is not a valid day of the month: out of range`);
    }
  }
  if (begin < 0 && end > 0) {
    throw new TimeRangeError('end day must be negative if start day is negative');
  }
  const fromStart = (day: number): number => (day < 0 ? DAYS_IN_SHORTEST_MONTH + day : day);
  if (fromStart(begin) > fromStart(end)) {
    throw new TimeRangeError(`end day ${end} is always before start day ${begin}`);
  }
  return { begin, end };
}

/** By name or number. @throws TimeRangeError */
export function parseMonthRange(text: string): InclusiveRange {
  const range = parseRange(text, (member) => {
    const month = MONTHS.indexOf(member) + 1;
    if (month > 0) return month;
    if (!/^[+-]?\d+$/.test(member)) throw new TimeRangeError(`${member} is not a valid month`);
    return Number(member);
  });
  if (range.begin > range.end) {
    const name = (month: number): string => MONTHS[month - 1] ?? '';
    const text2 = `end month ${name(range.end)} is before start month ${name(range.begin)}`;
    throw new TimeRangeError(text2);
  }
  return range;
}

/** @throws TimeRangeError */
export function parseYearRange(text: string): InclusiveRange {
  const range = parseRange(text, parseInteger);
  if (range.begin > range.end) {
    throw new TimeRangeError(`end year ${range.end} is before start year ${range.begin}`);
  }
  return range;
}

function parseRange(text: string, parseMember: (text: string) => number): InclusiveRange {
  const parts = text.toLowerCase().split(':');
  const [first = '', last] = parts;
  if (parts.length > 2) {
    throw new TimeRangeError(`couldn't parse range ${text.toLowerCase()}, invalid format`);
  }
  const begin = parseMember(first);
  return { begin, end: last === undefined ? begin : parseMember(last) };
}

function parseInteger(text: string): number {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new TimeRangeError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
}
