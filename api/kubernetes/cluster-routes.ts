/** The clusters that are watched, and how that goes. */
import { Hono } from 'hono';
import { ConfigErrors } from '../../config/config-errors.ts';
import { checkCluster } from '../../kubernetes/access/check-cluster.ts';
import type { ConnectedCluster } from '../../kubernetes/connected-cluster.ts';
import type { FollowStatus } from '../../kubernetes/followed-resource.ts';
import { KubeconfigError } from '../../kubernetes/kubeconfig/load-kubeconfig.ts';
import type { NewCluster } from '../../kubernetes/stored-clusters.ts';
import { PlaceError } from '../../model/place-error.ts';
import { ApiError } from '../prometheus/api-error.ts';
import { success, successWithoutData } from '../prometheus/envelope.ts';
import { readNewCluster } from './read-new-cluster.ts';

export interface ClusterSource {
  list(): readonly ConnectedCluster[];
  get(name: string): ConnectedCluster | undefined;
}

/** Clusters that are added while the program runs. */
export interface AddedClusters {
  /** @throws ConfigErrors, PlaceError, KubeconfigError, StoreUnavailableError */
  add(cluster: NewCluster, author: string): Promise<string>;
  remove(name: string, author: string): Promise<boolean>;
  isConfigured(name: string): boolean;
}

export interface ClusterDeps {
  readonly clusters: ClusterSource;
  readonly added: AddedClusters;
  readonly now: () => number;
}

export function clusterRoutes({ clusters, added, now }: ClusterDeps): Hono {
  const app = new Hono();
  app.get('/clusters', (c) => success(c, { clusters: clusters.list().map(clusterJson) }));
  app.get('/clusters/:name', (c) => {
    const cluster = findCluster(clusters, c.req.param('name'));
    return success(c, { ...clusterJson(cluster), resources: cluster.followed().map(followJson) });
  });
  app.post('/clusters', async (c) => {
    const cluster = readNewCluster(await c.req.text());
    const wanted = cluster.name || cluster.context;
    if (added.isConfigured(wanted)) throw new ApiError('bad_data', configured(wanted));
    try {
      return success(c, { name: await added.add(cluster, NOBODY) });
    } catch (error) {
      if (!isMistake(error)) throw error;
      throw new ApiError('bad_data', error.message, { cause: error });
    }
  });
  app.delete('/clusters/:name', async (c) => {
    const name = c.req.param('name');
    if (added.isConfigured(name)) throw new ApiError('bad_data', configured(name));
    if (await added.remove(name, NOBODY)) return successWithoutData(c);
    throw new ApiError('not_found', 'there is no such cluster');
  });
  app.get('/clusters/:name/check', async (c) => {
    return success(c, await checkCluster(findCluster(clusters, c.req.param('name')), now()));
  });
  return app;
}

/** Until there is a login. */
const NOBODY = '';

function configured(name: string): string {
  return `the cluster ${JSON.stringify(name)} is one of the configuration: change it there`;
}

/** In what was sent. */
function isMistake(error: unknown): error is Error {
  return (
    error instanceof ConfigErrors || error instanceof PlaceError || error instanceof KubeconfigError
  );
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
