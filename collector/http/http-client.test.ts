import { Buffer } from 'node:buffer';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HttpClientConfig } from '../../config/http-client-types.ts';
import { Secret } from '../../config/secret.ts';
import { httpClientConfig } from '../../test/collector-configs.ts';
import { listen, listenTcp } from '../../test/listening-server.ts';
import { until } from '../../test/until.ts';
import { HttpClient, type HttpRequest } from './http-client.ts';
import { CanceledError, DeadlineError } from './http-error.ts';

function openClient(parts: Partial<HttpClientConfig> = {}): HttpClient {
  const client = new HttpClient(httpClientConfig(parts), { env: {}, tlsRecheckMs: 0 });
  onTestFinished(() => client.close());
  return client;
}

function get(client: HttpClient, url: string, parts: Partial<HttpRequest> = {}) {
  return client.request({
    method: 'GET',
    url,
    headers: {},
    signal: new AbortController().signal,
    bodyBytesMax: 1000,
    ...parts,
  });
}

/** undici uses a connection again from the next turn of the event loop on. */
async function connectionIsFree(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const text = (body: Uint8Array) => Buffer.from(body).toString();

describe('HttpClient', () => {
  test('resolves with any status, the body as sent, and names us', async () => {
    const server = await listen((request, response) => {
      response.writeHead(503, { 'x-agent': request.headers['user-agent'] ?? '' });
      response.end('busy');
    });

    const response = await get(openClient(), server.url);

    expect([response.status, response.statusText, text(response.body)]).toEqual([
      503,
      'Service Unavailable',
      'busy',
    ]);
    expect(response.headers['x-agent']).toMatch(/^Watchkeeper\/\d/);
  });

  test('uses a connection again', async () => {
    let connections = 0;
    const server = await listen((_, response) => response.end('ok'));
    server.server.on('connection', () => connections++);
    const client = openClient();

    for (let count = 0; count < 5; count++) {
      await get(client, server.url);
      await connectionIsFree();
    }

    expect(connections).toBe(1);
  });

  test('asks once more when the server closes a kept connection at the moment of use', async () => {
    let requests = 0;
    const server = await listen((request, response) => {
      requests++;
      if (requests === 2) request.socket.destroy();
      else response.end('ok');
    });
    const client = openClient();

    await get(client, server.url);
    await connectionIsFree();

    expect(text((await get(client, server.url)).body)).toBe('ok');
    expect(requests).toBe(3);
  });

  test('a new connection that is closed is a failure, not asked again', async () => {
    let requests = 0;
    const server = await listen((request) => {
      requests++;
      request.socket.destroy();
    });

    await expect(get(openClient(), server.url)).rejects.toThrow(`Get "${server.url}": EOF`);
    expect(requests).toBe(1);
  });

  test('a deadline before the answer is told with the URL, amid the body without', async () => {
    const server = await listen((request, response) => {
      if (request.url === '/body') response.write('begin');
    });
    const abort = new AbortController();
    const client = openClient();
    const waiting = get(client, `${server.url}/`, { signal: abort.signal });
    const reading = get(client, `${server.url}/body`, { signal: abort.signal });
    await until('both asked', async () => {
      const count = await new Promise<number>((resolve) => {
        server.server.getConnections((_, connections) => resolve(connections));
      });
      return count === 2;
    });
    // The first bytes of the second answer must have come.
    await get(client, `${server.url}/body`, { signal: AbortSignal.timeout(50) }).catch(() => 0);

    abort.abort(new DeadlineError());

    await expect(waiting).rejects.toThrow(`Get "${server.url}/": context deadline exceeded`);
    await expect(reading).rejects.toThrow(/^context deadline exceeded$/);
  });

  test('a request that is given up before it begins never reaches the server', async () => {
    let requests = 0;
    const server = await listen(() => requests++);

    await expect(
      get(openClient(), server.url, { signal: AbortSignal.abort(new CanceledError()) }),
    ).rejects.toThrow('context canceled');
    expect(requests).toBe(0);
  });

  test('an endless body ends at the limit', async () => {
    const server = await listen((_, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        response.write('x'.repeat(10_000), more);
      };
      more();
    });

    await expect(get(openClient(), server.url)).rejects.toThrow(/^body size limit exceeded$/);
  });

  test('an announced length above the limit is not read at all', async () => {
    const server = await listen((_, response) => response.end('x'.repeat(1001)));

    await expect(get(openClient(), server.url)).rejects.toThrow('body size limit exceeded');
    expect((await get(openClient(), server.url, { bodyBytesMax: 1001 })).body.length).toBe(1001);
  });

  test('a body shorter than announced is an unexpected end', async () => {
    const server = await listen((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('short', () => response.socket?.destroy());
    });

    await expect(get(openClient(), server.url)).rejects.toThrow(/^unexpected EOF$/);
  });

  test('an answer that is no HTTP is a failure', async () => {
    const port = await listenTcp(
      createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.end('\x00\x01\x02 binary\r\n\r\n');
      }),
    );

    await expect(get(openClient(), `http://127.0.0.1:${port}/`)).rejects.toThrow(/malformed HTTP/);
  });

  test('refused connections, unknown hosts and schemes are told in the words of Go', async () => {
    const client = openClient();

    await expect(get(client, 'http://127.0.0.1:1/')).rejects.toThrow(
      'Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused',
    );
    await expect(get(client, 'ftp://host/')).rejects.toThrow('unsupported protocol scheme "ftp"');
    await expect(get(client, 'http://')).rejects.toThrow('invalid URL');
  });

  test('a password in the URL goes to the server and never into an error', async () => {
    let authorization = '';
    const server = await listen((request, response) => {
      authorization = request.headers.authorization ?? '';
      response.end();
    });
    await get(openClient(), server.url.replace('://', '://user:geheim@'));

    expect(authorization).toBe(`Basic ${Buffer.from('user:geheim').toString('base64')}`);
    await expect(get(openClient(), 'http://user:geheim@127.0.0.1:1/')).rejects.toThrow(
      /^(?!.*geheim).*refused/,
    );
  });
});

