import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonAnswer, jsonPiecesAnswer } from './body-answer.ts';
import { gzip } from './gzip.ts';

/** Not ASCII throughout, so that bytes and characters differ. */
const text = (chars: number): string => JSON.stringify('aé😀b '.repeat(chars / 6));
const SIZES = [0, 10, 1300, 1500, 30_000, 200_000, 400_000, 3_000_000];

function* pieces(whole: string): Generator<string> {
  // Between two characters, as all pieces of an answer end.
  for (let at = 0; at < whole.length; at += 50_004) yield whole.slice(at, at + 50_004);
}

const routes: Record<string, (c: Context, whole: string) => Response> = {
  whole: jsonAnswer,
  pieces: (c, whole) => jsonPiecesAnswer(c, pieces(whole)),
  plain: (c, whole) => c.body(whole, 200, { 'Content-Type': 'application/json' }),
};

let url = '';
const app = new Hono();
app.use(gzip());
app.get('/:route/:chars', (c) =>
  (routes[c.req.param('route')] as (typeof routes)[string])(c, text(Number(c.req.param('chars')))),
);
const listener = getRequestListener(app.fetch);
const server = createServer((request, response) => void listener(request, response));

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const cases = Object.keys(routes).flatMap((route) => SIZES.map((chars) => [route, chars] as const));

test.each(cases)('%s, %d characters: the same text with and without gzip', async (route, chars) => {
  const address = `${url}/${route}/${chars}`;
  const plain = await fetch(address, { headers: { 'accept-encoding': 'identity' } });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(plain.headers.get('content-type')).toBe('application/json');
  expect((await plain.text()) === text(chars)).toBe(true);
  const zipped = await fetch(address, { headers: { 'accept-encoding': 'gzip' } });
  // Of a body that does not say how long it is nobody knows that it is small.
  const isZipped = route === 'plain' || Buffer.byteLength(text(chars)) >= 1400;
  expect(zipped.headers.get('content-encoding')).toBe(isZipped ? 'gzip' : null);
  expect((await zipped.text()) === text(chars)).toBe(true);
});

test('an answer in parts lets other work run between them', async () => {
  let turns = 0;
  const tick = setInterval(() => turns++, 0);
  const response = await fetch(`${url}/pieces/3000000`, { headers: { 'accept-encoding': '' } });
  await response.arrayBuffer();
  clearInterval(tick);
  expect(turns).toBeGreaterThan(0);
});

test('a client that goes away ends an answer in parts', async () => {
  const aborted = new AbortController();
  const response = await fetch(`${url}/pieces/3000000`, { signal: aborted.signal });
  aborted.abort();
  await expect(response.arrayBuffer()).rejects.toThrow();
  const again = await fetch(`${url}/whole/10`);
  expect(await again.text()).toBe(text(10));
});

test('what is sent with gzip is gzip', async () => {
  const answer = await app.request('/whole/30000', { headers: { 'accept-encoding': 'gzip' } });
  expect(gunzipSync(Buffer.from(await answer.arrayBuffer())).toString()).toBe(text(30_000));
});
