/** Go's `time.ParseInLocation`. */
import { quoteGo } from '../../labels.ts';
import { FunctionError } from '../template-error.ts';
import { daysInMonth, MONTHS, WEEKDAYS } from './calendar.ts';
import { GoInstant } from './go-instant.ts';
import { fixedZone, type GoZone, UTC_ZONE } from './go-zone.ts';
import { splitLayout } from './time-layout.ts';

interface Fields {
  year: number;
  month: number | undefined;
  day: number | undefined;
  yearDay: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
  isPm: boolean | undefined;
  offsetSeconds: number | undefined;
  isUtc: boolean;
  abbreviation: string | undefined;
}

/** Text that an element cannot be read from. */
class Mismatch extends Error {
  readonly problem: string;
  constructor(problem = '') {
    super();
    this.problem = problem;
  }
}

/** @throws FunctionError `parsing time "…" as "…": cannot parse "…" as "…"` */
export function parseTime(layout: string, value: string, zone: GoZone): GoInstant {
  const parts = splitLayout(layout);
  const fields: Fields = {
    year: 0,
    month: undefined,
    day: undefined,
    yearDay: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanos: 0,
    isPm: undefined,
    offsetSeconds: undefined,
    isUtc: false,
    abbreviation: undefined,
  };
  let rest = value;
  for (let index = 0; index < parts.length; index += 2) {
    const literal = parts[index] as string;
    const element = parts[index + 1];
    const afterLiteral = skipLiteral(rest, literal);
    if (afterLiteral === undefined) {
      const shown = literal + (element === undefined ? '' : parts.slice(index + 1).join(''));
      throw cannotParse(layout, value, rest, shownLiteral(literal, shown));
    }
    rest = afterLiteral;
    if (element === undefined) break;
    try {
      rest = readElement(fields, element, rest, parts[index + 3]);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      if (error.problem !== '') throw outOfRange(value, error.problem);
      throw cannotParse(layout, value, rest, element);
    }
  }
  if (rest !== '') {
    throw new FunctionError(`parsing time ${quoteGo(value)}: extra text: ${quoteGo(rest)}`);
  }
  return assemble(fields, value, zone);
}

function shownLiteral(literal: string, shown: string): string {
  return literal === '' ? shown : literal;
}

function cannotParse(layout: string, value: string, rest: string, element: string): FunctionError {
  return new FunctionError(
    `parsing time ${quoteGo(value)} as ${quoteGo(layout)}: cannot parse ${quoteGo(rest)} as ${quoteGo(element)}`,
  );
}

function outOfRange(value: string, what: string): FunctionError {
  return new FunctionError(`parsing time ${quoteGo(value)}: ${what} out of range`);
}

/** Spaces of a layout match any number of spaces, none included. */
function skipLiteral(text: string, literal: string): string | undefined {
  let rest = text;
  for (let at = 0; at < literal.length; at++) {
    if (literal[at] === ' ') {
      if (rest !== '' && rest[0] !== ' ') return undefined;
      while (literal[at + 1] === ' ') at++;
      rest = rest.replace(/^ +/, '');
    } else if (rest[0] === literal[at]) rest = rest.slice(1);
    else return undefined;
  }
  return rest;
}

function take(pattern: RegExp, text: string): [string, string] {
  const match = pattern.exec(text);
  if (match === null) throw new Mismatch();
  return [match[0], text.slice(match[0].length)];
}

function takeName(names: readonly string[], text: string, length?: number): [number, string] {
  const lower = text.toLowerCase();
  for (const [index, full] of names.entries()) {
    const name = full.slice(0, length).toLowerCase();
    if (lower.startsWith(name)) return [index, text.slice(name.length)];
  }
  throw new Mismatch();
}

const ONE_OR_TWO = /^\d\d?/;
const TWO = /^\d\d/;

