/** Runs the discoverers of all jobs and hands their groups on, not too often. */
import { isDeepStrictEqual } from 'node:util';
import type { DiscoveryConfig } from '../../config/discovery-types.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import type { Discoverer, TargetGroup } from './discoverer.ts';
import type { DiscoveryMetrics } from './discovery-metrics.ts';
import { sameGroup } from './same-group.ts';

/** The first update after a quiet time waits this long for others that come with it. */
const FIRST_UPDATE_MS = 100;
/** Least time between updates that are urgent: a rollout ends many Pods one after the other. */
const URGENT_INTERVAL_MS = 1000;

/** All groups of each job; a job without targets has an empty list. */
export type GroupsByJob = ReadonlyMap<string, readonly TargetGroup[]>;

export interface DiscoveryManagerOptions {
  /** In metrics: `scrape` or `notify`. */
  readonly name: string;
  /** @throws Error for a config that no discoverer can be made of: logged and counted */
  readonly createDiscoverer: (config: DiscoveryConfig, jobName: string) => Discoverer;
  readonly onUpdate: (groups: GroupsByJob) => void;
  /** At least this much time passes between two updates. */
  readonly updateIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DiscoveryMetrics;
}

/** One running discoverer. Jobs with the same config share it. */
interface Provider {
  readonly config: DiscoveryConfig;
  readonly stop: AbortController;
  readonly groups: Map<string, TargetGroup>;
  jobs: ReadonlySet<string>;
  ended: Promise<void>;
}

export class DiscoveryManager {
  readonly #options: DiscoveryManagerOptions;
  #jobs: readonly string[] = [];
  #providers: readonly Provider[] = [];
  #cancelUpdate: (() => void) | undefined;
  /** Whether the update that is to come does not wait for others. */
  #isUrgent = false;
  #updatedAtMs = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(options: DiscoveryManagerOptions) {
    this.#options = options;
  }

  /** Discoverers whose config stays go on with what they know. */
  applyConfig(configs: ReadonlyMap<string, readonly DiscoveryConfig[]>): void {
    const wanted: { config: DiscoveryConfig; jobs: Set<string> }[] = [];
    for (const [job, list] of configs) {
      for (const config of list) {
        const same = wanted.find((one) => isDeepStrictEqual(one.config, config));
        if (same === undefined) wanted.push({ config, jobs: new Set([job]) });
        else same.jobs.add(job);
      }
    }
    this.#forgetMetrics(configs);
    this.#jobs = [...configs.keys()];
    const { name, metrics } = this.#options;
    const kept: Provider[] = [];
    let failedCount = 0;
    for (const { config, jobs } of wanted) {
      const running = this.#providers.find((one) => isDeepStrictEqual(one.config, config));
      const provider = running ?? this.#start(config, jobs);
      if (provider === undefined) failedCount++;
      else {
        provider.jobs = jobs;
        kept.push(provider);
      }
    }
    for (const provider of this.#providers) {
      if (!kept.includes(provider)) provider.stop.abort();
    }
    this.#providers = kept;
    metrics.failedConfigs.labels(name).set(failedCount);
    this.#scheduleUpdate();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelUpdate?.();
    for (const provider of this.#providers) provider.stop.abort();
    await Promise.all(this.#providers.map((provider) => provider.ended));
  }

  #start(config: DiscoveryConfig, jobs: ReadonlySet<string>): Provider | undefined {
    const [job] = jobs as ReadonlySet<string> & Iterable<string>;
    const jobName = job ?? '';
    const logger = this.#options.logger.with({ discovery: config.kind, config: jobName });
    let discoverer: Discoverer;
    try {
      discoverer = this.#options.createDiscoverer(config, jobName);
    } catch (error) {
      logger.error('cannot create service discovery', { error });
      return undefined;
    }
    const provider: Provider = {
      config,
      stop: new AbortController(),
      groups: new Map(),
      jobs,
      ended: Promise.resolve(),
    };
    provider.ended = discoverer
      .run(provider.stop.signal, (groups, isUrgent) => this.#take(provider, groups, isUrgent))
      .catch((error: unknown) => {
        logger.error('service discovery ended unexpectedly', { error });
      });
    return provider;
  }

  #take(provider: Provider, groups: readonly TargetGroup[], isUrgent = false): void {
    if (provider.stop.signal.aborted) return;
    this.#options.metrics.receivedUpdates.labels(this.#options.name).inc();
    for (const group of groups) {
      const known = provider.groups.get(group.source);
      // The same object tells those who come after that nothing changed.
      if (known !== undefined && sameGroup(known, group)) continue;
      if (group.targets.length > 0) provider.groups.set(group.source, group);
      else provider.groups.delete(group.source);
    }
    this.#scheduleUpdate(isUrgent);
  }

  #scheduleUpdate(isUrgent = false): void {
    const { clock, updateIntervalMs, metrics, name } = this.#options;
    if (this.#isStopped) return;
    if (this.#cancelUpdate !== undefined) {
      if (!isUrgent || this.#isUrgent) {
        metrics.delayedUpdates.labels(name).inc();
        return;
      }
      this.#cancelUpdate();
    }
    this.#isUrgent = isUrgent;
    const intervalMs = Math.min(
      isUrgent ? URGENT_INTERVAL_MS : Number.POSITIVE_INFINITY,
      updateIntervalMs,
    );
    const sinceUpdateMs = clock.monotonicMs() - this.#updatedAtMs;
    const delayMs = Math.max(Math.min(FIRST_UPDATE_MS, intervalMs), intervalMs - sinceUpdateMs);
    this.#cancelUpdate = clock.schedule(delayMs, () => this.#update());
  }

  #update(): void {
    const { clock, metrics, name, onUpdate } = this.#options;
    this.#cancelUpdate = undefined;
    this.#updatedAtMs = clock.monotonicMs();
    const byJob = new Map<string, TargetGroup[]>(this.#jobs.map((job) => [job, []]));
    for (const { jobs, groups } of this.#providers) {
      for (const job of jobs) byJob.get(job)?.push(...groups.values());
    }
    for (const [job, groups] of byJob) {
      const count = groups.reduce((sum, group) => sum + group.targets.length, 0);
      metrics.discoveredTargets.labels(name, job).set(count);
      metrics.lastUpdate.labels(name, job).set(clock.nowMs() / 1000);
    }
    metrics.sentUpdates.labels(name).inc();
    onUpdate(byJob);
  }

  #forgetMetrics(configs: ReadonlyMap<string, unknown>): void {
    const { metrics, name } = this.#options;
    for (const job of this.#jobs) {
      if (configs.has(job)) continue;
      metrics.discoveredTargets.remove(name, job);
      metrics.lastUpdate.remove(name, job);
      for (const mechanism of ['http', 'dns']) {
        metrics.refreshFailures.remove(mechanism, job);
        metrics.refreshSeconds.remove(mechanism, job);
        metrics.refreshHistogramSeconds.remove(mechanism, job);
      }
    }
  }
}
