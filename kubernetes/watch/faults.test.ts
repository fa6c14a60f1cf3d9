import { describe, expect, test } from 'vitest';
import { type ClusterRig, clusterRig, connect, serverCluster } from '../../test/cluster-rig.ts';
import { KubernetesApiServer, sendStatus } from '../../test/kubernetes-api-server.ts';
import { until } from '../../test/until.ts';
import type { VirtualClock } from '../../test/virtual-clock.ts';
import type { ConnectedCluster } from '../connected-cluster.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { CacheSelection } from '../object-cache.ts';
import { PODS } from '../resources.ts';

interface Rig extends ClusterRig {
  readonly server: KubernetesApiServer;
  readonly cluster: ConnectedCluster;
}

async function rig(namespaces: readonly string[] = []): Promise<Rig> {
  const server = await new KubernetesApiServer().start();
  const made = clusterRig();
  return {
    ...made,
    server,
    cluster: connect(made, serverCluster('c', server.url, {}, namespaces)),
  };
}

/** What a listener was told, as text. */
function follow(cluster: ConnectedCluster, selection: CacheSelection = {}) {
  const told: string[] = [];
  const cache = cluster.objects<KubernetesObject>(PODS, selection);
  const end = cache.subscribe({
    added: ({ metadata }) => told.push(`+${metadata.name}`),
    modified: ({ metadata }, before) => {
      told.push(`~${metadata.name} ${before.metadata.resourceVersion}`);
    },
    deleted: ({ metadata }) => told.push(`-${metadata.name}`),
    synced: () => told.push('synced'),
  });
  const names = () => [...cache.list()].map(({ metadata }) => metadata.name).sort();
  return { told, cache, end, names };
}

const stateOf = (cluster: ConnectedCluster) => cluster.followed()[0]?.state;

async function synced(cache: { readonly synced: boolean }): Promise<void> {
  await until('synced', () => cache.synced);
}

/** Moves the time by steps for as long as the condition is not met, so that waits end. */
async function passing(clock: VirtualClock, stepMs: number, what: string, probe: () => boolean) {
  await until(what, () => {
    if (probe()) return true;
    clock.advance(stepMs);
    return false;
  });
}