function readElement(
  fields: Fields,
  element: string,
  text: string,
  following: string | undefined,
): string {
  const number = (pattern: RegExp, input = text): [number, string] => {
    const [digits, rest] = take(pattern, input);
    return [Number(digits), rest];
  };
  let value: number;
  let rest: string;
  switch (element) {
    case '06':
      [value, rest] = number(TWO);
      fields.year = value >= 69 ? value + 1900 : value + 2000;
      return rest;
    case '2006':
      [fields.year, rest] = number(/^\d{4}/);
      return rest;
    case 'January':
    case 'Jan':
      [value, rest] = takeName(MONTHS, text, element === 'Jan' ? 3 : undefined);
      fields.month = value + 1;
      return rest;
    case '1':
    case '01':
      [value, rest] = number(element === '1' ? ONE_OR_TWO : TWO);
      if (value <= 0 || value > 12) throw new Mismatch('month');
      fields.month = value;
      return rest;
    case 'Monday':
    case 'Mon':
      return takeName(WEEKDAYS, text, element === 'Mon' ? 3 : undefined)[1];
    case '2':
    case '_2':
    case '02':
      [fields.day, rest] = number(
        element === '02' ? TWO : ONE_OR_TWO,
        element === '_2' ? text.replace(/^ /, '') : text,
      );
      return rest;
    case '__2':
    case '002':
      [fields.yearDay, rest] = number(
        /^\d{3}/,
        text.replace(/^ {1,2}/, (s) => '0'.repeat(s.length)),
      );
      return rest;
    case '15':
      [value, rest] = number(ONE_OR_TWO);
      if (value >= 24) throw new Mismatch('hour');
      fields.hour = value;
      return rest;
    case '3':
    case '03':
      [value, rest] = number(element === '3' ? ONE_OR_TWO : TWO);
      if (value > 12) throw new Mismatch('hour');
      fields.hour = value;
      return rest;
    case '4':
    case '04':
      [value, rest] = number(element === '4' ? ONE_OR_TWO : TWO);
      if (value >= 60) throw new Mismatch('minute');
      fields.minute = value;
      return rest;
    case '5':
    case '05':
      [value, rest] = number(element === '5' ? ONE_OR_TWO : TWO);
      if (value >= 60) throw new Mismatch('second');
      fields.second = value;
      // A fraction may follow though the layout has none.
      return /^[.,]\d/.test(rest) && !/^[.,]/.test(following ?? '')
        ? readFraction(fields, rest)
        : rest;
    case 'PM':
    case 'pm': {
      const [half, after] = take(element === 'PM' ? /^[AP]M/ : /^[ap]m/, text);
      fields.isPm = half.toUpperCase() === 'PM';
      return after;
    }
    case 'MST':
      [fields.abbreviation, rest] = take(/^(?:UTC|GMT[+-]\d{1,2}|[A-Z]{3,5}|[+-]\d\d)/, text);
      if (fields.abbreviation === 'UTC') fields.isUtc = true;
      return rest;
    default:
      if (/^[.,]9/.test(element)) return /^[.,]\d/.test(text) ? readFraction(fields, text) : text;
      if (/^[.,]/.test(element)) return readExactFraction(fields, text, element.length);
      return readOffset(fields, element, text);
  }
}

function readFraction(fields: Fields, text: string): string {
  const [digits, rest] = take(/^[.,]\d+/, text);
  fields.nanos = Number(digits.slice(1, 10).padEnd(9, '0'));
  return rest;
}

function readExactFraction(fields: Fields, text: string, length: number): string {
  if (!new RegExp(`^[.,]\\d{${length - 1}}`).test(text)) throw new Mismatch();
  readFraction(fields, text.slice(0, length));
  return text.slice(length);
}

function readOffset(fields: Fields, element: string, text: string): string {
  if (element.startsWith('Z') && text.startsWith('Z')) {
    fields.isUtc = true;
    return text.slice(1);
  }
  const colon = element.includes(':') ? ':' : '';
  const groups = (element.match(/07|00/g) ?? []).length;
  const pattern = new RegExp(`^[+-]\\d\\d${`${colon}\\d\\d`.repeat(groups - 1)}`);
  const [offset, rest] = take(pattern, text);
  const [hours = 0, minutes = 0, seconds = 0] = (offset.match(/\d\d/g) ?? []).map(Number);
  if (hours > 24) throw new Mismatch('time zone offset hour');
  if (minutes > 60) throw new Mismatch('time zone offset minute');
  const total = hours * 3600 + minutes * 60 + seconds;
  fields.offsetSeconds = offset.startsWith('-') ? -total : total;
  return rest;
}

function assemble(fields: Fields, value: string, zone: GoZone): GoInstant {
  let { hour } = fields;
  if (fields.isPm === true && hour < 12) hour += 12;
  if (fields.isPm === false && hour === 12) hour = 0;
  const [month, day] = monthAndDay(fields, value);
  const at = [fields.year, month, day] as const;
  const secondOfDay = hour * 3600 + fields.minute * 60 + fields.second;
  return GoInstant.fromCivil(at, secondOfDay, fields.nanos, zoneOf(fields, zone));
}

function monthAndDay(fields: Fields, value: string): [number, number] {
  if (fields.yearDay !== undefined) {
    const days = daysInMonth(fields.year, 2) + 337;
    if (fields.yearDay < 1 || fields.yearDay > days) throw outOfRange(value, 'day-of-year');
    return [1, fields.yearDay];
  }
  const month = fields.month ?? 1;
  const day = fields.day ?? 1;
  if (day < 1 || day > daysInMonth(fields.year, month)) throw outOfRange(value, 'day');
  return [month, day];
}

function zoneOf(fields: Fields, zone: GoZone): GoZone {
  if (fields.isUtc) return UTC_ZONE;
  if (fields.offsetSeconds !== undefined) {
    const isLocal =
      fields.offsetSeconds === 0 && zone === UTC_ZONE && fields.abbreviation === undefined;
    return isLocal ? UTC_ZONE : fixedZone(fields.abbreviation ?? '', fields.offsetSeconds);
  }
  if (fields.abbreviation === undefined) return zone;
  const gmt = /^GMT([+-]\d+)$/.exec(fields.abbreviation);
  return fixedZone(fields.abbreviation, gmt === null ? 0 : Number(gmt[1]) * 3600);
}
