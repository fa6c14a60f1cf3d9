import { copyFileSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HttpClientConfig } from '../../config/http-client-types.ts';
import { Secret } from '../../config/secret.ts';
import { loadCertificate, TestAuthority, testFolder } from '../../test/certificates.ts';
import { httpClientConfig, tlsConfig } from '../../test/collector-configs.ts';
import { startProxy } from '../../test/forward-proxy.ts';
import { listen, listenTcp } from '../../test/listening-server.ts';
import { HttpClient } from './http-client.ts';

function openClient(parts: Partial<HttpClientConfig>, env = {}): HttpClient {
  const client = new HttpClient(httpClientConfig(parts), { env, tlsRecheckMs: 0 });
  onTestFinished(() => client.close());
  return client;
}

async function get(client: HttpClient, url: string): Promise<string> {
  const response = await client.request({
    method: 'GET',
    url,
    headers: {},
    signal: AbortSignal.timeout(5000),
    bodyBytesMax: 1000,
  });
  return `${response.status} ${Buffer.from(response.body).toString()}`;
}

describe('TLS', () => {
  test('a server is trusted by its authority, not otherwise, unless told to', async () => {
    const authority = new TestAuthority();
    const files = authority.issue('server', 'IP:127.0.0.1');
    const { url } = await listen((_, response) => response.end('ok'), loadCertificate(files));

    const byFile = openClient({ tls: tlsConfig({ ca: { file: authority.caFile } }) });
    const byText = openClient({ tls: tlsConfig({ ca: { text: authority.ca } }) });
    const blind = openClient({ tls: tlsConfig({ insecureSkipVerify: true }) });

    for (const client of [byFile, byText, blind]) expect(await get(client, url)).toBe('200 ok');
    await expect(get(openClient({}), url)).rejects.toThrow(
      `Get "${url}": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    );
  });

  test('the name is verified: of the URL, or server_name', async () => {
    const authority = new TestAuthority();
    const files = authority.issue('server', 'DNS:inside.example');
    let servername: unknown;
    const { url } = await listen((request, response) => {
      servername = (request.socket as TLSSocket & { servername?: unknown }).servername;
      response.end('ok');
    }, loadCertificate(files));
    const ca = { text: authority.ca };

    await expect(get(openClient({ tls: tlsConfig({ ca }) }), url)).rejects.toThrow(
      'certificate is valid for inside.example, not 127.0.0.1',
    );
    const named = openClient({ tls: tlsConfig({ ca, serverName: 'inside.example' }) });
    expect(await get(named, url)).toBe('200 ok');
    expect(servername).toBe('inside.example');
  });

  test('we show our certificate, and a rotated one without a reload', async () => {
    const authority = new TestAuthority();
    const server = loadCertificate(authority.issue('server', 'IP:127.0.0.1'));
    const first = authority.issue('first', 'DNS:first');
    const second = authority.issue('second', 'DNS:second');
    const options = { ...server, ca: authority.ca, requestCert: true, rejectUnauthorized: true };
    const { url } = await listen((request, response) => {
      response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN);
    }, options);
    const certFile = join(authority.folder, 'client.pem');
    const keyFile = join(authority.folder, 'client.key');
    const use = (files: typeof first): void => {
      copyFileSync(files.certFile, certFile);
      copyFileSync(files.keyFile, keyFile);
    };
    use(first);
    const client = openClient({
      tls: tlsConfig({
        ca: { file: authority.caFile },
        cert: { file: certFile },
        key: { file: keyFile },
      }),
    });

    expect(await get(client, url)).toBe('200 first');
    use(second);
    expect(await get(client, url)).toBe('200 second');
  });

  test('versions below min_version are refused', async () => {
    const authority = new TestAuthority();
    const files = loadCertificate(authority.issue('server', 'IP:127.0.0.1'));
    const { url } = await listen((_, response) => response.end('ok'), {
      ...files,
      maxVersion: 'TLSv1.2',
    });
    const ca = { text: authority.ca };

    expect(await get(openClient({ tls: tlsConfig({ ca }) }), url)).toBe('200 ok');
    await expect(
      get(openClient({ tls: tlsConfig({ ca, minVersion: 'TLS13' }) }), url),
    ).rejects.toThrow(/Get /);
  });

  test('a file that cannot be read fails the request and names it', async () => {
    const client = openClient({ tls: tlsConfig({ ca: { file: '/nowhere/ca.pem' } }) });

    await expect(get(client, 'https://127.0.0.1:1/')).rejects.toThrow(
      /unable to load specified CA cert: .*\/nowhere\/ca\.pem/,
    );
  });

  test('plain HTTP where TLS is meant is told as such', async () => {
    const { address } = await listen((_, response) => response.end());

    await expect(get(openClient({}), `https://${address}/`)).rejects.toThrow(
      'http: server gave HTTP response to HTTPS client',
    );
  });

  test('HTTP/2 is spoken with a server that knows nothing else, unless it is turned off', async () => {
    const authority = new TestAuthority();
    const files = loadCertificate(authority.issue('server', 'IP:127.0.0.1'));
    const server = createSecureServer(files, (request, response) => {
      response.writeHead(request.url === '/404' ? 404 : 200);
      response.end(request.httpVersion);
    });
    const url = `https://127.0.0.1:${await listenTcp(server)}`;
    const tls = tlsConfig({ ca: { text: authority.ca } });
    const modern = openClient({ tls });

    expect(await get(modern, url)).toBe('200 2.0');
    await expect(get(openClient({ tls, enableHttp2: false }), url)).rejects.toThrow('Get ');
    const missing = await modern.request({
      method: 'GET',
      url: `${url}/404`,
      headers: {},
      signal: AbortSignal.timeout(5000),
      bodyBytesMax: 10,
    });
    expect(missing.statusText).toBe('Not Found');
  });
});

