/** The states of one cluster's objects as series: at an interval, and what changes at once. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import { STATE_JOB, type StateConfig } from '../../config/state-types.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { KubernetesObject, OwnerReference } from '../../kubernetes/kubernetes-object.ts';
import type { ObjectCache } from '../../kubernetes/object-cache.ts';
import type { Clock } from '../../model/clock.ts';
import { Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import type { SampleSink } from '../../model/sink.ts';
import { type Page, PageLoop, TEXT_PAGE } from '../pages/page-loop.ts';
import { chooseFamilies } from './chosen-families.ts';
import type { ObjectFamilies } from './family.ts';
import { controllerOf } from './meta-families.ts';
import { keyOf, ObjectTable } from './object-table.ts';
import { podWorkloadFamilies, SERVICE_ENDPOINTS } from './own-families.ts';
import { SampleGatherer, SeriesGroups } from './series-groups.ts';
import { ServedResources } from './served-resources.ts';
import { ServiceEndpointsTable } from './service-endpoints.ts';
import { type ClusterInfo, type FollowedResource, statePage } from './state-page.ts';
import { StateProblems } from './state-problems.ts';
import { workloadOf } from './workload-resolver.ts';

/** Changes that come together are written together. */
const CHANGE_DELAY_MS = 1000;
/** Between two tries to ask a cluster what it has. */
const RETRY_MS = 10_000;
/** Work on objects gives others their turn after so long. */
const SLICE_MS = 5;

