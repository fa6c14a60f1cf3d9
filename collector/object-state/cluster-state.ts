/** The states of one cluster's objects as series: at an interval, and what changes at once. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import { STATE_JOB, type StateConfig } from '../../config/state-types.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import type { ObjectCache } from '../../kubernetes/object-cache.ts';
import type { Clock } from '../../model/clock.ts';
import { Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import type { SampleSink } from '../../model/sink.ts';
import { type Page, PageLoop, TEXT_PAGE } from '../pages/page-loop.ts';
import { chooseFamilies } from './chosen-families.ts';
import type { ObjectFamilies } from './family.ts';
import { ObjectTable } from './object-table.ts';
import { OwnSeries } from './own-series.ts';
import { POLICY_TABLE, type PolicyTargets } from './policy-target.ts';
import { SampleGatherer, SeriesGroups } from './series-groups.ts';
import { ServedResources } from './served-resources.ts';
import { type ClusterInfo, type FollowedResource, statePage } from './state-page.ts';
import { StateProblems } from './state-problems.ts';

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
  readonly #own: OwnSeries;
  #policyTargets: readonly PolicyTargets[] = [];
  #isOpen = false;
  #nodes: ObjectCache<KubernetesObject> | undefined;
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
    this.#own = new OwnSeries({
      cluster,
      clock,
      addTable: (families, isSynced) => this.#addTable(families, isSynced),
      dropTable: (table) => void this.#inTurn(() => this.#dropTable(table)),
      changed: (note) => this.#changed(note),
      plan: () => this.#plan(),
    });
  }

  start(): void {
    this.#loop.start();
    void this.#open();
  }

  /** `wk_policy_target` of all policies, from now on. */
  setPolicyTargets(targets: readonly PolicyTargets[]): void {
    this.#policyTargets = targets;
    if (this.#isOpen && !this.#isOver) this.#own.setPolicyTargets(targets);
  }

  /** The page that kube-state-metrics would answer, in parts. */
  *page(): Generator<string> {
    for (const { table } of this.#followed) {
      // One family in many tables would be many times on the page.
      if (table.families.name !== POLICY_TABLE) yield* table.page();
    }
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
    this.#own.stop();
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
      this.#own.start();
      this.#own.setPolicyTargets(this.#policyTargets);
      this.#isOpen = true;
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
    if (families.name === 'nodes') this.#nodes = cache;
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

  async #dropTable(table: ObjectTable): Promise<void> {
    const at = this.#followed.findIndex((one) => one.table === table);
    if (at >= 0) this.#followed.splice(at, 1);
    const samples = new SampleGatherer();
    table.clear(samples);
    const { sink, clock } = this.#options;
    samples.write(sink, this.#nextMs(clock.nowMs()), 'all');
    await Promise.resolve();
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
    const nodes = this.#nodes?.list() ?? [];
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
