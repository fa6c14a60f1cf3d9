/** An HTTP proxy: forwards plain requests, tunnels CONNECT, and keeps what it was asked. */
import { createServer, type IncomingHttpHeaders, request as sendRequest } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { listenTcp } from './listening-server.ts';

export interface ProxiedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** @param proxyAuthorization when given, requests without this header value get a 407 */
export async function startProxy(proxyAuthorization?: string) {
  const requests: ProxiedRequest[] = [];
  const isAllowed = (headers: IncomingHttpHeaders): boolean =>
    proxyAuthorization === undefined || headers['proxy-authorization'] === proxyAuthorization;
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    requests.push({ method, target: url, headers });
    if (!isAllowed(headers)) return void outgoing.writeHead(407).end();
    const forwarded = sendRequest(url, { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(forwarded);
  });
  server.on('connect', (incoming, client) => {
    const { url = '', headers } = incoming;
    requests.push({ method: 'CONNECT', target: url, headers });
    if (!isAllowed(headers)) return void client.end('HTTP/1.1 407 Nope\r\n\r\n');
    const [host, port] = url.split(':');
    const upstream = connect(Number(port), host ?? '', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    onTestFinished(() => void upstream.destroy());
  });
  const port = await listenTcp(server);
  onTestFinished(() => server.closeAllConnections());
  return { url: `http://127.0.0.1:${port}`, address: `127.0.0.1:${port}`, requests };
}