describe('redirects', () => {
  test('are followed, ten at most', async () => {
    const server = await listen((request, response) => {
      const location = request.url === '/loop' ? '/loop' : '/end';
      if (request.url === '/end') response.end('there');
      else response.writeHead(302, { location }).end();
    });

    expect(text((await get(openClient(), `${server.url}/start`)).body)).toBe('there');
    await expect(get(openClient(), `${server.url}/loop`)).rejects.toThrow(
      'stopped after 10 redirects',
    );
  });

  test('are answers when they are not to be followed', async () => {
    const server = await listen((_, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });

    expect((await get(openClient({ followRedirects: false }), server.url)).status).toBe(302);
  });

  test('to another host take no credentials along, to the same host they do', async () => {
    const seen: (string | undefined)[] = [];
    const other = await listen((request, response) => {
      seen.push(request.headers.authorization, request.headers['x-own'] as string | undefined);
      response.end();
    });
    const first = await listen((request, response) => {
      seen.push(request.headers.authorization);
      const location = request.url === '/' ? '/second' : `http://localhost:${other.port}/`;
      response.writeHead(307, { location }).end();
    });
    const client = openClient({
      authorization: { type: 'Bearer', credentials: { value: new Secret('token') } },
      httpHeaders: { 'X-Own': { values: ['v'], secrets: [], files: [] } },
    });

    await get(client, `${first.url}/`).catch(() => undefined);

    expect(seen.slice(0, 2)).toEqual(['Bearer token', 'Bearer token']);
    expect(seen.slice(2).filter((value) => value !== undefined)).toEqual([]);
  });

  test('turn a POST into a GET but for 307 and 308, which send the body again', async () => {
    const seen: string[] = [];
    const server = await listen((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${body}`);
        const status = { '/303': 303, '/308': 308 }[request.url ?? ''];
        if (status === undefined) response.end();
        else response.writeHead(status, { location: '/end' }).end();
      });
    });
    const body = Buffer.from('data');

    await get(openClient(), `${server.url}/303`, { method: 'POST', body });
    await get(openClient(), `${server.url}/308`, { method: 'POST', body });

    expect(seen).toEqual(['POST /303 data', 'GET /end ', 'POST /308 data', 'POST /end data']);
  });
});
