import { writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_HTTP_CLIENT } from '../../config/read-http-client.ts';
import { Secret } from '../../config/secret.ts';
import type { LogFields, Logger } from '../../model/logger.ts';
import { loadCertificate, TestAuthority, testFolder } from '../../test/certificates.ts';
import {
  clusterRig,
  connect,
  kubeconfig,
  kubeconfigCluster,
  serverCluster,
} from '../../test/cluster-rig.ts';
import { startProxy } from '../../test/forward-proxy.ts';
import { KubernetesApiServer, sendStatus } from '../../test/kubernetes-api-server.ts';
import { listen, listenTcp } from '../../test/listening-server.ts';
import { until } from '../../test/until.ts';
import { drain } from './api-transport.ts';

describe('TLS', () => {
  test('is verified with the CA, and proves who we are with a certificate', async () => {
    const authority = new TestAuthority();
    const server = await new KubernetesApiServer().start({
      ...loadCertificate(authority.issue('server', 'IP:127.0.0.1')),
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const client = authority.issue('client', 'DNS:client');
    const user = { 'client-certificate': client.certFile, 'client-key': client.keyFile };
    const trusting = { 'certificate-authority': authority.caFile };
    const rig = clusterRig();
    const cluster = connect(rig, kubeconfigCluster(kubeconfig(server.url, user, trusting)));
    expect(await cluster.json({ path: '/version' })).toEqual({ gitVersion: 'v1.34.4' });

    const distrusting = connect(clusterRig(), kubeconfigCluster(kubeconfig(server.url, user)));
    await expect(distrusting.json({ path: '/version' })).rejects.toThrow(
      'certificate signed by unknown authority',
    );
    const wrongName = { ...trusting, 'tls-server-name': 'kubernetes' };
    const misnamed = connect(
      clusterRig(),
      kubeconfigCluster(kubeconfig(server.url, user, wrongName)),
    );
    await expect(misnamed.json({ path: '/version' })).rejects.toThrow('not kubernetes');
  });

  test('a certificate that is replaced in its file counts within a minute', async () => {
    const authority = new TestAuthority();
    const seen: string[] = [];
    const server = await listen(
      (incoming, response) => {
        const { subject } = (
          incoming.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }
        ).getPeerCertificate();
        seen.push(subject.CN);
        response.end('{}');
      },
      {
        ...loadCertificate(authority.issue('server', 'IP:127.0.0.1')),
        ca: authority.ca,
        requestCert: true,
      },
    );
    const first = loadCertificate(authority.issue('first', 'DNS:a'));
    const second = loadCertificate(authority.issue('second', 'DNS:a'));
    const folder = testFolder();
    const write = ({ cert, key }: typeof first): void => {
      writeFileSync(join(folder, 'cert'), cert);
      writeFileSync(join(folder, 'key'), key);
    };
    write(first);
    const rig = clusterRig();
    const user = { 'client-certificate': `${folder}/cert`, 'client-key': `${folder}/key` };
    const cluster = connect(
      rig,
      kubeconfigCluster(
        kubeconfig(server.url, user, { 'certificate-authority': authority.caFile }),
      ),
    );
    await cluster.json({ path: '/a' });
    write(second);
    rig.clock.advance(61_000);
    await cluster.json({ path: '/b' });

    expect(new Set(seen.slice(0, 1))).toEqual(new Set(['first']));
    expect(seen.at(-1)).toBe('second');
  });
});

describe('credentials', () => {
  test('a token file is read anew once a minute, and at a 401', async () => {
    const server = await new KubernetesApiServer().start();
    const file = join(testFolder(), 'token');
    writeFileSync(file, 'one\n');
    const rig = clusterRig();
    const authorization = { type: 'Bearer', credentials: { file } };
    const cluster = connect(rig, serverCluster('c', server.url, { authorization }));
    await cluster.json({ path: '/version' });
    writeFileSync(file, 'two\n');
    await cluster.json({ path: '/version' });
    expect(new Set(server.authorizations)).toEqual(new Set(['Bearer one']));

    server.fault = ({ headers }, response) => {
      if (headers.authorization !== 'Bearer one') return false;
      sendStatus(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    };
    await cluster.json({ path: '/version' });
    expect(server.authorizations.at(-1)).toBe('Bearer two');

    server.fault = () => false;
    writeFileSync(file, 'three\n');
    rig.clock.advance(61_000);
    await cluster.json({ path: '/version' });
    expect(server.authorizations.at(-1)).toBe('Bearer three');
  });

  test('a 401 that nothing can be done about is an answer, and makes the cluster unreachable', async () => {
    const server = await new KubernetesApiServer().start();
    server.fault = (_request, response) => {
      sendStatus(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    };
    const authorization = { type: 'Bearer', credentials: { value: new Secret('s3cret') } };
    const cluster = connect(clusterRig(), serverCluster('c', server.url, { authorization }));
    await expect(cluster.json({ path: '/api/v1/pods' })).rejects.toMatchObject({
      name: 'ApiStatusError',
      code: 401,
    });
    await until('unreachable', () => cluster.health.error);
    expect(cluster.health).toMatchObject({ reachable: false, error: 'Unauthorized' });
  });

  test('user and password; whom we act as, with each group on a line of its own', async () => {
    const server = await new KubernetesApiServer().start();
    const user = {
      username: 'u',
      password: 'p',
      as: 'ann',
      'as-groups': ['g1', 'g2'],
      'as-user-extra': { 'a/b': ['x', 'y'] },
    };
    const cluster = connect(clusterRig(), kubeconfigCluster(kubeconfig(server.url, user)));
    await cluster.json({ path: '/own' });
    await cluster.json({
      path: '/user',
      headers: { 'Impersonate-User': 'bob', 'Impersonate-Group': ['wk:dev', 'wk:ops'] },
    });
    const linesOf = (path: string): readonly string[] => {
      const { rawHeaders = [] } = server.requests.find((one) => one.path === path) ?? {};
      const pairs = rawHeaders.flatMap((name, i) => {
        return i % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[i + 1] ?? ''}`] : [];
      });
      return pairs.filter((line) => /^(impersonate|authorization)/.test(line)).sort();
    };

    expect(linesOf('/own')).toEqual([
      `authorization: Basic ${Buffer.from('u:p').toString('base64')}`,
      'impersonate-extra-a%2fb: x',
      'impersonate-extra-a%2fb: y',
      'impersonate-group: g1',
      'impersonate-group: g2',
      'impersonate-user: ann',
    ]);
    expect(linesOf('/user').filter((line) => line.startsWith('imp'))).toEqual([
      'impersonate-group: wk:dev',
      'impersonate-group: wk:ops',
      'impersonate-user: bob',
    ]);
  });
});

describe('proxies', () => {
  test('HTTP by proxy-url, with a user', async () => {
    const authority = new TestAuthority();
    const server = await new KubernetesApiServer().start(
      loadCertificate(authority.issue('server', 'IP:127.0.0.1')),
    );
    const proxy = await startProxy(`Basic ${Buffer.from('u:p').toString('base64')}`);
    const more = {
      'certificate-authority': authority.caFile,
      'proxy-url': proxy.url.replace('http://', 'http://u:p@'),
    };
    const cluster = connect(clusterRig(), kubeconfigCluster(kubeconfig(server.url, {}, more)));
    expect(await cluster.json({ path: '/version' })).toEqual({ gitVersion: 'v1.34.4' });
    expect(proxy.requests[0]).toMatchObject({
      method: 'CONNECT',
      target: server.url.replace('https://', ''),
    });

    const refused = { ...more, 'proxy-url': proxy.url };
    const other = connect(clusterRig(), kubeconfigCluster(kubeconfig(server.url, {}, refused)));
    await expect(other.json({ path: '/version' })).rejects.toThrow(/proxy 127.*it answered 407/);
  });

  test('of the environment', async () => {
    const authority = new TestAuthority();
    const server = await new KubernetesApiServer().start(
      loadCertificate(authority.issue('server', 'DNS:kubernetes.test')),
    );
    const proxy = await startProxy();
    const more = {
      'certificate-authority': authority.caFile,
      'tls-server-name': 'kubernetes.test',
    };
    // Loopback itself is never proxied from the environment.
    const url = server.url.replace('127.0.0.1', '127-0-0-1.kubernetes.test');
    const cluster = connect(
      clusterRig({ HTTPS_PROXY: proxy.url }),
      kubeconfigCluster(kubeconfig(url, {}, more)),
    );
    await cluster.json({ path: '/version' }).catch(() => undefined);
    expect(proxy.requests[0]?.target).toContain('127-0-0-1.kubernetes.test');
  });

  test('SOCKS 5, with a user', async () => {
    const server = await new KubernetesApiServer().start();
    const target = new URL(server.url);
    const proxy = await socksProxy('u', 'p', Number(target.port));
    const more = { 'proxy-url': `socks5://u:p@127.0.0.1:${proxy}` };
    const cluster = connect(
      clusterRig(),
      kubeconfigCluster(kubeconfig('http://kubernetes.test', {}, more)),
    );
    expect(await cluster.json({ path: '/version' })).toEqual({ gitVersion: 'v1.34.4' });

    const wrong = { 'proxy-url': `socks5://u:no@127.0.0.1:${proxy}` };
    const refused = connect(
      clusterRig(),
      kubeconfigCluster(kubeconfig('http://kubernetes.test', {}, wrong)),
    );
    await expect(refused.json({ path: '/version' })).rejects.toThrow('were refused');
  });
});

describe('requests', () => {
  test('at most ten run at once; streams have connections of their own', async () => {
    const server = await new KubernetesApiServer().start();
    let running = 0;
    let most = 0;
    const open: (() => void)[] = [];
    server.fault = ({ path }, response) => {
      if (!path.startsWith('/slow')) return false;
      most = Math.max(most, ++running);
      open.push(() => {
        running--;
        response.end('{}');
      });
      return true;
    };
    const cluster = connect(clusterRig(), serverCluster('c', server.url));
    const all = Array.from({ length: 25 }, () => cluster.json({ path: '/slow' }));
    await until('ten', () => open.length >= 9);
    const watch = await cluster.request({ path: '/api/v1/pods?watch=true', timeoutMs: 0 });
    expect(watch.status).toBe(200);
    while (server.requests.filter(({ path }) => path === '/slow').length < 25 || open.length > 0) {
      open.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(all);

    expect(most).toBeLessThanOrEqual(10);
    expect(most).toBeGreaterThanOrEqual(9);
  });

  test('are given up in time, by their signal, and when the cluster goes', async () => {
    const server = await new KubernetesApiServer().start();
    server.fault = ({ path }) => path === '/never';
    const rig = clusterRig();
    const cluster = connect(rig, serverCluster('c', server.url));
    const asked = (): number => server.requests.filter(({ path }) => path === '/never').length;
    const late = cluster.json({ path: '/never', timeoutMs: 5000 }).catch((e: unknown) => String(e));
    await until('asked', () => asked() === 1);
    rig.clock.advance(5001);
    expect(await late).toContain('no answer within 5 s');

    const abort = new AbortController();
    const given = cluster
      .json({ path: '/never', signal: abort.signal })
      .catch((e: unknown) => String(e));
    await until('asked', () => asked() === 2);
    abort.abort();
    expect(await given).toContain('the request was given up');

    const gone = cluster.json({ path: '/never' }).catch((e: unknown) => String(e));
    await until('asked', () => asked() === 3);
    rig.clusters.apply([]);
    expect(await gone).toContain('the request was given up');
  });

  test('a host that takes no connection is told within ten seconds', async () => {
    const rig = clusterRig();
    // Of a network that is for documentation only (RFC 5737): nothing answers there, or nothing leads there.
    const cluster = connect(rig, serverCluster('c', 'https://192.0.2.1:6443'));
    const failed = cluster.json({ path: '/version' }).catch((e: unknown) => String(e));
    const done = { is: false };
    void failed.then(() => {
      done.is = true;
    });
    await until('given up', () => {
      rig.clock.advance(1000);
      return done.is;
    });

    expect(await failed).toMatch(/no connection within 10 s|no answer within|dial tcp/);
  });

  test('an idle connection that the server closed costs no request', async () => {
    const server = await listen((_incoming, response) => {
      response.setHeader('connection', 'keep-alive');
      response.end('{}');
    });
    const sockets = new Set<Socket>();
    server.server.on('connection', (socket) => sockets.add(socket));
    const cluster = connect(clusterRig(), serverCluster('c', server.url));
    for (let round = 0; round < 5; round++) {
      await cluster.json({ path: '/x' });
      for (const socket of sockets) socket.resetAndDestroy();
      sockets.clear();
    }
  });

  test('a body that breaks off is an error, and so is what is no JSON', async () => {
    const server = await new KubernetesApiServer().start();
    server.fault = ({ path }, response) => {
      if (path === '/broken') {
        response.writeHead(200, { 'content-length': '10' });
        response.write('{');
        setImmediate(() => response.destroy());
      } else if (path === '/html') response.end('<html>s3cret</html>');
      else if (path === '/gateway') response.writeHead(502).end('<h1>Bad Gateway</h1>');
      else return false;
      return true;
    };
    const cluster = connect(clusterRig(), serverCluster('c', server.url));
    await expect(cluster.json({ path: '/broken' })).rejects.toMatchObject({
      name: 'ClusterUnreachable',
    });
    await expect(cluster.json({ path: '/html' })).rejects.toThrow(/^the answer is no JSON/);
    await expect(cluster.json({ path: '/gateway' })).rejects.toMatchObject({
      code: 502,
      message: 'the API server answered 502: <h1>Bad Gateway</h1>',
    });
    const response = await cluster.request({ path: '/version' });
    await drain(response);
    expect(response.status).toBe(200);
  });
});

test('no secret is in a log line, an error or a definition that is printed', async () => {
  const lines: string[] = [];
  const logger: Logger = {
    debug: (...all) => record(...all),
    info: (...all) => record(...all),
    warn: (...all) => record(...all),
    error: (...all) => record(...all),
    with: () => logger,
  };
  function record(message: string, fields?: LogFields): void {
    lines.push(message, JSON.stringify(fields), String(fields?.['error']));
  }
  const server = await new KubernetesApiServer().start();
  server.fault = ({ headers }, response) => {
    // Some proxies echo what they refuse.
    sendStatus(response, 401, 'Unauthorized', 'Unauthorized');
    return headers.authorization !== undefined;
  };
  const user = { token: 's3cret-token' };
  const rig = clusterRig({}, logger);
  const cluster = connect(rig, kubeconfigCluster(kubeconfig(server.url, user)));
  await until('probed', () => cluster.health.error);
  const client = {
    ...DEFAULT_HTTP_CLIENT,
    authorization: { type: 'Bearer', credentials: { value: new Secret('s3cret-2') } },
  };
  rig.clusters.apply([serverCluster('d', server.url, client)]);
  await until('probed', () => rig.clusters.get('d')?.health.error);

  expect(lines.join('\n')).not.toContain('s3cret');
  expect(JSON.stringify(rig.clusters.list().map(({ definition }) => definition))).not.toContain(
    's3cret',
  );
  expect(lines.length).toBeGreaterThan(0);
});

/** Takes any name for the host itself; asks for a user and a password. */
async function socksProxy(user: string, password: string, targetPort: number): Promise<number> {
  const server = createTcpServer((client) => {
    client.once('data', () => {
      client.write(Buffer.from([5, 2]));
      client.once('data', (sent) => {
        const userEnd = 2 + (sent[1] as number);
        const isKnown =
          sent.subarray(2, userEnd).toString() === user &&
          sent.subarray(userEnd + 1).toString() === password;
        client.write(Buffer.from([1, isKnown ? 0 : 1]));
        if (!isKnown) return void client.end();
        client.once('data', () => {
          const upstream = connectTcp(targetPort, '127.0.0.1', () => {
            client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
            upstream.pipe(client);
            client.pipe(upstream);
          });
          upstream.on('error', () => client.destroy());
          client.on('error', () => upstream.destroy());
          onTestFinished(() => void upstream.destroy());
        });
      });
    });
    onTestFinished(() => void client.destroy());
  });
  return listenTcp(server);
}
