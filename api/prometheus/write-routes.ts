/** Where other programs hand samples over. */
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { RemoteWriteReceiver } from '../../collector/remote-write/receiver.ts';
import { StoreUnavailableError } from '../../model/sink.ts';

/** Compressed; what it grows to has a bound of its own. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;

export interface WriteDeps {
  readonly remoteWrite: RemoteWriteReceiver;
}

export function writeRoutes(deps: WriteDeps): Hono {
  const app = new Hono();
  app.post('/write', async (c) => {
    const body = await readBody(c);
    if (body === undefined) return tooLarge(c);
    try {
      const answer = await deps.remoteWrite.write({
        contentType: c.req.header('content-type') ?? '',
        contentEncoding: c.req.header('content-encoding') ?? '',
        body,
      });
      for (const [name, value] of Object.entries(answer.headers)) c.header(name, value);
      if (answer.error === '') return c.body(null, 204);
      return c.text(`${answer.error}\n`, answer.status as ContentfulStatusCode);
    } catch (error) {
      return comeAgain(c, error);
    }
  });
  return app;
}

/** Undefined when the body is too large. */
export async function readBody(c: Context): Promise<Uint8Array | undefined> {
  if (Number(c.req.header('content-length') ?? 0) > BODY_BYTES_MAX) return undefined;
  const body = new Uint8Array(await c.req.arrayBuffer());
  return body.length > BODY_BYTES_MAX ? undefined : body;
}

export function tooLarge(c: Context): Response {
  return c.text(`request body larger than ${BODY_BYTES_MAX} bytes\n`, 413);
}

/** A sender repeats a request that was answered so; nothing of it is acknowledged. */
export function comeAgain(c: Context, error: unknown): Response {
  if (!(error instanceof StoreUnavailableError)) throw error;
  c.header('Retry-After', String(Math.ceil(error.retryAfterMs / 1000)));
  return c.text(`${error.message}\n`, 503);
}
