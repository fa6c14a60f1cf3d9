import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { ApiError } from '../prometheus/api-error.ts';
import { objectStateRoute } from './object-state-route.ts';

test('the page of a cluster comes in parts, that of an unknown one not', async () => {
  const app = new Hono();
  app.onError((error, c) => c.text(error.message, error instanceof ApiError ? 404 : 500));
  const page = (cluster: string) => (cluster === 'c' ? ['# TYPE a gauge\n', 'a 1\n'] : undefined);
  app.route('/api/v1', objectStateRoute({ page }));
  const answer = await app.request('/api/v1/clusters/c/kube-state-metrics');
  expect(answer.headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toBe('# TYPE a gauge\na 1\n');
  expect((await app.request('/api/v1/clusters/d/kube-state-metrics')).status).toBe(404);
});
