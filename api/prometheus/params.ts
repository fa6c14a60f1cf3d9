/**
 * Parameters of the Prometheus HTTP API, read into our units (Unix milliseconds, milliseconds).
 * Texts of errors are those of Prometheus' `web/api/v1/api.go`.
 */
import type { Context } from 'hono';
import { DurationError, parseDurationMs } from '../../model/duration.ts';
import { quoteGo } from '../../model/labels.ts';
import { ApiError, invalidParameter } from './api-error.ts';

/** A form larger than this is refused: Prometheus' own bound for POST bodies. */
const FORM_BYTES_MAX = 10 * 1024 * 1024;

/** Query string and form body together, the body's values first, as Go's `Request.Form`. */
export class Params {
  readonly #search: URLSearchParams;

  constructor(search: URLSearchParams) {
    this.#search = search;
  }

  /** '' when the parameter is absent. */
  get(name: string): string {
    return this.#search.get(name) ?? '';
  }

  all(name: string): readonly string[] {
    return this.#search.getAll(name);
  }

  timeMs(name: string, fallbackMs: number): number {
    const text = this.get(name);
    if (text === '') return fallbackMs;
    const timeMs = parseTimeMs(text);
    if (timeMs === undefined) {
      const problem = `cannot parse ${quoteGo(text)} to a valid timestamp`;
      throw invalidParameter(name, `invalid time value for '${name}': ${problem}`);
    }
    return timeMs;
  }

  requiredTimeMs(name: string): number {
    const text = this.get(name);
    const timeMs = parseTimeMs(text);
    if (timeMs === undefined) {
      throw invalidParameter(name, `cannot parse ${quoteGo(text)} to a valid timestamp`);
    }
    return timeMs;
  }

  durationMs(name: string): number {
    const result = parseApiDurationMs(this.get(name));
    if (typeof result === 'string') throw invalidParameter(name, result);
    return result;
  }

  /** 0 means no limit. */
  limit(): number {
    const text = this.get('limit');
    if (text === '') return 0;
    if (!/^[+-]?\d+$/.test(text)) {
      throw invalidParameter('limit', `strconv.Atoi: parsing ${quoteGo(text)}: invalid syntax`);
    }
    const limit = Number(text);
    if (!Number.isSafeInteger(limit)) {
      throw invalidParameter('limit', `strconv.Atoi: parsing ${quoteGo(text)}: value out of range`);
    }
    if (limit < 0) throw invalidParameter('limit', 'limit must be non-negative');
    return limit;
  }
}

/** Earliest and latest time a request may leave open; Prometheus' `MinTime` and `MaxTime`. */
export const MIN_TIME_MS = -9_223_309_901_257_974;
export const MAX_TIME_MS = 9_223_309_901_257_974;
const MIN_TIME_TEXT = '-292273086-05-16T16:47:06Z';
const MAX_TIME_TEXT = '292277025-08-18T07:12:54.999999999Z';

const FLOAT = /^[+-]?(\d+(_\d+)*\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** @param text seconds or RFC 3339; undefined when it is neither */
export function parseTimeMs(text: string): number | undefined {
  if (FLOAT.test(text)) {
    const timeMs = Math.round(Number(text.replaceAll('_', '')) * 1000);
    return Number.isFinite(timeMs) ? clampTimeMs(timeMs) : undefined;
  }
  if (text === MIN_TIME_TEXT) return MIN_TIME_MS;
  if (text === MAX_TIME_TEXT) return MAX_TIME_MS;
  const [isDate, year, month, day] = RFC3339.exec(text) ?? [];
  if (isDate === undefined) return undefined;
  // JavaScript takes the 30th of February for the 2nd of March.
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) > lastDay) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function clampTimeMs(timeMs: number): number {
  return Math.min(MAX_TIME_MS, Math.max(MIN_TIME_MS, timeMs));
}

/** Milliseconds, or the text of what is wrong. Fractions of a millisecond are cut off. */
export function parseApiDurationMs(text: string): number | string {
  const unparsable = `cannot parse ${quoteGo(text)} to a valid duration`;
  if (FLOAT.test(text)) {
    const durationMs = Number(text.replaceAll('_', '')) * 1000;
    if (!Number.isFinite(durationMs)) return unparsable;
    const limitMs = 9_223_372_036_854.775;
    if (Math.abs(durationMs) > limitMs) return `${unparsable}. It overflows int64`;
    return Math.trunc(Number(durationMs.toFixed(6)));
  }
  try {
    return parseDurationMs(text);
  } catch (error) {
    if (error instanceof DurationError) return unparsable;
    throw error;
  }
}

/** @throws ApiError for a form that is too large or not a form */
export async function readParams(c: Context): Promise<Params> {
  const search = new URL(c.req.url).searchParams;
  if (c.req.method !== 'POST' && c.req.method !== 'PUT') return new Params(search);
  const type = c.req.header('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return new Params(search);
  const length = Number(c.req.header('content-length') ?? 0);
  if (length > FORM_BYTES_MAX) throw new ApiError('bad_data', 'http: request body too large');
  const body = await c.req.text();
  if (body.length > FORM_BYTES_MAX) throw new ApiError('bad_data', 'http: request body too large');
  const form = new URLSearchParams(body);
  for (const [name, value] of search) form.append(name, value);
  return new Params(form);
}
