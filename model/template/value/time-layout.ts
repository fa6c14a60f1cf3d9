/** Go's reference layouts: `2006-01-02 15:04:05.999999999 -0700 MST`. */
import { MONTHS, WEEKDAYS } from './calendar.ts';
import type { GoInstant } from './go-instant.ts';

/** What `time.Time.String()` uses. */
export const STRING_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';
export const RFC3339_NANO_LAYOUT = '2006-01-02T15:04:05.999999999Z07:00';

const ELEMENT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2(?!006)|[3-5]|PM|pm|-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07|[.,](?:0+|9+)(?!\d)/g;

/** A layout cut into literal text and elements, in turn; the first is text. */
export function splitLayout(layout: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const match of layout.matchAll(ELEMENT)) {
    parts.push(layout.slice(from, match.index), match[0]);
    from = match.index + match[0].length;
  }
  parts.push(layout.slice(from));
  return parts;
}

export function formatTime(time: GoInstant, layout: string): string {
  return splitLayout(layout)
    .map((part, index) => (index % 2 === 0 ? part : formatElement(time, part)))
    .join('');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function formatElement(time: GoInstant, element: string): string {
  const { year, month, day, yearDay, weekday } = time.date;
  const hour = Math.floor(time.secondOfDay / 3600);
  const minute = Math.floor(time.secondOfDay / 60) % 60;
  const second = time.secondOfDay % 60;
  switch (element) {
    case '2006':
      return year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0');
    case '06':
      return two(((year % 100) + 100) % 100);
    case 'January':
      return MONTHS[month - 1] as string;
    case 'Jan':
      return (MONTHS[month - 1] as string).slice(0, 3);
    case '1':
      return String(month);
    case '01':
      return two(month);
    case 'Monday':
      return WEEKDAYS[weekday] as string;
    case 'Mon':
      return (WEEKDAYS[weekday] as string).slice(0, 3);
    case '2':
      return String(day);
    case '_2':
      return String(day).padStart(2);
    case '02':
      return two(day);
    case '__2':
      return String(yearDay).padStart(3);
    case '002':
      return String(yearDay).padStart(3, '0');
    case '15':
      return two(hour);
    case '3':
      return String(hour % 12 === 0 ? 12 : hour % 12);
    case '03':
      return two(hour % 12 === 0 ? 12 : hour % 12);
    case '4':
      return String(minute);
    case '04':
      return two(minute);
    case '5':
      return String(second);
    case '05':
      return two(second);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return time.abbreviation || formatOffset(time.offsetSeconds, '-0700');
    default:
      return /^[.,]/.test(element)
        ? formatFraction(time.nanosecond, element)
        : formatOffset(time.offsetSeconds, element);
  }
}

/** `.000` keeps its zeros, `.999` drops them, and the point with the last one. */
function formatFraction(nanosecond: number, element: string): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, element.length - 1);
  const kept =
    element[1] === '9' ? digits.replace(/0+$/, '') : digits.padEnd(element.length - 1, '0');
  return kept === '' ? '' : `${element[0]}${kept}`;
}

function formatOffset(offsetSeconds: number, element: string): string {
  if (element.startsWith('Z') && offsetSeconds === 0) return 'Z';
  const minutes = Math.trunc(Math.abs(offsetSeconds) / 60);
  const colon = element.includes(':') ? ':' : '';
  let text = `${offsetSeconds < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}`;
  if (!element.endsWith('07')) text += colon + two(minutes % 60);
  if (/07:?00:?00$/.test(element)) text += colon + two(Math.abs(offsetSeconds) % 60);
  return text;
}
