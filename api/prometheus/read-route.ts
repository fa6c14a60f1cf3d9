/** `/api/v1/read`: remote read. */
import { Hono } from 'hono';
import type { RemoteReadHandler } from '../../collector/remote-read/read-handler.ts';
import { comeAgain, readBody, tooLarge } from './write-routes.ts';

export interface ReadDeps {
  readonly remoteRead: RemoteReadHandler;
}

export function readRoute(deps: ReadDeps): Hono {
  const app = new Hono();
  app.post('/read', async (c) => {
    const body = await readBody(c);
    if (body === undefined) return tooLarge(c);
    try {
      const answer = await deps.remoteRead.read(body, c.req.raw.signal);
      switch (answer.kind) {
        case 'samples':
          c.header('Content-Type', 'application/x-protobuf');
          c.header('Content-Encoding', 'snappy');
          return c.body(answer.body);
        case 'chunks':
          c.header(
            'Content-Type',
            'application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse',
          );
          return c.body(streamOf(answer.frames));
        case 'refused':
          return c.text(`${answer.error}\n`, answer.status);
        case 'busy':
          c.header('Retry-After', String(Math.ceil(answer.retryAfterMs / 1000)));
          return c.text(`${answer.error}\n`, 503);
      }
    } catch (error) {
      return comeAgain(c, error);
    }
  });
  return app;
}

/** A frame is made when the client takes it. */
function streamOf(frames: Iterable<Uint8Array<ArrayBuffer>>): ReadableStream {
  const iterator = frames[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const next = iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel() {
      iterator.return?.();
    },
  });
}
