/** A span for every request. Without tracing configured the API's no-op tracer makes it cost nothing. */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';

const SERVER_ERROR = 500;

export function requestSpan(): MiddlewareHandler {
  const tracer = trace.getTracer('watchkeeper');
  return (c, next) =>
    tracer.startActiveSpan(
      `${c.req.method} ${new URL(c.req.url).pathname}`,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': c.req.method } },
      async (span) => {
        try {
          await next();
          span.setAttribute('http.route', routePath(c, -1));
          span.setAttribute('http.response.status_code', c.res.status);
          if (c.res.status >= SERVER_ERROR) span.setStatus({ code: SpanStatusCode.ERROR });
        } finally {
          span.end();
        }
      },
    );
}
