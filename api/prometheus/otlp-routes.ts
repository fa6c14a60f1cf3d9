/** Where OpenTelemetry's SDKs and collectors hand metrics over. */
import { Hono } from 'hono';
import type { OtlpReceiver } from '../../collector/otlp/otlp-receiver.ts';
import { comeAgain, readBody, tooLarge } from './write-routes.ts';

export interface OtlpDeps {
  readonly otlp: OtlpReceiver;
}

export function otlpRoutes(deps: OtlpDeps): Hono {
  const app = new Hono();
  app.post('/otlp/v1/metrics', async (c) => {
    const body = await readBody(c);
    if (body === undefined) return tooLarge(c);
    try {
      const answer = await deps.otlp.write({
        contentType: c.req.header('content-type') ?? '',
        contentEncoding: c.req.header('content-encoding') ?? '',
        body,
      });
      c.header('Content-Type', answer.contentType);
      return c.body(answer.body, answer.status);
    } catch (error) {
      return comeAgain(c, error);
    }
  });
  return app;
}
