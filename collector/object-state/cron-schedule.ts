/**
 * Schedules of CronJobs: five fields (minute, hour, day of month, month, day of week), the
 * abbreviations (`@daily`), `@every 1h`, a time zone before them (`CRON_TZ=Asia/Tokyo`). Without a
 * zone, UTC.
 */

export type CronSchedule = FieldSchedule | { readonly everyMs: number };

interface FieldSchedule {
  readonly minutes: Field;
  readonly hours: Field;
  readonly days: Field;
  readonly months: Field;
  readonly weekdays: Field;
  readonly zone: Intl.DateTimeFormat | undefined;
}

interface Field {
  /** Ascending. */
  readonly values: readonly number[];
  /** `*` or `?` is among its parts: the field alone restricts nothing. */
  readonly isStar: boolean;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const MINUTE: Bounds = { min: 0, max: 59 };
const HOUR: Bounds = { min: 0, max: 23 };
const DAY: Bounds = { min: 1, max: 31 };
const MONTH: Bounds = { min: 1, max: 12, names: MONTHS };
const WEEKDAY: Bounds = { min: 0, max: 6, names: WEEKDAYS };

const ABBREVIATIONS = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const DAY_MS = 86_400_000;
/** A schedule without a time in the next five years has none. */
const DAYS_MAX = 5 * 366;

/** @returns undefined for a text that is no schedule, or a zone that is none */
export function parseCron(
  text: string,
  timeZone: string | null | undefined,
): CronSchedule | undefined {
  const spec = (timeZone ? `CRON_TZ=${timeZone} ${text}` : text).trim();
  const prefix = /^(?:CRON_)?TZ=(\S+)\s+/.exec(spec);
  const zone = prefix === null ? undefined : zoneOf(prefix[1] as string);
  if (prefix !== null && zone === undefined) return undefined;
  const rest = spec.slice(prefix?.[0].length ?? 0).trim();
  if (rest.startsWith('@every ')) {
    const everyMs = durationMs(rest.slice('@every '.length).trim());
    return everyMs === undefined ? undefined : { everyMs };
  }
  const fields = (ABBREVIATIONS.get(rest) ?? rest).split(/\s+/);
  if (fields.length !== 5) return undefined;
  const bounds = [MINUTE, HOUR, DAY, MONTH, WEEKDAY];
  const parsed = fields.map((field, at) => parseField(field, bounds[at] as Bounds));
  const [minutes, hours, days, months, weekdays] = parsed;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  return { minutes, hours, days, months, weekdays, zone };
}

/** The first time after `afterMs`; undefined when there is none. */
export function nextTimeMs(schedule: CronSchedule, afterMs: number): number | undefined {
  if ('everyMs' in schedule) return Math.floor(afterMs / 1000) * 1000 + schedule.everyMs;
  const { zone } = schedule;
  const firstDayMs = floorDay(afterMs + offsetMs(zone, afterMs));
  for (let day = 0; day <= DAYS_MAX; day++) {
    const dayMs = firstDayMs + day * DAY_MS;
    if (!matchesDay(schedule, new Date(dayMs))) continue;
    const found = firstOfDay(schedule, dayMs, afterMs);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param dayMs midnight as the zone's clocks show it */
function firstOfDay(schedule: FieldSchedule, dayMs: number, afterMs: number): number | undefined {
  const { zone, hours, minutes } = schedule;
  // Clocks may be set on this day: then a time may be missing, or come twice.
  const offsets = [
    ...new Set([offsetMs(zone, dayMs - DAY_MS), offsetMs(zone, dayMs + 2 * DAY_MS)]),
  ];
  let first: number | undefined;
  for (const hour of hours.values) {
    for (const minute of minutes.values) {
      const wallMs = dayMs + hour * 3_600_000 + minute * 60_000;
      for (const offset of offsets) {
        const timeMs = wallMs - offset;
        if (timeMs <= afterMs || (first !== undefined && timeMs >= first)) continue;
        if (offsets.length === 1 || offsetMs(zone, timeMs) === offset) first = timeMs;
      }
      if (first !== undefined && offsets.length === 1) return first;
    }
  }
  return first;
}

/** With both day fields given, one of them is enough. */
function matchesDay({ days, months, weekdays }: FieldSchedule, day: Date): boolean {
  if (!months.values.includes(day.getUTCMonth() + 1)) return false;
  const isDay = days.values.includes(day.getUTCDate());
  const isWeekday = weekdays.values.includes(day.getUTCDay());
  return days.isStar || weekdays.isStar ? isDay && isWeekday : isDay || isWeekday;
}

function parseField(text: string, bounds: Bounds): Field | undefined {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(',')) {
    const range = parseRange(part, bounds);
    if (range === undefined) return undefined;
    isStar ||= range.isStar;
    for (let value = range.start; value <= range.end; value += range.step) values.add(value);
  }
  return { values: [...values].toSorted((a, b) => a - b), isStar };
}

function parseRange(part: string, bounds: Bounds) {
  const match = /^(\*|\?|[a-zA-Z0-9]+)(?:-([a-zA-Z0-9]+))?(?:\/(\d+))?$/.exec(part);
  if (match === null) return undefined;
  const [, from = '', to, stepText] = match;
  const isStarText = from === '*' || from === '?';
  const step = stepText === undefined ? 1 : Number(stepText);
  const start = isStarText ? bounds.min : valueOf(from, bounds);
  let end = start;
  if (isStarText || (to === undefined && stepText !== undefined)) end = bounds.max;
  else if (to !== undefined) end = valueOf(to, bounds);
  if (start === undefined || end === undefined || step === 0) return undefined;
  if (isStarText && to !== undefined) return undefined;
  if (start > end || start < bounds.min || end > bounds.max) return undefined;
  // With a step of more than one, a star leaves times out.
  return { start, end, step, isStar: isStarText && step === 1 };
}

function valueOf(text: string, { min, names }: Bounds): number | undefined {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  const place = names?.indexOf(text.toLowerCase()) ?? -1;
  return place < 0 ? undefined : place + min;
}

function zoneOf(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}

/** What the zone's clocks are ahead of UTC. */
function offsetMs(zone: Intl.DateTimeFormat | undefined, timeMs: number): number {
  if (zone === undefined) return 0;
  const parts = new Map(zone.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const wallMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
  );
  return wallMs + part('second') * 1000 - Math.floor(timeMs / 1000) * 1000;
}

function floorDay(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}

const UNIT_MS = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]);

/** A duration of Go, to whole seconds and at least one. */
function durationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return undefined;
  let sumMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    sumMs += Number(amount) * (UNIT_MS.get(unit as string) as number);
  }
  return Math.max(1000, Math.floor(sumMs / 1000) * 1000);
}
