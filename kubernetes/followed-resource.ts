/** The cache of one resource of one cluster, with what keeps it: one reflector per namespace. */
import { type Clock, pause } from '../model/clock.ts';
import type { Logger } from '../model/logger.ts';
import type { ClusterRequest, ClusterResponse } from './cluster.ts';
import type { ClusterMetrics } from './cluster-metrics.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import type { CacheSelection, ObjectCache, Resource } from './object-cache.ts';
import { countMismatches } from './watch/find-mismatches.ts';
import { ObjectStore } from './watch/object-store.ts';
import { type FollowState, Reflector } from './watch/reflector.ts';
import { resourceName } from './watch/resource-path.ts';
import type { ObjectStripper } from './watch/strip-object.ts';

/** A reload ends and begins its users: the cache outlives the moment between. */
const LINGER_MS = 10_000;

/** A cache is compared with the server so often. */
const COMPARE_INTERVAL_MS = 1_800_000;
const COMPARE_JITTER = 0.2;

export interface FollowContext {
  readonly cluster: string;
  readonly request: (request: ClusterRequest) => Promise<ClusterResponse>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: ClusterMetrics;
  readonly stripper: ObjectStripper;
  readonly noWatchList: Set<string>;
}

/** How following a resource goes, for people. */
export interface FollowStatus {
  /** As roles name it: 'deployments.apps'. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly selector: string;
  readonly state: FollowState;
  readonly error: string | undefined;
  readonly objects: number;
  /** Unix milliseconds; 0 for none yet. */
  readonly lastEventMs: number;
}

export class FollowedResource<T extends KubernetesObject = KubernetesObject> {
  readonly #resource: Resource;
  readonly #selections: readonly CacheSelection[];
  readonly #context: FollowContext;
  readonly #store: ObjectStore<T>;
  #reflectors: readonly Reflector<T>[] = [];
  #running: AbortController | undefined;
  #cancelLinger = (): void => undefined;

  /** @param selections one for each namespace, or one for all */
  constructor(resource: Resource, selections: readonly CacheSelection[], context: FollowContext) {
    this.#resource = resource;
    this.#selections = selections;
    this.#context = context;
    this.#store = new ObjectStore<T>({
      resource,
      clock: context.clock,
      logger: context.logger,
      onFollowed: (isFollowed) => this.#onFollowed(isFollowed),
    });
  }

  get cache(): ObjectCache<T> {
    return this.#store;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  status(): readonly FollowStatus[] {
    return this.#reflectors.map((reflector) => ({
      resource: resourceName(this.#resource),
      namespace: reflector.selection.namespace,
      selector: [reflector.selection.labelSelector, reflector.selection.fieldSelector]
        .filter((text) => text !== undefined && text !== '')
        .join(' '),
      state: reflector.state,
      error: reflector.error,
      objects: this.#countOf(reflector.selection.namespace),
      lastEventMs: reflector.lastEventMs,
    }));
  }

  #countOf(namespace: string | undefined): number {
    if (this.#selections.length === 1) return this.#store.size;
    let count = 0;
    for (const { metadata } of this.#store.list()) if (metadata.namespace === namespace) count++;
    return count;
  }

  /** Those that wait try again now. */
  retry(): void {
    for (const reflector of this.#reflectors) reflector.retry();
  }

  close(): void {
    this.#cancelLinger();
    this.#stop();
  }

  #onFollowed(isFollowed: boolean): void {
    this.#cancelLinger();
    if (isFollowed) this.#start();
    else this.#cancelLinger = this.#context.clock.schedule(LINGER_MS, () => this.#stop());
  }

  #start(): void {
    if (this.#running !== undefined) return;
    const running = new AbortController();
    this.#running = running;
    const { metrics, cluster, logger } = this.#context;
    const resource = resourceName(this.#resource);
    let unsynced = this.#selections.length;
    this.#reflectors = this.#selections.map((selection) => {
      let isFirst = true;
      return new Reflector<T>({
        ...this.#context,
        resource: this.#resource,
        selection,
        store: this.#store,
        onRestart: (reason) => {
          metrics.watchRestarts.labels(cluster, resource, reason).inc();
          logger.debug('a watch begins anew', { resource, reason });
        },
        onSynced: (tookMs) => {
          metrics.syncSeconds.labels(cluster, resource).observe(tookMs / 1000);
          if (isFirst) unsynced--;
          isFirst = false;
          if (unsynced === 0) this.#store.setSynced();
        },
      });
    });
    for (const reflector of this.#reflectors) {
      this.#compareAlways(reflector, running.signal).catch((error: unknown) => {
        logger.error('comparing a cache ended: a bug', { resource, error });
      });
      reflector.run(running.signal).catch((error: unknown) => {
        logger.error('following a resource ended: a bug', { resource, error });
      });
    }
  }

  async #compareAlways(reflector: Reflector<T>, signal: AbortSignal): Promise<void> {
    const { clock, random, request, metrics, cluster, logger } = this.#context;
    const resource = resourceName(this.#resource);
    while (!signal.aborted) {
      await pause(COMPARE_INTERVAL_MS * (1 + COMPARE_JITTER * random()), clock, signal);
      if (signal.aborted || reflector.state !== 'watching') continue;
      const { selection } = reflector;
      const options = { resource: this.#resource, selection, cache: this.#store, request };
      const count = await countMismatches({ ...options, clock, signal }).catch((error: unknown) => {
        // The watch has its own way of telling.
        logger.debug('a cache was not compared', { resource, error });
        return 0;
      });
      if (count === 0) continue;
      metrics.mismatches.labels(cluster, resource).inc(count);
      logger.warn('a cache differs from the API server: it is read anew', { resource, count });
      reflector.relist();
    }
  }

  #stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#reflectors = [];
    this.#store.clear();
  }
}
