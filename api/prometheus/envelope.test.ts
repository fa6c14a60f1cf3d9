import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { StoreUnavailableError } from '../../model/sink.ts';
import { ApiError, type ErrorType } from './api-error.ts';
import { errorResponse, success } from './envelope.ts';

async function answerTo(thrown: Error): Promise<{ response: Response; bugs: unknown[] }> {
  const bugs: unknown[] = [];
  const app = new Hono();
  app.get('/', () => {
    throw thrown;
  });
  app.onError((error, c) => errorResponse(c, error, (bug) => bugs.push(bug)));
  return { response: await app.request('/'), bugs };
}

test.each<[ErrorType, number]>([
  ['bad_data', 400],
  ['not_found', 404],
  ['not_acceptable', 406],
  ['execution', 422],
  ['too_many_requests', 429],
  ['canceled', 499],
  ['internal', 500],
  ['timeout', 503],
  ['unavailable', 503],
])('%s is answered with %d and its text', async (errorType, status) => {
  const { response, bugs } = await answerTo(new ApiError(errorType, 'why'));

  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({ status: 'error', errorType, error: 'why' });
  expect(bugs).toEqual([]);
});

test('a bug is handed on, and its text stays here', async () => {
  const bug = new TypeError('secret of line 7');
  const { response, bugs } = await answerTo(bug);

  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret');
  expect(bugs).toEqual([bug]);
});

test('a store that cannot answer now says when to come again, in whole seconds', async () => {
  const { response, bugs } = await answerTo(new StoreUnavailableError('starting', 1500));

  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  expect(bugs).toEqual([]);
});

test('of many warnings and infos ten are sent, and how many there are more', async () => {
  const app = new Hono();
  const texts = Array.from({ length: 13 }, (_, at) => `text ${at}`);
  app.get('/', (c) => success(c, 1, { warnings: texts, infos: texts.slice(0, 10) }));

  const { warnings, infos } = (await (await app.request('/')).json()) as Record<string, string[]>;

  expect(warnings).toEqual([...texts.slice(0, 10), '3 more warning annotations omitted']);
  expect(infos).toEqual(texts.slice(0, 10));
});

test('without warnings and infos there are no such fields', async () => {
  const app = new Hono();
  app.get('/', (c) => success(c, [], { warnings: [] }));

  expect(await (await app.request('/')).text()).toBe('{"status":"success","data":[]}');
});
