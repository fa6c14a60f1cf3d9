/** Where scripts and short jobs push samples as text; path and parameters are VictoriaMetrics'. */
import { Hono } from 'hono';
import type { TextPushReceiver } from '../../collector/push/text-push.ts';
import { comeAgain, readBody, tooLarge } from './write-routes.ts';

export interface PushDeps {
  readonly textPush: TextPushReceiver;
}

export function pushRoutes(deps: PushDeps): Hono {
  const app = new Hono();
  app.post('/import/prometheus', async (c) => {
    const body = await readBody(c);
    if (body === undefined) return tooLarge(c);
    try {
      const answer = await deps.textPush.write({
        contentType: c.req.header('content-type') ?? '',
        contentEncoding: c.req.header('content-encoding') ?? '',
        body,
        extraLabels: c.req.queries('extra_label') ?? [],
        timestamp: c.req.query('timestamp') ?? '',
      });
      return answer.error === ''
        ? c.body(null, 204)
        : c.text(`${answer.error}\n`, answer.status === 204 ? 400 : answer.status);
    } catch (error) {
      return comeAgain(c, error);
    }
  });
  return app;
}
