/** Watches clusters for what happens in them, and writes it: events and states of objects. */
import { Counter, type Registry } from 'prom-client';
import type { Cluster, ClusterRegistry } from '../../kubernetes/cluster.ts';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import type { ObjectCache, Resource } from '../../kubernetes/object-cache.ts';
import {
  CONFIG_MAPS,
  CRON_JOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  EVENTS,
  HORIZONTAL_POD_AUTOSCALERS,
  INGRESSES,
  JOBS,
  LIMIT_RANGES,
  NAMESPACES,
  NETWORK_POLICIES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICA_SETS,
  RESOURCE_QUOTAS,
  SERVICES,
  STATEFUL_SETS,
} from '../../kubernetes/resources.ts';
import type {
  ClusterHistorySink,
  ClusterHistorySource,
  RevisionHead,
} from '../../model/cluster-history.ts';
import type { Logger } from '../../model/logger.ts';
import { EventRecorder } from './event-recorder.ts';
import type { EventObject } from './read-event.ts';
import { RevisionRecorder } from './revision-recorder.ts';

/** Secrets are not among them: their values are stored nowhere. */
const RECORDED: readonly Resource[] = [
  NODES,
  NAMESPACES,
  PODS,
  DEPLOYMENTS,
  REPLICA_SETS,
  STATEFUL_SETS,
  DAEMON_SETS,
  JOBS,
  CRON_JOBS,
  SERVICES,
  INGRESSES,
  NETWORK_POLICIES,
  CONFIG_MAPS,
  PERSISTENT_VOLUMES,
  PERSISTENT_VOLUME_CLAIMS,
  HORIZONTAL_POD_AUTOSCALERS,
  POD_DISRUPTION_BUDGETS,
  RESOURCE_QUOTAS,
  LIMIT_RANGES,
];

/** Events live for an hour in the API server, unless it was told otherwise. */
const EVENT_LIFE_MS = 24 * 3_600_000;
const KEEP_INTERVAL_MS = 6 * 3_600_000;
const RETRY_MS = 30_000;

export interface ClusterHistoryOptions {
  readonly clusters: ClusterRegistry;
  readonly sink: ClusterHistorySink;
  readonly source: ClusterHistorySource;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly now: () => number;
}

/** @returns ends it */
export function recordClusterHistory(options: ClusterHistoryOptions): () => void {
  const registers = [options.registry];
  const counters: Counters = {
    events: new Counter({
      name: 'wk_events_total',
      help: 'Kubernetes events, counted as often as they happened.',
      labelNames: ['cluster', 'namespace', 'kind', 'reason', 'type'],
      registers,
    }),
    skipped: new Counter({
      name: 'wk_object_revisions_skipped_total',
      help: 'Changes of objects that came too fast to be stored one by one.',
      labelNames: ['cluster', 'kind'],
      registers,
    }),
  };
  const running = new Map<string, RecordedCluster>();
  const end = options.clusters.subscribe({
    added(cluster) {
      running.set(cluster.name, new RecordedCluster(cluster, counters, options));
    },
    removed(cluster) {
      running.get(cluster.name)?.stop();
      running.delete(cluster.name);
    },
  });
  return () => {
    end();
    for (const cluster of running.values()) cluster.stop();
    running.clear();
  };
}

interface Counters {
  readonly events: Counter;
  readonly skipped: Counter;
}

class RecordedCluster {
  readonly #cluster: Cluster;
  readonly #counters: Counters;
  readonly #options: ClusterHistoryOptions;
  #timer: NodeJS.Timeout | undefined;
  #ends: (() => void)[] = [];
  #isStopped = false;

  constructor(cluster: Cluster, counters: Counters, options: ClusterHistoryOptions) {
    this.#cluster = cluster;
    this.#counters = counters;
    this.#options = options;
    void this.#start();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  /** What is stored is read first: nothing is written twice. */
  async #start(): Promise<void> {
    const { source, now, logger } = this.#options;
    const { name } = this.#cluster;
    try {
      const counts = await source.eventCounts(name, now() - EVENT_LIFE_MS);
      const heads = await source.liveRevisions(name);
      if (!this.#isStopped) this.#record(counts, heads);
    } catch (error) {
      if (this.#isStopped) return;
      logger.warn('what is stored of a cluster cannot be read; trying again', {
        cluster: name,
        error,
      });
      this.#timer = setTimeout(() => void this.#start(), RETRY_MS);
      this.#timer.unref();
    }
  }

  #record(counts: ReadonlyMap<string, number>, heads: readonly RevisionHead[]): void {
    const { sink, now } = this.#options;
    const { name } = this.#cluster;
    const events = new EventRecorder({
      cluster: name,
      sink,
      known: counts,
      counter: this.#counters.events,
      now,
    });
    this.#ends.push(this.#cluster.objects<EventObject>(EVENTS).subscribe(events));
    const kept: (readonly [RevisionRecorder, ObjectCache<KubernetesObject>])[] = [];
    for (const resource of RECORDED) {
      const recorder = new RevisionRecorder({
        cluster: name,
        resource,
        sink,
        known: heads.filter((head) => isOf(head, resource)),
        skipped: this.#counters.skipped,
        now,
      });
      const cache = this.#cluster.objects<KubernetesObject>(resource);
      this.#ends.push(cache.subscribe(recorder));
      kept.push([recorder, cache]);
    }
    const timer = setInterval(() => {
      for (const [recorder, cache] of kept) recorder.keep(cache.list());
    }, KEEP_INTERVAL_MS);
    timer.unref();
    this.#ends.push(() => clearInterval(timer));
  }
}

function isOf(head: RevisionHead, resource: Resource): boolean {
  return head.kind === resource.kind && head.group === resource.group;
}
