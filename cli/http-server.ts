/** The listening socket, over Node's own HTTP server. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { ListenAddress } from '../api/server/listen-address.ts';

/** Requests under way get so long to finish when the program stops. */
const CLOSE_WITHIN_MS = 5000;
/** Prometheus' read timeout. Node's own five seconds end connections under the feet of senders. */
const IDLE_MS_MAX = 300_000;

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The server puts responses of its own in place of `Response`, which hand a whole body to the
 * socket at once; those of Node make a stream of each, which takes longer than a small query.
 * @throws Error when the address is taken, saying what to do
 */
export async function listen(
  address: ListenAddress,
  handle: (request: Request) => Response | Promise<Response>,
): Promise<HttpServer> {
  const { promise, resolve, reject } = Promise.withResolvers<AddressInfo>();
  const server = serve(
    { fetch: handle, hostname: address.host, port: address.port },
    resolve,
  ) as Server;
  server.keepAliveTimeout = IDLE_MS_MAX;
  server.once('error', (error: NodeJS.ErrnoException) => {
    const isTaken = error.code === 'EADDRINUSE';
    const hint = isTaken ? ': the port is in use; choose another with --listen' : '';
    reject(new Error(`cannot listen on ${address.host}:${address.port}${hint}`, { cause: error }));
  });
  const { port } = await promise;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return { url: `http://${host}:${port}`, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  const killer = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
  await closed;
  clearTimeout(killer);
}
