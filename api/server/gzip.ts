/** Compresses answers for clients that ask for it. */
import { Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';

/** Smaller bodies fit a packet anyway. */
const WORTH_BYTES = 1400;

/** The fastest level: on JSON it gives most of the gain at a fraction of the time. */
const LEVEL = constants.Z_BEST_SPEED;

export function gzip(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers, body } = c.res;
    const isAsked = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
    const length = headers.get('content-length');
    const isSmall = length !== null && Number(length) < WORTH_BYTES;
    if (!isAsked || isSmall || body === null || headers.has('content-encoding')) return;
    const zip = createGzip({ level: LEVEL });
    const source = Readable.fromWeb(body as never);
    source.on('error', (error) => zip.destroy(error));
    zip.on('close', () => source.destroy());
    c.res = new Response(Readable.toWeb(source.pipe(zip)) as never, c.res);
    c.res.headers.set('Content-Encoding', 'gzip');
    c.res.headers.append('Vary', 'Accept-Encoding');
    c.res.headers.delete('Content-Length');
  };
}
