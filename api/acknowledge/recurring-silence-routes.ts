/** `/silences/recurring`: silences that come again each week. */
import { Hono } from 'hono';
import { parseWeekdayRange, TimeRangeError } from '../../config/alertmanager/parse-time-range.ts';
import type {
  RecurringSilence,
  RecurringSilences,
  WeeklyWindow,
} from '../../notify/recurring-silences.ts';
import { SilenceError } from '../../notify/silence.ts';
import { parseJsonBody } from '../back-test/back-test-request.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';
import { readMatchers } from './read-matchers.ts';

export interface RecurringSilenceDeps {
  readonly recurring: RecurringSilences;
}

const BODY_LENGTH_MAX = 64 * 1024;
const WINDOWS_MAX = 50;
const DAY_MINUTES = 1440;
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

type Body = Readonly<Record<string, unknown>>;

export function recurringSilenceRoutes({ recurring }: RecurringSilenceDeps): Hono {
  const app = new Hono();
  const shown = (one: RecurringSilence) => ({
    ...one,
    windows: one.windows.map(windowJson),
    silences: recurring.madeBy(one.id).map(({ id, startsAtMs, endsAtMs }) => {
      return { id, startsAt: timeText(startsAtMs), endsAt: timeText(endsAtMs) };
    }),
  });
  app.get('/silences/recurring', (c) => success(c, { recurring: recurring.list().map(shown) }));
  app.post('/silences/recurring', async (c) => {
    const text = await c.req.text();
    if (text.length > BODY_LENGTH_MAX) throw bad('the body is too large');
    try {
      return success(c, shown(await recurring.add(readRecurring(parseJsonBody(text) as Body))));
    } catch (error) {
      if (error instanceof SilenceError) throw bad(error.message);
      throw error;
    }
  });
  app.delete('/silences/recurring/:id', async (c) => {
    const { id } = c.req.param();
    if (await recurring.delete(id, c.req.query('createdBy') ?? '')) return success(c, { id });
    throw new ApiError('not_found', `there is no recurring silence ${id}`);
  });
  return app;
}

/** @throws ApiError */
function readRecurring(body: Body): Omit<RecurringSilence, 'id'> {
  const { createdBy, comment = '', timezone, windows } = body;
  if (typeof createdBy !== 'string' || createdBy === '') throw bad('createdBy is missing');
  if (typeof comment !== 'string') throw bad('comment is no text');
  if (!Array.isArray(windows) || windows.length === 0 || windows.length > WINDOWS_MAX) {
    throw bad(`windows is a list of 1 to ${WINDOWS_MAX}`);
  }
  const matchers = readMatchers(body['matchers']).map(({ type, name, value }) => {
    return { type, name, value };
  });
  return {
    matchers,
    createdBy,
    comment,
    timezone: readZone(timezone),
    windows: windows.map(readWindow),
  };
}

function readZone(zone: unknown): string | undefined {
  if (zone === undefined || zone === 'UTC') return undefined;
  try {
    if (typeof zone === 'string') {
      Intl.DateTimeFormat('en', { timeZone: zone });
      return zone;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw bad('timezone is no name such as Europe/Berlin');
}

/** `{days: ["monday:friday"], start: "22:00", end: "06:00"}`; an end before the start is tomorrow's. */
function readWindow(item: unknown): WeeklyWindow {
  const { days, start, end } = (typeof item === 'object' && item !== null ? item : {}) as Body;
  if (!Array.isArray(days) || days.length === 0) throw bad('days is a list, such as ["monday"]');
  try {
    const weekdays = days.map((day) => parseWeekdayRange(String(day)));
    const startMinute = readMinute(start, 'start');
    if (startMinute === DAY_MINUTES) throw bad('start is 00:00 of the next day');
    const minutes = readMinute(end, 'end') - startMinute;
    return { weekdays, startMinute, minutes: minutes > 0 ? minutes : minutes + DAY_MINUTES };
  } catch (error) {
    if (error instanceof TimeRangeError) throw bad(error.message);
    throw error;
  }
}

function readMinute(text: unknown, name: string): number {
  const [isTime, hour, minute] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(String(text)) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  if (isTime === undefined || minutes > DAY_MINUTES) throw bad(`${name} is no time such as 22:00`);
  return minutes;
}

function windowJson({ weekdays, startMinute, minutes }: WeeklyWindow) {
  const name = (day: number): string => WEEKDAYS[day] ?? '';
  return {
    days: weekdays.map(({ begin, end }) => {
      return begin === end ? name(begin) : `${name(begin)}:${name(end)}`;
    }),
    start: minuteText(startMinute),
    end: minuteText((startMinute + minutes) % DAY_MINUTES),
  };
}

function minuteText(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0')).join(':');
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function bad(message: string): ApiError {
  return new ApiError('bad_data', message);
}
