/** What we say of our own use of the clusters. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const REQUEST_BUCKETS_SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 30];
const SYNC_BUCKETS_SECONDS = [0.05, 0.25, 1, 5, 15, 60, 300];

/** One followed resource of a cluster, as it is at this moment. */
export interface CacheReading {
  readonly cluster: string;
  readonly resource: string;
  readonly objects: number;
  /** Unix milliseconds; 0 for none yet. */
  readonly lastEventMs: number;
}

export interface ReachableReading {
  readonly cluster: string;
  readonly reachable: boolean;
}

export interface Readings {
  caches(): Iterable<CacheReading>;
  clusters(): Iterable<ReachableReading>;
}

export type ClusterMetrics = ReturnType<typeof clusterMetrics>;

/** @param registry must not hold them yet */
export function clusterMetrics(registry: Registry, readings: Readings) {
  const registers = [registry];
  new Gauge({
    name: 'wk_kube_cache_objects',
    help: 'Objects in the caches of a cluster.',
    registers,
    labelNames: ['cluster', 'resource'] as const,
    collect() {
      this.reset();
      for (const { cluster, resource, objects } of readings.caches()) {
        this.labels(cluster, resource).inc(objects);
      }
    },
  });
  new Gauge({
    name: 'wk_kube_watch_last_event_seconds',
    help: 'When something last came over the watch, bookmarks too, in Unix seconds.',
    registers,
    labelNames: ['cluster', 'resource'] as const,
    collect() {
      this.reset();
      for (const { cluster, resource, lastEventMs } of readings.caches()) {
        if (lastEventMs > 0) this.labels(cluster, resource).set(lastEventMs / 1000);
      }
    },
  });
  new Gauge({
    name: 'wk_cluster_reachable',
    help: 'Whether the API server answers and takes our credentials.',
    registers,
    labelNames: ['cluster'] as const,
    collect() {
      this.reset();
      for (const { cluster, reachable } of readings.clusters()) {
        this.labels(cluster).set(reachable ? 1 : 0);
      }
    },
  });
  return {
    requests: new Counter({
      name: 'wk_kube_requests_total',
      help: 'Requests to API servers; code is the status, or "none" when no answer came.',
      registers,
      labelNames: ['cluster', 'verb', 'resource', 'code'] as const,
    }),
    requestSeconds: new Histogram({
      name: 'wk_kube_request_seconds',
      help: "Time to the head of the API server's answer, in seconds.",
      registers,
      labelNames: ['cluster', 'verb', 'resource'] as const,
      buckets: REQUEST_BUCKETS_SECONDS,
    }),
    watchRestarts: new Counter({
      name: 'wk_kube_watch_restarts_total',
      help: 'Watches begun anew, by why the last one ended.',
      registers,
      labelNames: ['cluster', 'resource', 'reason'] as const,
    }),
    syncSeconds: new Histogram({
      name: 'wk_kube_sync_seconds',
      help: 'Time until a whole list was in the cache, in seconds.',
      registers,
      labelNames: ['cluster', 'resource'] as const,
      buckets: SYNC_BUCKETS_SECONDS,
    }),
    mismatches: new Counter({
      name: 'wk_kube_cache_mismatch_total',
      help: 'Objects whose cached state was not that of the API server when they were compared.',
      registers,
      labelNames: ['cluster', 'resource'] as const,
    }),
  };
}

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** `/api/v1/namespaces/x/pods/y/log` is 'get', 'pods/log': no name of an object is in a label. */
export function requestLabels(method: string, path: string): { verb: string; resource: string } {
  const [route = '', query = ''] = path.split('?');
  const parts = route.split('/').filter((part) => part !== '');
  const rest = parts[0] === 'api' ? parts.slice(2) : parts[0] === 'apis' ? parts.slice(3) : [];
  if (rest.length === 0) {
    const isDiscovery = parts[0] === 'api' || parts[0] === 'apis';
    return {
      verb: VERBS[method] ?? 'get',
      resource: isDiscovery ? 'discovery' : `/${parts[0] ?? ''}`,
    };
  }
  const [plural = '', name, ...sub] =
    rest[0] === 'namespaces' && rest.length > 2 ? rest.slice(2) : rest;
  const resource = sub.length === 0 ? plural : `${plural}/${sub[0]}`;
  const isWatch = /(^|&)watch=(true|1)(&|$)/.test(query);
  const reading = isWatch ? 'watch' : name === undefined ? 'list' : 'get';
  return { verb: VERBS[method] ?? reading, resource };
}