describe('authorization', () => {
  async function authorizationSeen(parts: Partial<HttpClientConfig>): Promise<string> {
    const { url } = await listen((request, response) => {
      response.end(request.headers.authorization ?? 'none');
    });
    return (await get(openClient(parts), url)).slice('200 '.length);
  }

  test('basic, bearer and other types', async () => {
    const password = { value: new Secret('pass:word') };
    const basicAuth = { username: 'me', usernameFile: undefined, password };
    const credentials = { value: new Secret('abc') };

    expect(await authorizationSeen({ basicAuth })).toBe(
      `Basic ${Buffer.from('me:pass:word').toString('base64')}`,
    );
    expect(await authorizationSeen({ authorization: { type: 'Bearer', credentials } })).toBe(
      'Bearer abc',
    );
    expect(await authorizationSeen({ authorization: { type: 'Token', credentials } })).toBe(
      'Token abc',
    );
    expect(await authorizationSeen({})).toBe('none');
  });

  test('a credentials file is read at each request, white space cut', async () => {
    const file = join(testFolder(), 'token');
    const { url } = await listen((request, response) => {
      response.end(request.headers.authorization);
    });
    const client = openClient({ authorization: { type: 'Bearer', credentials: { file } } });

    writeFileSync(file, 'one\n');
    expect(await get(client, url)).toBe('200 Bearer one');
    writeFileSync(file, ' two ');
    expect(await get(client, url)).toBe('200 Bearer two');
    writeFileSync(file, '');
    const other = openClient({
      authorization: { type: 'Bearer', credentials: { file: `${file}.missing` } },
    });
    await expect(get(other, url)).rejects.toThrow(
      /unable to read authorization credentials: unable to read file .*missing/,
    );
  });

  test('http_headers go along: values, secrets and files', async () => {
    const file = join(testFolder(), 'header');
    writeFileSync(file, 'c\n');
    const { url } = await listen((request, response) => {
      response.end(String(request.headers['x-three']));
    });
    const client = openClient({
      httpHeaders: { 'X-Three': { values: ['a'], secrets: [new Secret('b')], files: [file] } },
    });

    expect(await get(client, url)).toBe('200 a, b, c');
  });
});

describe('proxies', () => {
  test('plain requests are forwarded, with the user of the proxy URL', async () => {
    const { url } = await listen((_, response) => response.end('ok'));
    const proxy = await startProxy(`Basic ${Buffer.from('me:secret').toString('base64')}`);
    const proxyUrl = proxy.url.replace('://', '://me:secret@');

    expect(await get(openClient({ proxyUrl }), `${url}/path?a=1`)).toBe('200 ok');
    expect(proxy.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `GET ${url}/path?a=1`,
    ]);
    expect(await get(openClient({ proxyUrl: proxy.url }), url)).toMatch(/^407 /);
  });

  test('TLS goes through a tunnel, whose CONNECT has the extra headers', async () => {
    const authority = new TestAuthority();
    const files = loadCertificate(authority.issue('server', 'IP:127.0.0.1'));
    const { url, address } = await listen((_, response) => response.end('ok'), files);
    const proxy = await startProxy();
    const client = openClient({
      proxyUrl: proxy.url,
      proxyConnectHeader: { 'X-Tunnel': [new Secret('yes')] },
      tls: tlsConfig({ ca: { text: authority.ca } }),
    });

    expect(await get(client, url)).toBe('200 ok');
    expect(proxy.requests[0]).toMatchObject({ method: 'CONNECT', target: address });
    expect(proxy.requests[0]?.headers['x-tunnel']).toBe('yes');
    await expect(get(openClient({ proxyUrl: proxy.url }), url)).rejects.toThrow(
      'unknown authority',
    );
  });

  test('a proxy that refuses the tunnel fails the request', async () => {
    const proxy = await startProxy('nobody');

    await expect(get(openClient({ proxyUrl: proxy.url }), 'https://127.0.0.1:1/')).rejects.toThrow(
      /407/,
    );
  });

  test('the environment counts when told to, but not for this host', async () => {
    const { url, port } = await listen((_, response) => response.end('direct'));
    const proxy = await startProxy();
    const env = { HTTP_PROXY: proxy.url };

    expect(await get(openClient({ proxyFromEnvironment: true }, env), url)).toBe('200 direct');
    expect(proxy.requests).toEqual([]);
    const elsewhere = `http://elsewhere.invalid:${port}/`;
    expect(await get(openClient({ proxyFromEnvironment: true }, env), elsewhere)).toMatch(/^502/);
    expect(proxy.requests.length).toBe(1);
  });
});

test('a Unix socket is connected to in place of the host', async () => {
  const socketPath = join(testFolder(), 'socket');
  const server = await listen((request, response) => response.end(request.headers.host));
  const second = await new Promise<typeof server.server>((resolve) => {
    const copy = server.server;
    copy.close(() => copy.listen(socketPath, () => resolve(copy)));
  });
  onTestFinished(() => void second.close());
  const client = openClient({});

  const response = await client.request({
    method: 'GET',
    url: 'http://somehost:9100/metrics',
    headers: {},
    signal: AbortSignal.timeout(5000),
    bodyBytesMax: 100,
    socketPath,
  });

  expect(Buffer.from(response.body).toString()).toBe('somehost:9100');
});
