/** Counts and times of HTTP requests, under Prometheus' names. */
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { Counter, Histogram, type Registry } from 'prom-client';

export function httpMetrics(registry: Registry): MiddlewareHandler {
  const requests = new Counter({
    name: 'prometheus_http_requests_total',
    help: 'Counter of HTTP requests.',
    labelNames: ['handler', 'code'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'prometheus_http_request_duration_seconds',
    help: 'Histogram of latencies for HTTP requests.',
    labelNames: ['handler'],
    buckets: [0.1, 0.2, 0.4, 1, 3, 8, 20, 60, 120],
    registers: [registry],
  });
  return async (c, next) => {
    const startMs = performance.now();
    await next();
    // The pattern, not the path: a path may hold anything, and would make a series of it.
    const handler = routePath(c, -1);
    requests.inc({ handler, code: c.res.status });
    duration.observe({ handler }, (performance.now() - startMs) / 1000);
  };
}
