/** Real servers on free ports, closed at the end of the test. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ListeningServer {
  readonly port: number;
  readonly address: string;
  readonly url: string;
  readonly server: Server;
}

/** @param tls makes it an HTTPS server */
export async function listen(
  handler: RequestListener,
  tls?: ServerOptions,
): Promise<ListeningServer> {
  const server = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
  const port = await listenTcp(server);
  onTestFinished(() => server.closeAllConnections());
  const address = `127.0.0.1:${port}`;
  const scheme = tls === undefined ? 'http' : 'https';
  return { port, address, url: `${scheme}://${address}`, server };
}

/** @returns the port */
export async function listenTcp(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
