import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { expect, test } from 'vitest';
import { gzip } from './gzip.ts';

const LONG = 'x'.repeat(5000);

const app = new Hono();
app.use(gzip());
app.get('/long', (c) => c.text(LONG, 200, { 'content-length': String(LONG.length) }));
app.get('/short', (c) => c.text('x', 200, { 'content-length': '1' }));
app.get('/empty', (c) => c.body(null, 204));
app.get('/stream', (c) =>
  stream(c, async (out) => {
    for (let at = 0; at < 10; at++) await out.write(LONG);
  }),
);
app.get('/zipped', (c) => c.body(new Uint8Array(2000), 200, { 'content-encoding': 'zstd' }));

function ask(path: string, accept = 'gzip, deflate, br'): Response | Promise<Response> {
  return app.request(path, { headers: { 'accept-encoding': accept } });
}

test.each([
  ['/long', LONG],
  ['/stream', LONG.repeat(10)],
])('%s is compressed for those who ask', async (path, text) => {
  const response = await ask(path);

  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(response.headers.get('vary')).toBe('Accept-Encoding');
  expect(response.headers.get('content-length')).toBeNull();
  expect(gunzipSync(await response.arrayBuffer()).toString()).toBe(text);
});

test.each(['/short', '/empty', '/zipped'])('%s stays as it is', async (path) => {
  const response = await ask(path);

  expect(response.headers.get('content-encoding')).not.toBe('gzip');
});

test('nobody gets what was not asked for', async () => {
  const response = await ask('/long', 'br');

  expect(response.headers.get('content-encoding')).toBeNull();
  expect(await response.text()).toBe(LONG);
});
