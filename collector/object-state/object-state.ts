/** Object state of all clusters: kube-state-metrics' families without a kube-state-metrics. */
import { isDeepStrictEqual } from 'node:util';
import { STATE_JOB, type StateConfig } from '../../config/state-types.ts';
import type { Config } from '../../config/types.ts';
import type { Cluster, ClusterRegistry } from '../../kubernetes/cluster.ts';
import { type Clock, SYSTEM_CLOCK } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import type { SampleSink } from '../../model/sink.ts';
import { ClusterState } from './cluster-state.ts';
import type { PolicyTargets } from './policy-target.ts';

export interface ObjectStateOptions {
  readonly clusters: ClusterRegistry;
  readonly sink: SampleSink;
  readonly logger: Logger;
  readonly clock?: Clock;
}

export class ObjectState {
  readonly #options: ObjectStateOptions;
  readonly #states = new Map<string, ClusterState>();
  #config: StateConfig | undefined;
  #policyTargets: readonly PolicyTargets[] = [];
  #unsubscribe: () => void = () => undefined;
  #ending: Promise<unknown> = Promise.resolve();

  constructor(options: ObjectStateOptions) {
    this.#options = options;
  }

  /** Takes a whole configuration; one that means the same changes nothing. */
  applyConfig({ state, scrapeConfigs }: Pick<Config, 'state' | 'scrapeConfigs'>): void {
    const isScraped = scrapeConfigs.some(({ jobName }) => jobName === STATE_JOB);
    const isBuiltin = state.source === 'auto' ? !isScraped : state.source === 'builtin';
    // Our own series are made in any case: no other program has them.
    const config = state.enabled
      ? { ...state, resources: isBuiltin ? state.resources : [] }
      : undefined;
    if (isDeepStrictEqual(config, this.#config)) return;
    this.#config = config;
    this.#unsubscribe();
    const old = [...this.#states.values()];
    this.#states.clear();
    this.#after(Promise.all(old.map((one) => one.end())));
    if (config === undefined) return;
    this.#unsubscribe = this.#options.clusters.subscribe({
      added: (cluster) => this.#add(cluster, config),
      removed: ({ name }) => this.#remove(name),
    });
  }

  /** The objects of alarm policies, of all of them. */
  setPolicyTargets(targets: readonly PolicyTargets[]): void {
    this.#policyTargets = targets;
    for (const state of this.#states.values()) state.setPolicyTargets(targets);
  }

  /** The page of a cluster, in parts; undefined when its object state is not made here. */
  page(cluster: string): Generator<string> | undefined {
    return this.#states.get(cluster)?.page();
  }

  /** Nothing is marked stale, since another process goes on. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    await Promise.all([...this.#states.values()].map((one) => one.close()));
    this.#states.clear();
    await this.#ending;
  }

  #add(cluster: Cluster, config: StateConfig): void {
    const { sink, logger, clock = SYSTEM_CLOCK } = this.#options;
    const state = new ClusterState({ cluster, config, sink, clock, logger });
    state.setPolicyTargets(this.#policyTargets);
    this.#states.set(cluster.name, state);
    // The series of the one before end first: they may be the same.
    this.#after(this.#ending.then(() => this.#states.get(cluster.name) === state && state.start()));
  }

  #remove(name: string): void {
    const state = this.#states.get(name);
    if (state === undefined) return;
    this.#states.delete(name);
    this.#after(state.end());
  }

  #after(work: Promise<unknown>): void {
    this.#ending = Promise.all([this.#ending, work]).catch((error: unknown) => {
      this.#options.logger.error('object state did not end well', { error });
    });
  }
}
