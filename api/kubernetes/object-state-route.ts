/** `GET /clusters/:name/kube-state-metrics`: the page that kube-state-metrics would answer. */
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { ApiError } from '../prometheus/api-error.ts';

export interface ObjectStateSource {
  /** In parts; undefined when there is no such cluster, or its object state is not made here. */
  page(cluster: string): Iterable<string> | undefined;
}

export function objectStateRoute(source: ObjectStateSource): Hono {
  const app = new Hono();
  app.get('/clusters/:name/kube-state-metrics', (c) => {
    const name = c.req.param('name');
    const page = source.page(name);
    if (page === undefined) throw new ApiError('not_found', `no object state of cluster ${name}`);
    c.header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    return stream(c, async (body) => {
      for (const part of page) {
        if (body.aborted) return;
        await body.write(part);
      }
    });
  });
  return app;
}
