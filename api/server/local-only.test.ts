import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { localOnly } from './local-only.ts';

const app = new Hono();
app.use(localOnly(new Set(['watch.example'])));
app.all('/', (c) => c.text('in'));

async function ask(method: string, headers: Record<string, string>): Promise<number> {
  return (await app.request('/', { method, headers })).status;
}

test.each([
  'localhost',
  'localhost:9393',
  '127.0.0.1:9393',
  '127.8.9.1',
  '[::1]:9393',
  'watch.example:80',
])('the host %s is ours', async (host) => {
  expect(await ask('GET', { host })).toBe(200);
});

test.each([
  'evil.example',
  'evil.example:9393',
  '10.0.0.1',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  '',
])('the host %j is not', async (host) => {
  expect(await ask('GET', { host })).toBe(421);
});

test.each([
  ['POST', 'http://evil.example', 403],
  ['PUT', 'null', 403],
  ['DELETE', 'https://127.0.0.1.evil.example', 403],
  ['POST', 'http://localhost:3000', 200],
  ['POST', 'https://watch.example', 200],
  ['GET', 'http://evil.example', 200],
])('%s from a page of %s: %d', async (method, origin, status) => {
  expect(await ask(method, { host: 'localhost', origin })).toBe(status);
});

test('a request that changes something needs no origin when no browser sends it', async () => {
  expect(await ask('POST', { host: 'localhost' })).toBe(200);
});