export interface ClusterStateOptions {
  readonly cluster: Cluster;
  readonly config: StateConfig;
  readonly sink: SampleSink;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A table and what fills it. */
interface Followed {
  readonly table: ObjectTable;
  readonly isSynced: () => boolean;
}

export class ClusterState {
  readonly #options: ClusterStateOptions;
  readonly #target: Labels;
  readonly #groups: SeriesGroups;
  readonly #loop: PageLoop;
  readonly #problems: StateProblems;
  readonly #abort = new AbortController();
  readonly #followed: Followed[] = [];
  readonly #resources = new Map<string, FollowedResource>();
  readonly #ends: (() => void)[] = [];
  /** Kind of the owner → uid → keys of Pods whose owner has not been seen. */
  readonly #orphans = new Map<string, Set<string>>();
  readonly #caches = new Map<string, ObjectCache<KubernetesObject>>();
  #info: ClusterInfo | undefined;
  /** Of the last samples written. */
  #lastMs = 0;
  /** The first rows are written: from now on changes are told one by one. */
  #hasRows = false;
  #cancelTimer: (() => void) | undefined;
  #cancelRetry: () => void = () => undefined;
  #work: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(options: ClusterStateOptions) {
    const { cluster, config, sink, clock, logger } = options;
    this.#options = options;
    this.#target = Labels.fromRecord({
      job: STATE_JOB,
      instance: `watchkeeper/${cluster.name}`,
      cluster: cluster.name,
    });
    this.#groups = new SeriesGroups(sink);
    this.#problems = new StateProblems(logger, cluster.name);
    this.#loop = new PageLoop({
      sink,
      clock,
      logger,
      labels: this.#target,
      intervalMs: config.intervalMs,
      start: 'aligned',
      read: (timestampMs) => this.#inTurn(() => this.#cycle(timestampMs)),
    });
  }

  start(): void {
    this.#loop.start();
    void this.#open();
  }

  /** The page that kube-state-metrics would answer, in parts. */
  *page(): Generator<string> {
    for (const { table } of this.#followed) yield* table.page();
    yield this.#ownPage();
  }

  /** The cluster is gone, or its series are made otherwise: all end now. */
  async end(): Promise<void> {
    await this.#stop();
    const samples = new SampleGatherer();
    for (const { table } of this.#followed) table.clear(samples);
    samples.write(this.#options.sink, this.#nextMs(this.#options.clock.nowMs()), 'all');
    this.#groups.close();
    await this.#loop.end();
  }

  /** The program stops: nothing is marked stale, since the next one goes on. */
  async close(): Promise<void> {
    await this.#stop();
    this.#groups.close();
    await this.#loop.close();
  }

  async #stop(): Promise<void> {
    this.#isOver = true;
    this.#abort.abort();
    this.#cancelTimer?.();
    this.#cancelRetry();
    for (const end of this.#ends.splice(0)) end();
    await this.#work;
  }

  async #open(): Promise<void> {
    const { cluster, config, logger, clock } = this.#options;
    try {
      const chosen = chooseFamilies({ ...config, optIn: config.metricsOptIn });
      const served = new ServedResources(cluster, this.#abort.signal);
      const found = [];
      for (const families of chosen) {
        const resource = await served.firstOf(families.resources);
        if (resource !== undefined) found.push({ ...families, resources: [resource] });
      }
      const { signal } = this.#abort;
      const version = await cluster.json<Partial<Record<string, string>>>({
        path: '/version',
        signal,
      });
      if (this.#isOver) return;
      const { gitVersion = '', platform = '' } = version;
      this.#info = { version: gitVersion, platform, provider: '' };
      for (const families of found) this.#followResource(families);
      this.#followOwn();
    } catch (error) {
      if (this.#isOver) return;
      logger.warn('cannot read what the cluster has; trying again', {
        cluster: cluster.name,
        error,
      });
      this.#cancelRetry = clock.schedule(RETRY_MS, () => void this.#open());
    }
  }

  #followResource(families: ObjectFamilies): void {
    const { cluster, sink } = this.#options;
    const [resource] = families.resources;
    if (resource === undefined) return;
    const selection = families.isMetadataOnly === true ? { metadataOnly: true } : {};
    const cache = cluster.objects<KubernetesObject>(resource, selection);
    this.#caches.set(families.name, cache);
    const { kind, version, plural } = resource;
    this.#resources.set(plural, { kind, version, listCount: 0 });
    const table = this.#addTable(families, () => cache.synced);
    this.#subscribe(cache, table, () => {
      const listCount = (this.#resources.get(plural)?.listCount ?? 0) + 1;
      this.#resources.set(plural, { kind, version, listCount });
    });
    sink.appendMetadata(
      families.families.map(({ name, help, type }) => ({ metricName: name, type, help, unit: '' })),
    );
  }

  /** What kube-state-metrics does not have, from the same caches. */
  #followOwn(): void {
    const pods = this.#caches.get('pods');
    const owners = { ReplicaSet: this.#caches.get('replicasets'), Job: this.#caches.get('jobs') };
    if (pods !== undefined) {
      const known = Object.values(owners).filter((cache) => cache !== undefined);
      const families = podWorkloadFamilies((pod) =>
        workloadOf(pod, owners, (owner) => this.#noteOrphan(owner, keyOf(pod))),
      );
      const table = this.#addTable(
        families,
        () => pods.synced && known.every(({ synced }) => synced),
      );
      this.#subscribe(pods, table);
      for (const cache of known) this.#adopt(cache, table);
    }
    const slices = this.#caches.get('endpointslices');
    if (slices === undefined) return;
    const table = this.#addTable(SERVICE_ENDPOINTS, () => slices.synced);
    const services = new ServiceEndpointsTable({
      put: (object) => this.#changed(() => table.put(object)),
      remove: (object) => this.#changed(() => table.remove(object)),
    });
    this.#ends.push(
      slices.subscribe({
        added: (object) => services.added(object),
        modified: (object, before) => services.modified(object, before),
        deleted: (object) => services.deleted(object),
        synced: () => this.#plan(),
      }),
    );
  }

  /** @param isSynced whether all is there that the rows are made from */
  #addTable(families: ObjectFamilies, isSynced: () => boolean): ObjectTable {
    const { sink } = this.#options;
    const table = new ObjectTable(families, sink, this.#groups, this.#target, this.#problems);
    this.#followed.push({ table, isSynced });
    return table;
  }

  #subscribe(
    cache: ObjectCache<KubernetesObject>,
    table: ObjectTable,
    onSynced: () => void = () => undefined,
  ): void {
    this.#ends.push(
      cache.subscribe({
        added: (object) => this.#changed(() => table.put(object)),
        modified: (object) => this.#changed(() => table.put(object)),
        deleted: (object) => this.#changed(() => table.remove(object)),
        synced: () => {
          onSynced();
          this.#plan();
        },
      }),
    );
  }

  #noteOrphan({ uid }: OwnerReference, podKey: string): void {
    const keys = this.#orphans.get(uid) ?? new Set();
    this.#orphans.set(uid, keys.add(podKey));
  }

  /** Pods that came before their owner get their workload with it. */
  #adopt(owners: ObjectCache<KubernetesObject>, pods: ObjectTable): void {
    const take = (owner: KubernetesObject): void => {
      const keys = this.#orphans.get(owner.metadata.uid);
      if (keys === undefined) return;
      this.#orphans.delete(owner.metadata.uid);
      this.#changed(() => keys.forEach((key) => pods.touch(key)));
    };
    const forget = ({ metadata }: KubernetesObject): boolean => this.#orphans.delete(metadata.uid);
    this.#ends.push(
      owners.subscribe({
        added: take,
        modified: (owner, before) => {
          if (controllerOf(owner)?.uid !== controllerOf(before)?.uid) take(owner);
        },
        deleted: forget,
        synced: () => this.#plan(),
      }),
    );
  }

  #changed(note: () => void): void {
    note();
    if (this.#hasRows) this.#plan();
  }

  #plan(): void {
    if (this.#isOver || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#options.clock.schedule(CHANGE_DELAY_MS, () => {
      this.#cancelTimer = undefined;
      void this.#inTurn(() => this.#tellChanges());
    });
  }

  /** One thing after the other, as both change the tables. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#work.then(run);
    this.#work = done.catch((error: unknown) => {
      const { logger, cluster } = this.#options;
      logger.error('object state could not be stored', { cluster: cluster.name, error });
    });
    return done;
  }

  async #tellChanges(): Promise<void> {
    const samples = new SampleGatherer();
    const isFirst = await this.#applyChanges(samples);
    if (this.#isOver) return;
    const { sink, clock } = this.#options;
    const timestampMs = this.#nextMs(clock.nowMs());
    samples.write(sink, timestampMs, isFirst ? 'ends' : 'all');
    if (isFirst) await this.#writeRows(timestampMs);
  }

  async #cycle(wantedMs: number): Promise<Page> {
    const samples = new SampleGatherer();
    await this.#applyChanges(samples);
    const timestampMs = this.#nextMs(wantedMs);
    samples.write(this.#options.sink, timestampMs, 'ends');
    const samplesBeside = await this.#writeRows(timestampMs);
    this.#problems.report();
    return { body: Buffer.from(this.#ownPage()), contentType: TEXT_PAGE, samplesBeside };
  }

  /**
   * What comes with a whole first list is not among the samples: it is written as rows, which cost
   * less.
   * @returns whether a table got its first objects
   */
  async #applyChanges(samples: SampleGatherer): Promise<boolean> {
    const { clock } = this.#options;
    let isFirst = false;
    let turnMs = clock.monotonicMs();
    for (const { table, isSynced } of this.#followed) {
      if (!isSynced() || !table.hasChanges) continue;
      const isFirstList = table.size === 0;
      isFirst ||= isFirstList;
      for (const _ of table.apply(isFirstList ? new SampleGatherer() : samples)) {
        if (clock.monotonicMs() - turnMs < SLICE_MS) continue;
        await othersTurn();
        turnMs = clock.monotonicMs();
      }
    }
    return isFirst;
  }

  async #writeRows(timestampMs: number): Promise<number> {
    this.#hasRows = true;
    let count = 0;
    for (const group of this.#groups.groups) {
      if (this.#isOver) return count;
      count += this.#groups.writeRow(group, timestampMs);
      await othersTurn();
    }
    return count;
  }

  /** Times ascend, but a clock that was set back is believed. */
  #nextMs(wantedMs: number): number {
    const isNear = this.#lastMs - wantedMs < this.#options.config.intervalMs;
    this.#lastMs = isNear ? Math.max(wantedMs, this.#lastMs + 1) : wantedMs;
    return this.#lastMs;
  }

  #ownPage(): string {
    const info = this.#info;
    const nodes = this.#caches.get('nodes')?.list() ?? [];
    return statePage(
      [...this.#resources.values()],
      info && { ...info, provider: providerOf(nodes) },
    );
  }
}

/** From the first node that says: `aws:///eu-west-1a/i-0123`. */
function providerOf(
  nodes: Iterable<KubernetesObject & { spec?: { providerID?: string } }>,
): string {
  for (const { spec } of nodes) {
    const provider = /^([^:]+):\/\//.exec(spec?.providerID ?? '')?.[1];
    if (provider !== undefined) return provider;
  }
  return '';
}
