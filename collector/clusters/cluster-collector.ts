/** Built-in collection: each cluster that becomes known is scraped, with nothing installed in it. */
import { isDeepStrictEqual } from 'node:util';
import { Counter, type Registry } from 'prom-client';
import { type ClusterCollection, DEFAULT_COLLECTION } from '../../config/collection-types.ts';
import type { Cluster, ClusterRegistry } from '../../kubernetes/cluster.ts';
import type { ClusterConnection } from '../../kubernetes/cluster-credentials.ts';
import type { Clock } from '../../model/clock.ts';
import type { StateStore } from '../../model/documents.ts';
import type { Logger } from '../../model/logger.ts';
import type { JobHandle, MadeJob } from '../scrape/made-job.ts';
import { ApiServerJobs } from './api-server-jobs.ts';
import { ClusterClient } from './cluster-client.ts';
import { ComponentJobs } from './component-jobs.ts';
import { EndpointTable } from './endpoint.ts';
import type { JobContext } from './job-context.ts';
import { KeyPins } from './key-pins.ts';
import { NodeJobs } from './node-jobs.ts';
import { PinMemory } from './pin-memory.ts';

export interface ClusterCollectorOptions {
  readonly clusters: ClusterRegistry;
  readonly openJob: (job: MadeJob) => JobHandle;
  /** Gets `wk_kubelet_scrape_errors_total`; must not hold it yet. */
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Keeps what servers showed themselves to be; in memory only when absent. */
  readonly state?: StateStore;
}

/** A cluster that cannot be connected, as its kubeconfig cannot be read, is tried again after this. */
const RETRY_MS = 5000;

/** What to collect of a cluster by its name; undefined: nothing is said of it. */
export type CollectionOf = (clusterName: string) => ClusterCollection | undefined;

interface Running {
  readonly cluster: Cluster;
  readonly collection: ClusterCollection;
  /** What servers showed themselves to be outlives a change of settings. */
  readonly pins: KeyPins;
  readonly close: () => void;
}

export class ClusterCollector {
  readonly #options: ClusterCollectorOptions;
  readonly #errors: Counter<'cluster' | 'reason'>;
  readonly #memory: PinMemory;
  readonly #running = new Map<string, Running>();
  #collectionOf: CollectionOf = () => undefined;
  #end: (() => void) | undefined;

  constructor(options: ClusterCollectorOptions) {
    this.#options = options;
    this.#memory = new PinMemory(options.state, options.logger);
    this.#errors = new Counter({
      name: 'wk_kubelet_scrape_errors_total',
      help: 'Requests to kubelets that gave no page, by cluster and reason.',
      labelNames: ['cluster', 'reason'],
      registers: [options.registry],
    });
  }

  /** Clusters whose settings stay the same go on undisturbed. The first call begins. */
  applyConfig(collectionOf: CollectionOf): void {
    this.#collectionOf = collectionOf;
    for (const { cluster } of this.#running.values()) this.#start(cluster);
    this.#end ??= this.#options.clusters.subscribe({
      added: (cluster) => this.#start(cluster),
      removed: ({ name }) => this.#stop(name),
    });
  }

  /** No job asks any more; what was scraped is for the scrape manager to end. */
  stop(): void {
    this.#end?.();
    this.#end = undefined;
    for (const name of this.#running.keys()) this.#stop(name);
  }

  #start(cluster: Cluster): void {
    const { name } = cluster;
    const collection = this.#collectionOf(name) ?? DEFAULT_COLLECTION;
    const known = this.#running.get(name);
    if (known?.cluster === cluster && isDeepStrictEqual(known.collection, collection)) return;
    known?.close();
    const pins = known?.cluster === cluster ? known.pins : new KeyPins(name, this.#memory);
    const close = this.#openWhenKnown(cluster, collection, pins);
    this.#running.set(name, { cluster, collection, pins, close });
  }

  /** @returns ends it, whether it was opened or not */
  #openWhenKnown(cluster: Cluster, collection: ClusterCollection, pins: KeyPins): () => void {
    const { clock } = this.#options;
    let close: (() => void) | undefined;
    let cancelRetry: () => void = () => undefined;
    let isOver = false;
    const open = (): void => {
      Promise.all([cluster.connection(), this.#memory.loaded]).then(
        ([connection]) => {
          if (!isOver) close = this.#open(cluster, connection, collection, pins);
        },
        () => {
          // Why it is not known is told by the cluster's health.
          if (!isOver) cancelRetry = clock.schedule(RETRY_MS, open);
        },
      );
    };
    open();
    return () => {
      isOver = true;
      cancelRetry();
      close?.();
    };
  }

  #stop(name: string): void {
    this.#running.get(name)?.close();
    this.#running.delete(name);
  }

  #open(
    cluster: Cluster,
    connection: ClusterConnection,
    collection: ClusterCollection,
    pins: KeyPins,
  ): () => void {
    const { clock, logger, openJob } = this.#options;
    const { kubelet, components } = collection;
    const endpoints = new EndpointTable(clock.monotonicMs);
    let nodes: NodeJobs | undefined;
    const client = new ClusterClient({
      cluster,
      connection,
      endpoints,
      pins,
      kubelet,
      allowsProxy: kubelet.allowApiProxy ?? !connection.isInCluster,
      onKubeletError: (reason) => this.#errors.inc({ cluster: cluster.name, reason }),
      onMissingPage: ({ ownerUid }, path) => nodes?.pageIsMissing(ownerUid, path),
    });
    const context: JobContext = {
      cluster,
      serverUrl: connection.serverUrl,
      collection,
      client,
      endpoints,
      pins,
      clock,
      logger: logger.with({ cluster: cluster.name }),
      openJob,
      poolName: (what) => `kubernetes/${cluster.name}/${what}`,
    };
    if (kubelet.enabled) nodes = new NodeJobs(context);
    const parts: readonly { close(): void }[] = [
      ...(nodes === undefined ? [] : [nodes]),
      ...(components.api_server.enabled ? [new ApiServerJobs(context)] : []),
      new ComponentJobs(context),
      client,
    ];
    return () => {
      for (const part of parts) part.close();
    };
  }
}
