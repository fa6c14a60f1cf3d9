/** The scrape pools of all jobs. */
import { isDeepStrictEqual } from 'node:util';
import type { Registry } from 'prom-client';
import type { ScrapeConfig } from '../../config/types.ts';
import type { Clock } from '../../model/clock.ts';
import type { Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import type { SampleSink } from '../../model/sink.ts';
import type { GroupsByJob } from '../discovery/discovery-manager.ts';
import { BodyBufferPool } from '../http/body-buffer.ts';
import { HttpClient } from '../http/http-client.ts';
import { FailureLog } from './failure-log.ts';
import type { JobHandle, MadeJob } from './made-job.ts';
import { ingestOpener } from './open-ingest.ts';
import { offsetSeed } from './scrape-grid.ts';
import { scrapeMetrics } from './scrape-metrics.ts';
import { type PoolContext, ScrapePool, type TargetMetadata } from './scrape-pool.ts';
import type { DroppedTarget, Target } from './target.ts';

export interface ScrapeManagerOptions {
  readonly sink: SampleSink;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly serverName: string;
}

/** The dropped targets of a job; `count` is of all, also those not kept. */
export interface DroppedTargets {
  readonly kept: readonly DroppedTarget[];
  readonly count: number;
}

export class ScrapeManager {
  readonly #options: ScrapeManagerOptions;
  readonly #metrics: ReturnType<typeof scrapeMetrics>;
  readonly #buffers = new BodyBufferPool();
  readonly #failures: FailureLog;
  readonly #openIngest: PoolContext['openIngest'];
  #seed = 0n;
  #configs: ReadonlyMap<string, ScrapeConfig> = new Map();
  readonly #pools = new Map<string, ScrapePool>();
  /** Of jobs that are not in the configuration; see `openJob`. */
  readonly #madePools = new Map<string, ScrapePool>();
  /** Jobs that are gone, until their series are marked stale. */
  readonly #retired = new Map<string, ScrapePool>();

  constructor(options: ScrapeManagerOptions) {
    this.#options = options;
    this.#metrics = scrapeMetrics(options.registry);
    this.#failures = new FailureLog(options.logger);
    this.#openIngest = ingestOpener(options.sink);
  }

  /**
   * Pools of new jobs begin with the next `sync`.
   * @throws Error when the change of some pools failed; they go on as they were, the others changed
   */
  applyConfig(configs: readonly ScrapeConfig[], externalLabels: Labels): void {
    this.#seed = offsetSeed(this.#options.serverName, externalLabels);
    this.#configs = new Map(configs.map((config) => [config.jobName, config]));
    void this.#failures.close();
    const failures: unknown[] = [];
    for (const [job, pool] of this.#pools) {
      const config = this.#configs.get(job);
      if (config === undefined) {
        pool.retire();
        this.#pools.delete(job);
        this.#retired.set(job, pool);
      } else if (!isDeepStrictEqual(pool.config, config)) {
        try {
          pool.reload(config);
        } catch (error) {
          this.#metrics.poolReloadsFailed.inc();
          this.#options.logger.error('error reloading scrape pool', { scrapePool: job, error });
          failures.push(error);
        }
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, 'failed to apply the new configuration');
    }
  }

  /** Takes all groups there are; jobs that are not in the configuration are left out. */
  sync(groups: GroupsByJob): void {
    for (const [job, pool] of this.#retired) {
      if (!pool.isEnding) this.#retired.delete(job);
    }
    for (const [job, list] of groups) {
      const config = this.#configs.get(job);
      if (config === undefined) continue;
      const pool = this.#pools.get(job) ?? this.#open(config);
      pool?.sync(list);
    }
  }

  /**
   * Begins a job beside those of the configuration. One of a name that was closed a moment ago
   * goes on with its series.
   */
  openJob(job: MadeJob): JobHandle {
    const { jobName } = job.config;
    const context = this.#madeContext(job);
    const retired = this.#retired.get(jobName);
    this.#retired.delete(jobName);
    const pool = retired ?? new ScrapePool(job.config, context);
    retired?.reload(job.config, context);
    this.#madePools.set(jobName, pool);
    return {
      sync: (groups) => pool.sync(groups),
      close: () => {
        if (this.#madePools.get(jobName) !== pool) return;
        this.#madePools.delete(jobName);
        pool.retire();
        this.#retired.set(jobName, pool);
      },
    };
  }

  /** Names of the pools that run, sorted. */
  poolNames(): readonly string[] {
    return [...this.#pools.keys(), ...this.#madePools.keys()].sort();
  }

  /** The config of a pool that runs. */
  poolConfig(job: string): ScrapeConfig | undefined {
    return this.#pool(job)?.config;
  }

  /** By job; within it sorted by URL. */
  activeTargets(): ReadonlyMap<string, readonly Target[]> {
    return this.#byJob((pool) =>
      [...pool.activeTargets()].sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0)),
    );
  }

  /** Of all active targets; read it at once, it changes with the next scrape. */
  targetMetadata(): readonly TargetMetadata[] {
    const pools = [...this.#pools.values(), ...this.#madePools.values()];
    return pools.flatMap((pool) => pool.targetMetadata());
  }

  /** By job. */
  droppedTargets(): ReadonlyMap<string, DroppedTargets> {
    return this.#byJob((pool) => ({ kept: pool.droppedTargets(), count: pool.droppedCount }));
  }

  async stop(): Promise<void> {
    const pools = [this.#pools, this.#madePools, this.#retired].flatMap((map) => [...map.values()]);
    this.#pools.clear();
    this.#madePools.clear();
    this.#retired.clear();
    await Promise.all(pools.map((pool) => pool.shutdown()));
    await this.#failures.close();
  }

  #byJob<T>(get: (pool: ScrapePool) => T): ReadonlyMap<string, T> {
    return new Map(
      this.poolNames().map((job) => [job, get(this.#pool(job) as ScrapePool)] as const),
    );
  }

  #pool(job: string): ScrapePool | undefined {
    return this.#pools.get(job) ?? this.#madePools.get(job);
  }

  #open(config: ScrapeConfig): ScrapePool | undefined {
    const { jobName } = config;
    try {
      // A job that comes back takes over the series that wait to be marked stale.
      const retired = this.#retired.get(jobName);
      this.#retired.delete(jobName);
      const pool = retired ?? new ScrapePool(config, this.#poolContext());
      if (retired !== undefined) retired.reload(config);
      this.#pools.set(jobName, pool);
      return pool;
    } catch (error) {
      this.#metrics.poolsFailed.inc();
      this.#options.logger.error('error creating new scrape pool', { scrapePool: jobName, error });
      return undefined;
    }
  }

  #madeContext({ client, openPreparer, firstSpreadMs, extraAfterMs }: MadeJob): PoolContext {
    return {
      ...this.#poolContext(),
      // The client is its maker's, and goes on when this pool ends.
      openClient: () => ({ request: (request) => client.request(request), close: () => undefined }),
      ...(openPreparer === undefined ? {} : { openPreparer }),
      ...(firstSpreadMs === undefined ? {} : { firstSpreadMs }),
      ...(extraAfterMs === undefined ? {} : { extraAfterMs }),
    };
  }

  #poolContext(): PoolContext {
    const { clock, logger } = this.#options;
    return {
      clock,
      logger,
      metrics: this.#metrics,
      buffers: this.#buffers,
      seed: () => this.#seed,
      openIngest: this.#openIngest,
      openClient: (config) => new HttpClient(config.httpClient),
      onFailure: (config, target, error) =>
        this.#failures.write(
          config.scrapeFailureLogFile,
          config.jobName,
          target.url,
          error,
          clock.nowMs(),
        ),
    };
  }
}
