/** Compresses answers for clients that ask for it. */
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';
import { GZIP_LEVEL, isWorthGzip, takesGzip } from './body-answer.ts';

/** For bodies that no one has considered compressing: they neither say how nor how long they are. */
export function gzip(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    const length = headers.get('content-length');
    const isSmall = length !== null && !isWorthGzip(Number(length));
    if (isSmall || headers.has('content-encoding') || !takesGzip(c)) return;
    // Looked at last: to ask for it makes a stream of a body that was bytes.
    const { body } = c.res;
    if (body === null) return;
    const zip = createGzip({ level: GZIP_LEVEL });
    const source = Readable.fromWeb(body as never);
    source.on('error', (error) => zip.destroy(error));
    zip.on('close', () => source.destroy());
    c.res = new Response(Readable.toWeb(source.pipe(zip)) as never, c.res);
    c.res.headers.set('Content-Encoding', 'gzip');
    c.res.headers.append('Vary', 'Accept-Encoding');
    c.res.headers.delete('Content-Length');
  };
}