describe.each(['watch-list', 'pages'] as const)('following by %s', (way) => {
  async function started(count = 3): Promise<Rig & ReturnType<typeof follow>> {
    const made = await rig();
    made.server.hasWatchList = way === 'watch-list';
    for (let i = 0; i < count; i++) made.server.put('pods', `p${i}`);
    const followed = follow(made.cluster);
    await synced(followed.cache);
    await until('watching', () => made.server.watchCount === 1);
    return { ...made, ...followed };
  }

  test('present objects, then events in order', async () => {
    const { server, told, cache } = await started();
    const before = server.put('pods', 'p3').metadata.resourceVersion;
    server.put('pods', 'p3', { status: { phase: 'Running' } });
    server.delete('pods', 'p0');
    await until('all told', () => told.includes('-p0'));

    expect(told.filter((text) => text.startsWith('+'))).toEqual(['+p0', '+p1', '+p2', '+p3']);
    expect(told.slice(-2)).toEqual([`~p3 ${before}`, '-p0']);
    expect(told.filter((text) => text === 'synced')).toHaveLength(1);
    expect(cache.get('default', 'p3')).toMatchObject({
      apiVersion: 'v1',
      kind: 'Pod',
      status: { phase: 'Running' },
    });
    expect(cache.get('default', 'p3')?.metadata).not.toHaveProperty('managedFields');
    expect(cache.get('default', 'p3')?.metadata.lastManager).toBe('kubectl');
  });

  test('who comes later is told what is there, and that it is all', async () => {
    const { cluster, server } = await started();
    const { told } = follow(cluster);
    await until('told', () => told.includes('synced'));

    expect(told).toEqual(['+p0', '+p1', '+p2', 'synced']);
    expect(server.watchCount).toBe(1);
  });

  test('a watch that the server ends goes on from its last version', async () => {
    const { server, clock, told } = await started();
    server.put('pods', 'p3');
    await until('told', () => told.includes('+p3'));
    clock.advance(60_000);
    server.endWatches();
    server.put('pods', 'p4');
    await until('told', () => told.includes('+p4'));

    expect(told.filter((text) => text === '+p3')).toHaveLength(1);
    expect(server.countOf('watch-list') + server.countOf('list')).toBe(way === 'pages' ? 2 : 1); // the first of two is the refused watch-list
  });

  test('a connection that is cut in the middle of an event loses nothing', async () => {
    const { server, clock, told, names } = await started();
    server.cutWatches();
    server.put('pods', 'p5');
    server.delete('pods', 'p1');
    await passing(clock, 1000, 'told', () => told.includes('-p1'));

    expect(names()).toEqual(['p0', 'p2', 'p5']);
    expect(told.filter((text) => text === '+p0')).toHaveLength(1);
  });

  test('a connection over which nothing comes is given up after 150 s', async () => {
    const { server, clock, told, registry } = await started();
    // The last byte has been read: the time runs from here.
    server.put('pods', 'p5');
    await until('last event', () => told.includes('+p5'));
    server.silenceWatches();
    server.put('pods', 'p6');
    clock.advance(149_000);
    expect(server.watchCount).toBe(0);
    clock.advance(2000);
    await until('told', () => told.includes('+p6'));

    expect(await registry.getSingleMetricAsString('wk_kube_watch_restarts_total')).toContain(
      'reason="silent"} 1',
    );
  });

  test('bookmarks keep a quiet connection, and the place where to go on', async () => {
    const { server, clock, cluster, told, names } = await started();
    const heardMs = (): number => cluster.followed()[0]?.lastEventMs ?? 0;
    for (let minute = 0; minute < 5; minute++) {
      clock.advance(60_000);
      server.bookmark();
      await until('heard', () => heardMs() === clock.nowMs());
    }
    expect(server.watchCount).toBe(1);
    const lists = server.countOf('watch-list') + server.countOf('list');
    // Other resources moved the version on; what was before the last bookmark is forgotten.
    server.put('services', 's');
    clock.advance(1000);
    server.bookmark();
    await until('heard', () => heardMs() === clock.nowMs());
    server.compact();
    server.endWatches();
    server.put('pods', 'p7');
    await until('told', () => told.includes('+p7'));

    expect(names()).toEqual(['p0', 'p1', 'p2', 'p7']);
    expect(server.countOf('watch-list') + server.countOf('list')).toBe(lists);
  });

  test.each(['in the stream', 'as the answer'])(
    'a forgotten history, told %s: a whole list tells what went',
    async (how) => {
      const { server, clock, told, names } = await started();
      const end = (): void => {
        if (how === 'in the stream') server.sendError(410, 'Expired');
        else server.silenceWatches();
      };
      end();
      server.delete('pods', 'p1');
      server.put('pods', 'p8');
      server.put('pods', 'p0', { spec: {} });
      server.compact();
      clock.advance(151_000);
      await passing(clock, 1000, 'told', () => told.includes('-p1'));

      expect(names()).toEqual(['p0', 'p2', 'p8']);
      expect(told.filter((text) => text.startsWith('~p0'))).toHaveLength(1);
      expect(told.filter((text) => text === '+p2')).toHaveLength(1);
    },
  );

  test('an object made anew under its name is told as gone and come', async () => {
    const { server, clock, told } = await started();
    server.silenceWatches();
    server.delete('pods', 'p1');
    server.put('pods', 'p1');
    server.compact();
    clock.advance(151_000);
    await passing(clock, 1000, 'told', () => told.includes('-p1'));

    expect(told.slice(-2)).toEqual(['-p1', '+p1']);
  });

  test('an ERROR event that is no end of history goes on from the last version', async () => {
    const { server, clock, told } = await started();
    const lists = server.countOf('list') + server.countOf('watch-list');
    server.sendError(500, 'InternalError');
    server.put('pods', 'p9');
    await passing(clock, 1000, 'told', () => told.includes('+p9'));

    expect(server.countOf('list') + server.countOf('watch-list')).toBe(lists);
  });

  test('403 is said, kept for five minutes, then tried again', async () => {
    const { server, clock, cluster, told } = await started();
    server.fault = (request, response) => {
      if (!request.path.endsWith('/pods')) return false;
      sendStatus(response, 403, 'Forbidden', 'pods is forbidden: User "u" cannot watch');
      return true;
    };
    server.endWatches();
    await passing(clock, 500, 'forbidden', () => stateOf(cluster) === 'forbidden');
    const requests = server.requests.filter(({ path }) => path.endsWith('/pods')).length;
    clock.advance(250_000);
    expect(server.requests.filter(({ path }) => path.endsWith('/pods'))).toHaveLength(requests);
    expect(cluster.followed()[0]?.error).toContain('cannot watch');

    server.fault = () => false;
    server.put('pods', 'granted');
    await passing(clock, 10_000, 'told', () => told.includes('+granted'));
  });

  test('a resource that is gone has no objects, and comes back', async () => {
    const { server, clock, cluster, told, names, cache } = await started();
    server.fault = (request, response) => {
      if (!request.path.endsWith('/pods')) return false;
      sendStatus(response, 404, 'NotFound', 'the server could not find the requested resource');
      return true;
    };
    server.endWatches();
    await passing(clock, 500, 'absent', () => stateOf(cluster) === 'absent');

    expect(names()).toEqual([]);
    expect(told.filter((text) => text.startsWith('-'))).toHaveLength(3);
    expect(cache.synced).toBe(true);

    server.fault = () => false;
    await passing(clock, 5000, 'back', () => names().length === 3);
  });

  test('an API server that is away is not stormed, and nothing is missed when it is back', async () => {
    const { server, clock, told, names } = await started();
    server.fault = (_request, response) => {
      response.destroy();
      return true;
    };
    server.cutWatches();
    const requestsBefore = server.requests.length;
    for (let second = 0; second < 180; second++) {
      clock.advance(1000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(server.requests.length - requestsBefore).toBeLessThan(60);
    const lists = server.countOf('list') + server.countOf('watch-list');
    server.delete('pods', 'p2');
    server.put('pods', 'late');
    server.fault = () => false;
    await passing(clock, 1000, 'told', () => told.includes('-p2'));

    expect(names()).toEqual(['late', 'p0', 'p1']);
    expect(server.countOf('list') + server.countOf('watch-list')).toBe(lists);
  });

  test('what the watch did not tell is found within 36 minutes', async () => {
    const { server, clock, cluster, told, names, registry } = await started();
    server.changeInSecret(() => {
      server.delete('pods', 'p1');
      server.put('pods', 'p2', { spec: {} });
      server.put('pods', 'hidden');
    });
    for (let minute = 0; minute < 33; minute++) {
      clock.advance(60_000);
      server.bookmark();
      await until('heard', () => cluster.followed()[0]?.lastEventMs === clock.nowMs());
    }
    clock.advance(1000);
    // The comparison is over real HTTP: time stands still meanwhile.
    await until('compared', () => {
      return server.requests.some(({ headers }) => headers.accept?.includes('MetadataList'));
    });
    await passing(clock, 100, 'told', () => told.includes('-p1') && told.includes('+hidden'));

    expect(names()).toEqual(['hidden', 'p0', 'p2']);
    expect(told.filter((text) => text.startsWith('~p2'))).toHaveLength(1);
    expect(await registry.getSingleMetricAsString('wk_kube_cache_mismatch_total')).toMatch(
      /resource="pods"} 3/,
    );
  });

  test('the cache ends some time after its last user', async () => {
    const { server, clock, cluster, end, cache } = await started();
    end();
    clock.advance(9000);
    const again = follow(cluster);
    await until('told', () => again.told.includes('synced'));
    clock.advance(9000);
    expect(server.watchCount).toBe(1);
    again.end();
    clock.advance(11_000);
    await until('ended', () => server.watchCount === 0);

    expect(cache.size).toBe(0);
    expect(cache.synced).toBe(false);
  });
});

describe('whole lists', () => {
  async function listing(count: number): Promise<Rig> {
    const made = await rig();
    made.server.hasWatchList = false;
    for (let i = 0; i < count; i++) {
      made.server.put('pods', `p${String(i).padStart(5, '0')}`, { spec: { nodeName: 'n' } });
    }
    return made;
  }

  test('come page by page', async () => {
    const { server, cluster } = await listing(1201);
    const { cache, told } = follow(cluster);
    await synced(cache);

    expect(cache.size).toBe(1201);
    expect(told.filter((text) => text.startsWith('+'))).toHaveLength(1201);
    const pages = server.requests.filter(({ query }) => query.has('limit'));
    expect(pages.map(({ query }) => query.get('limit'))).toEqual(['500', '500', '500']);
  });

  test('whose snapshot is forgotten between pages are read again in one', async () => {
    const { server, cluster, clock } = await listing(1201);
    let pages = 0;
    server.fault = ({ query }) => {
      if (query.has('limit') && ++pages === 2) server.compact();
      return false;
    };
    const { cache } = follow(cluster);
    await passing(clock, 1000, 'synced', () => cache.synced);

    expect(cache.size).toBe(1201);
    expect(server.requests.filter(({ query }) => query.has('limit'))).toHaveLength(2);
  });

  test('throttled, wait as long as the server asks', async () => {
    const { server, cluster, clock } = await listing(3);
    let refused = 0;
    server.fault = ({ path, query }, response) => {
      if (!path.endsWith('/pods') || query.has('watch') || refused === 3) return false;
      refused++;
      sendStatus(response, 429, 'TooManyRequests', 'slow down', { 'retry-after': '2' });
      return true;
    };
    const { cache } = follow(cluster);
    await until('refused', () => refused === 1);
    clock.advance(1900);
    expect(refused).toBe(1);
    await passing(clock, 500, 'synced', () => cache.synced);

    expect(refused).toBe(3);
  });

  test('broken off in the middle are asked for again', async () => {
    const { server, cluster, clock } = await listing(3);
    let isFirst = true;
    server.fault = ({ path, query }, response) => {
      if (!path.endsWith('/pods') || query.has('watch') || !isFirst) return false;
      isFirst = false;
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"items":[{"metadata":{"name":"p00000"}');
      setImmediate(() => response.destroy());
      return true;
    };
    const { cache } = follow(cluster);
    await passing(clock, 500, 'synced', () => cache.synced);

    expect(cache.size).toBe(3);
  });

  test('do not keep others waiting, however long they are', async () => {
    const { server, cluster } = await listing(10_000);
    server.hasWatchList = true;
    const { cache } = follow(cluster);
    let turns = 0;
    await until('synced', () => {
      turns++;
      return cache.synced;
    });

    expect(cache.size).toBe(10_000);
    expect(turns).toBeGreaterThan(2);
  });
});

describe('a cluster of which some namespaces may be seen', () => {
  test('is followed namespace by namespace, as one cache', async () => {
    const { server, cluster, clock } = await rig(['a', 'b']);
    server.put('pods', 'in-a', {}, 'a');
    server.put('pods', 'in-b', {}, 'b');
    server.put('pods', 'in-c', {}, 'c');
    const { names, told, cache } = follow(cluster);
    await synced(cache);
    expect(names()).toEqual(['in-a', 'in-b']);

    server.delete('pods', 'in-a', 'a');
    server.sendError(410, 'Expired');
    await passing(clock, 1000, 'told', () => told.includes('-in-a'));
    expect(names()).toEqual(['in-b']);
    expect(cluster.followed().map(({ namespace, objects }) => [namespace, objects])).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
  });
});
