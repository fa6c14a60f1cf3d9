/** Lists and watches of a real API server, with the way to it cut, and credentials that end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ApiClient, ApiError } from '../test/cluster/api-client.ts';
import { describeWithCluster } from '../test/cluster/test-cluster.ts';
import { clusterRig, connect, serverCluster } from '../test/cluster-rig.ts';
import { listenTcp } from '../test/listening-server.ts';
import { until } from '../test/until.ts';
import { CONFIG_MAPS } from './resources.ts';

const NAMESPACE = 'wk-watch-test';
const MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const REVOKED_WITHIN_MS = 60_000;
const ACCOUNT = 'wk-watch-test';

/** Passes bytes on, until it is told not to. */
async function relay(host: string, port: number) {
  const sockets = new Set<Socket>();
  const way = { isOpen: true, connections: 0 };
  const server = createServer((client) => {
    way.connections++;
    if (!way.isOpen) return void client.destroy();
    const upstream = connectTcp(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.pipe(client);
  });
  const listening = await listenTcp(server);
  const each = (act: (socket: Socket) => void): void => {
    for (const socket of sockets) act(socket);
  };
  onTestFinished(() => each((socket) => socket.destroy()));
  return {
    way,
    url: `https://127.0.0.1:${listening}`,
    cut: () => each((socket) => socket.destroy()),
    /** What is connected stays so, and says nothing more. */
    swallow: () =>
      each((socket) => {
        socket.unpipe();
        socket.resume();
      }),
  };
}

await describeWithCluster('a real API server', (cluster) => {
  let api: ApiClient;
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-test-'));

  beforeAll(async () => {
    api = new ApiClient(cluster().access);
    await api.apply(`/api/v1/namespaces/${NAMESPACE}`, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
    for (const { metadata } of await api.list(MAPS)) await api.remove(`${MAPS}/${metadata.name}`);
  });
  afterAll(async () => {
    for (const { metadata } of await api.list(MAPS)) await api.remove(`${MAPS}/${metadata.name}`);
    await api.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const make = (name: string) =>
    api.text('POST', MAPS, { metadata: { name, labels: { test: 'watch' } }, data: { a: 'b' } });

  /** Follows the ConfigMaps of the test through a relay, as the administrator or with a token. */
  async function following(tokenFile?: string) {
    const { server, ca, cert, key } = cluster().access;
    const { hostname, port } = new URL(server);
    const way = await relay(hostname, Number(port));
    const file = (name: string, text = ''): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const tls = {
      ca: { file: file('ca', ca) },
      cert: tokenFile === undefined ? { file: file('cert', cert) } : undefined,
      key: tokenFile === undefined ? { file: file('key', key) } : undefined,
      serverName: hostname,
      insecureSkipVerify: false,
      minVersion: undefined,
      maxVersion: undefined,
    };
    const authorization =
      tokenFile === undefined ? undefined : { type: 'Bearer', credentials: { file: tokenFile } };
    const rig = clusterRig();
    const one = connect(rig, serverCluster('real', way.url, { tls, authorization }));
    const told: string[] = [];
    const cache = one.objects(CONFIG_MAPS, { namespace: NAMESPACE, labelSelector: 'test=watch' });
    cache.subscribe({
      added: ({ metadata }) => told.push(`+${metadata.name}`),
      modified: () => undefined,
      deleted: ({ metadata }) => told.push(`-${metadata.name}`),
    });
    await until('synced', () => cache.synced);
    const isTold = (text: string, stepMs = 0) =>
      until(`told ${text}`, () => {
        if (told.includes(text)) return true;
        rig.clock.advance(stepMs);
        return false;
      });
    const lists = async () => {
      const text = await rig.registry.getSingleMetricAsString('wk_kube_sync_seconds');
      return Number(/_count\S* (\d+)/.exec(text)?.[1]);
    };
    return { ...way, ...rig, cluster: one, told, isTold, lists };
  }

  /** The server remembers for ten seconds that a token was good. */
  async function isRevoked(token: string): Promise<void> {
    const { server, ca } = cluster().access;
    const holder = new ApiClient({ server, ca, cert: undefined, key: undefined, token });
    const isRefused = () =>
      holder.text('GET', MAPS).then(
        () => false,
        (error: unknown) => error instanceof ApiError && error.status === 401,
      );
    const startMs = performance.now();
    while (!(await isRefused())) {
      if (performance.now() - startMs > REVOKED_WITHIN_MS) throw new Error('still good');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await holder.close();
  }

  test('away for three minutes: no storm, no second list, nothing missed', async () => {
    await make('before');
    const { clock, way, cut, told, isTold, lists } = await following();
    await isTold('+before');
    await make('seen');
    await isTold('+seen');

    way.isOpen = false;
    cut();
    const connectionsBefore = way.connections;
    for (let second = 0; second < 180; second++) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(way.connections - connectionsBefore).toBeLessThan(60);
    await make('while-away');
    await api.remove(`${MAPS}/before`);
    way.isOpen = true;
    await isTold('-before', 1000);
    await isTold('+while-away', 1000);

    expect(told.filter((text) => text === '+seen')).toHaveLength(1);
    expect(await lists()).toBe(1);
  });

  test('a connection that swallows everything is given up after 150 s', async () => {
    const { clock, swallow, isTold, lists } = await following();
    swallow();
    await make('swallowed');
    clock.advance(151_000);
    await isTold('+swallowed', 500);

    expect(await lists()).toBe(1);
  });

  test('a token that is revoked, and another in its file', async () => {
    const tokenFile = join(folder, 'token');
    const base = `/api/v1/namespaces/${NAMESPACE}`;
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    await api.apply(`${base}/serviceaccounts/${ACCOUNT}`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: ACCOUNT },
    });
    await api.apply(`${rbac}/namespaces/${NAMESPACE}/roles/${ACCOUNT}`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: ACCOUNT },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }],
    });
    await api.apply(`${rbac}/namespaces/${NAMESPACE}/rolebindings/${ACCOUNT}`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: ACCOUNT },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: ACCOUNT },
      subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: NAMESPACE }],
    });
    /** Bound to a Secret, with which it ends. */
    const token = async (secret: string): Promise<string> => {
      await api.apply(`${base}/secrets/${secret}`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: secret },
      });
      const { metadata } = await api.get(`${base}/secrets/${secret}`);
      const request = {
        spec: {
          audiences: [],
          expirationSeconds: 3600,
          boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: secret, uid: metadata.uid },
        },
      };
      const answer = await api.text('POST', `${base}/serviceaccounts/${ACCOUNT}/token`, request);
      return (JSON.parse(answer) as { status: { token: string } }).status.token;
    };
    const first = await token('wk-first');
    writeFileSync(tokenFile, first);
    const { clock, cut, cluster: one, isTold } = await following(tokenFile);
    await until('reachable', () => one.health.reachable);

    await api.remove(`${base}/secrets/wk-first`);
    await isRevoked(first);
    cut();
    await until('refused', () => {
      clock.advance(1000);
      return !one.health.reachable && one.followed()[0]?.state === 'failing';
    });
    expect(one.health.error).toContain('Unauthorized');

    writeFileSync(tokenFile, await token('wk-second'));
    await make('with-another-token');
    await isTold('+with-another-token', 1000);
    await until('reachable', () => {
      clock.advance(1000);
      return one.health.reachable;
    });
    await api.remove(`${base}/secrets/wk-second`);
  });
});
