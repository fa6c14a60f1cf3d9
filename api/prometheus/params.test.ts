import fc from 'fast-check';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import {
  MAX_TIME_MS,
  MIN_TIME_MS,
  Params,
  parseApiDurationMs,
  parseTimeMs,
  readParams,
} from './params.ts';

const params = (text: string): Params => new Params(new URLSearchParams(text));

describe('parseTimeMs', () => {
  test.each([
    ['0', 0],
    ['1.5', 1500],
    ['-1.5', -1500],
    ['1e3', 1_000_000],
    ['1_000', 1_000_000],
    ['1435781451.781', 1_435_781_451_781],
    ['2015-07-01T20:10:51.781Z', 1_435_781_451_781],
    ['2015-07-01T22:10:51.781+02:00', 1_435_781_451_781],
    ['2015-07-01T20:10:51.781999999Z', 1_435_781_451_781],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['-292273086-05-16T16:47:06Z', MIN_TIME_MS],
    ['292277025-08-18T07:12:54.999999999Z', MAX_TIME_MS],
    ['1e300', MAX_TIME_MS],
  ])('%s', (text, timeMs) => {
    expect(parseTimeMs(text)).toBe(timeMs);
  });

  test.each([
    '',
    'now',
    '1s',
    'NaN',
    'Inf',
    '1__0',
    '_1',
    '0x10',
    ' 1',
    '2015-07-01',
    '2015-07-01T20:10:51',
    '2015-13-01T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2015-07-01T25:00:00Z',
    '1e400',
  ])('%j is no time', (text) => {
    expect(parseTimeMs(text)).toBeUndefined();
  });

  test('any whole millisecond comes back from its seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4e12, max: 4e12 }), (timeMs) => {
        expect(parseTimeMs((timeMs / 1000).toFixed(3)) ?? Number.NaN).toBe(
          timeMs === 0 ? 0 : timeMs,
        );
      }),
    );
  });
});

describe('parseApiDurationMs', () => {
  test.each([
    ['1', 1000],
    ['0.25', 250],
    ['1.0005', 1000],
    ['1h30m', 5_400_000],
    ['5ms', 5],
  ])('%s', (text, durationMs) => {
    expect(parseApiDurationMs(text)).toBe(durationMs);
  });

  test.each([
    ['', 'cannot parse "" to a valid duration'],
    ['1m1h', 'cannot parse "1m1h" to a valid duration'],
    ['-5m', 'cannot parse "-5m" to a valid duration'],
    ['1e10', 'cannot parse "1e10" to a valid duration. It overflows int64'],
    ['1e400', 'cannot parse "1e400" to a valid duration'],
  ])('%j is none', (text, problem) => {
    expect(parseApiDurationMs(text)).toBe(problem);
  });
});

describe('parameters', () => {
  test.each([
    [
      'start=x',
      () => params('start=x').timeMs('start', 0),
      `invalid parameter "start": invalid time value for 'start': cannot parse "x" to a valid timestamp`,
    ],
    [
      'no start',
      () => params('').requiredTimeMs('start'),
      'invalid parameter "start": cannot parse "" to a valid timestamp',
    ],
    [
      'step=x',
      () => params('step=x').durationMs('step'),
      'invalid parameter "step": cannot parse "x" to a valid duration',
    ],
    [
      'limit=x',
      () => params('limit=x').limit(),
      'invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax',
    ],
    [
      'limit=-1',
      () => params('limit=-1').limit(),
      'invalid parameter "limit": limit must be non-negative',
    ],
    [
      'limit=1e99',
      () => params(`limit=${'9'.repeat(30)}`).limit(),
      `invalid parameter "limit": strconv.Atoi: parsing "${'9'.repeat(30)}": value out of range`,
    ],
  ])('%s: the text is that of Prometheus', (_name, read, text) => {
    expect(read).toThrow(new ApiError('bad_data', text));
  });

  const app = new Hono();
  app.on(['GET', 'POST'], '/', async (c) => {
    const found = await readParams(c);
    return c.json([found.get('a'), found.all('a')]);
  });
  app.onError((error, c) => c.text(error.message, 400));
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  test('a form comes before the query string', async () => {
    const response = await app.request('/?a=1', { method: 'POST', headers: form, body: 'a=2&a=3' });

    expect(await response.json()).toEqual(['2', ['2', '3', '1']]);
  });

  test('a body of another type is no form', async () => {
    const headers = { 'content-type': 'text/plain' };
    const response = await app.request('/?a=1', { method: 'POST', headers, body: 'a=2' });

    expect(await response.json()).toEqual(['1', ['1']]);
  });

  test('a form has a bound', async () => {
    const body = `a=${'x'.repeat(10 * 1024 * 1024)}`;
    const response = await app.request('/', { method: 'POST', headers: form, body });

    expect([response.status, await response.text()]).toEqual([400, 'http: request body too large']);
  });
});
