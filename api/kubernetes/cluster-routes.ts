/** The clusters that are watched, and how that goes. */
import { Hono } from 'hono';
import { checkCluster } from '../../kubernetes/access/check-cluster.ts';
import type { ConnectedCluster } from '../../kubernetes/connected-cluster.ts';
import type { FollowStatus } from '../../kubernetes/followed-resource.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { success } from '../prometheus/envelope.ts';

export interface ClusterSource {
  list(): readonly ConnectedCluster[];
  get(name: string): ConnectedCluster | undefined;
}

export interface ClusterDeps {
  readonly clusters: ClusterSource;
  readonly now: () => number;
}

export function clusterRoutes({ clusters, now }: ClusterDeps): Hono {
  const app = new Hono();
  app.get('/clusters', (c) => success(c, { clusters: clusters.list().map(clusterJson) }));
  app.get('/clusters/:name', (c) => {
    const cluster = findCluster(clusters, c.req.param('name'));
    return success(c, { ...clusterJson(cluster), resources: cluster.followed().map(followJson) });
  });
  app.get('/clusters/:name/check', async (c) => {
    return success(c, await checkCluster(findCluster(clusters, c.req.param('name')), now()));
  });
  return app;
}

function findCluster(clusters: ClusterSource, name: string): ConnectedCluster {
  const cluster = clusters.get(name);
  if (cluster === undefined) throw new ApiError('not_found', 'there is no such cluster');
  return cluster;
}

function clusterJson(cluster: ConnectedCluster) {
  const { health, definition } = cluster;
  return {
    name: cluster.name,
    origin: definition.origin,
    server: cluster.server,
    namespaces: definition.namespaces,
    reachable: health.reachable,
    error: health.error,
    version: health.version,
    lastContact: timeJson(health.lastContactMs),
    objects: sum(cluster.followed().map((followed) => followed.objects)),
  };
}

function followJson({ lastEventMs, ...rest }: FollowStatus) {
  return { ...rest, lastEvent: timeJson(lastEventMs) };
}

function timeJson(timeMs: number | undefined): string | undefined {
  return timeMs === undefined || timeMs === 0 ? undefined : new Date(timeMs).toISOString();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
