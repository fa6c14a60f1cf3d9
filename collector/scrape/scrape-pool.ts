/** The targets of one scrape config, and their loops. */
import type { ScrapeConfig } from '../../config/types.ts';
import type { Logger } from '../../model/logger.ts';
import type { MetricMetadata } from '../../model/sink.ts';
import type { TargetGroup } from '../discovery/discoverer.ts';
import type { HttpRequester } from '../http/http-client.ts';
import type { TargetIngest } from '../ingest/target-ingest.ts';
import { fetchSettings } from './fetch-page.ts';
import { goDurationText } from './go-duration.ts';
import { IngestSlot } from './ingest-slot.ts';
import { keepsIngest } from './open-ingest.ts';
import type { OpenPreparer } from './page-preparer.ts';
import { firstDelayMs } from './scrape-grid.ts';
import { type LoopContext, type LoopSettings, ScrapeLoop } from './scrape-loop.ts';
import type { DroppedTarget, Target } from './target.ts';
import { TargetFactory } from './targets-of-group.ts';

export interface PoolContext extends LoopContext {
  /** Sets servers apart in time; see `firstDelayMs`. */
  readonly seed: () => bigint;
  readonly logger: Logger;
  readonly openIngest: (target: Target, config: ScrapeConfig) => TargetIngest;
  /** Takes the failed scrapes of jobs with a `scrape_failure_log_file`. */
  readonly onFailure: (config: ScrapeConfig, target: Target, error: string) => void;
  readonly openClient: (config: ScrapeConfig) => HttpRequester;
  /** See `LoopSettings`. */
  readonly openPreparer?: OpenPreparer;
  /** First scrapes are spread over so much, if it is less than the interval. */
  readonly firstSpreadMs?: number;
  /** See `ScrapeLoop.start`. */
  readonly extraAfterMs?: number;
}

export interface TargetMetadata {
  readonly target: Target;
  readonly metadata: Iterable<MetricMetadata>;
}

export class ScrapePool {
  #context: PoolContext;
  #config: ScrapeConfig;
  #factory: TargetFactory;
  #settings: LoopSettings;
  #groups: readonly TargetGroup[] = [];
  /** By key of the target. */
  readonly #loops = new Map<string, ScrapeLoop>();
  /** Loops of targets that are gone but not yet marked stale, by the labels of their samples. */
  readonly #ending = new Map<string, ScrapeLoop>();
  #dropped: readonly DroppedTarget[] = [];
  #droppedCount = 0;

  constructor(config: ScrapeConfig, context: PoolContext) {
    this.#config = config;
    this.#context = context;
    this.#factory = new TargetFactory(config);
    this.#settings = this.#newSettings(config, context);
    context.metrics.pools.inc();
    context.metrics.poolTargetLimit.labels(config.jobName).set(config.targetLimit);
  }

  get config(): ScrapeConfig {
    return this.#config;
  }

  /** In no order. */
  activeTargets(): readonly Target[] {
    return [...this.#loops.values()].map((loop) => loop.target);
  }

  /** What each target last said about its metrics. */
  targetMetadata(): readonly TargetMetadata[] {
    return [...this.#loops.values()].map(({ target, slot }) => ({
      target,
      metadata: slot.metadata,
    }));
  }

  /** At most `keep_dropped_targets`. */
  droppedTargets(): readonly DroppedTarget[] {
    return this.#dropped;
  }

  /** Of all, also those not kept. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /**
   * Changes the configuration under running loops. Targets that stay the same keep their place in
   * time; their series are kept where the change does not touch them.
   * @param context another one, when who makes the job is another
   * @throws Error for a config that cannot be used; nothing is changed then
   */
  reload(config: ScrapeConfig, context: PoolContext = this.#context): void {
    const { clock, metrics } = context;
    const startMs = clock.monotonicMs();
    const oldClient = this.#settings.client;
    metrics.poolReloads.inc();
    // These two may throw: before anything is changed.
    const factory = new TargetFactory(config);
    const settings = this.#newSettings(config, context);
    this.#context = context;
    this.#config = config;
    this.#factory = factory;
    this.#settings = settings;
    metrics.poolTargetLimit.labels(config.jobName).set(config.targetLimit);
    for (const { slot, target } of [...this.#loops.values(), ...this.#ending.values()]) {
      this.#renewIngest(slot, target);
    }
    for (const loop of this.#loops.values()) loop.configure(this.#settings);
    this.#syncTargets();
    oldClient.close();
    metrics.reloadLengthSeconds
      .labels(goDurationText(config.scrapeIntervalMs))
      .observe((clock.monotonicMs() - startMs) / 1000);
  }

  /** Takes all groups there are now. */
  sync(groups: readonly TargetGroup[]): void {
    const { clock, metrics } = this.#context;
    const { jobName } = this.#config;
    const startMs = clock.monotonicMs();
    this.#groups = groups;
    this.#syncTargets();
    const seconds = (clock.monotonicMs() - startMs) / 1000;
    metrics.poolSyncs.labels(jobName).inc();
    metrics.syncLengthSeconds.labels(jobName).observe(seconds);
    metrics.syncLengthHistogramSeconds.labels(jobName).observe(seconds);
  }

  /** Whether targets wait to be marked stale. */
  get isEnding(): boolean {
    return this.#ending.size > 0;
  }

  /** The job is gone: its series are marked stale when two intervals have passed. */
  retire(): void {
    this.#groups = [];
    this.#dropped = [];
    this.#droppedCount = 0;
    for (const loop of this.#loops.values()) this.#endLoop(loop);
    this.#loops.clear();
    this.#close();
  }

  /** The program ends. Resolves when nothing more is written. */
  async shutdown(): Promise<void> {
    const loops = [...this.#loops.values(), ...this.#ending.values()];
    this.#loops.clear();
    this.#ending.clear();
    await Promise.all(loops.map((loop) => loop.shutdown()));
    this.#close();
  }

  #close(): void {
    const { metrics } = this.#context;
    this.#settings.client.close();
    for (const metric of [
      metrics.poolSyncs,
      metrics.poolTargetLimit,
      metrics.poolTargets,
      metrics.syncFailed,
      metrics.syncLengthSeconds,
      metrics.syncLengthHistogramSeconds,
    ]) {
      metric.remove(this.#config.jobName);
    }
  }

  #newSettings(config: ScrapeConfig, context: PoolContext): LoopSettings {
    return {
      client: context.openClient(config),
      openPreparer: context.openPreparer,
      fetch: fetchSettings(config),
      sampleLimit: config.sampleLimit,
      hasExtraMetrics: config.extraScrapeMetrics,
      logger: context.logger.with({ scrapePool: config.jobName }),
      onFailure: (target, error) => context.onFailure(config, target, error),
    };
  }

  #syncTargets(): void {
    const wanted = this.#collectTargets();
    const gone = new Map<string, ScrapeLoop>();
    for (const [key, loop] of this.#loops) {
      const target = wanted.get(key);
      if (target !== undefined) {
        loop.target.discovered = target.discovered;
        continue;
      }
      this.#loops.delete(key);
      gone.set(loop.target.labels.key, loop);
    }
    for (const [key, target] of wanted) {
      if (this.#loops.has(key)) continue;
      const slot = this.#takeOver(target, gone) ?? this.#newSlot(target);
      const loop = new ScrapeLoop(target, slot, this.#settings, this.#context);
      this.#loops.set(key, loop);
      loop.start(this.#firstDelayMs(target), this.#context.extraAfterMs);
    }
    for (const loop of gone.values()) this.#endLoop(loop);
    this.#context.metrics.poolTargets.labels(this.#config.jobName).set(this.#loops.size);
    this.#applyTargetLimit();
  }

  #firstDelayMs({ key, intervalMs }: Target): number {
    const { clock, seed, firstSpreadMs } = this.#context;
    const spreadMs = Math.min(intervalMs, firstSpreadMs ?? intervalMs);
    return firstDelayMs(key, seed(), spreadMs, clock.nowMs());
  }

  #collectTargets(): Map<string, Target> {
    const { jobName, keepDroppedTargets } = this.#config;
    const wanted = new Map<string, Target>();
    const dropped: DroppedTarget[] = [];
    let failureCount = 0;
    this.#droppedCount = 0;
    for (const group of this.#groups) {
      const made = this.#factory.of(group);
      for (const target of made.active) wanted.set(target.key, target);
      for (const target of made.dropped) {
        if (keepDroppedTargets === 0 || dropped.length < keepDroppedTargets) dropped.push(target);
      }
      this.#droppedCount += made.dropped.length;
      failureCount += made.failures.length;
      for (const failure of made.failures) {
        this.#settings.logger.error('creating target failed', { error: failure });
      }
    }
    this.#dropped = dropped;
    this.#context.metrics.syncFailed.labels(jobName).inc(failureCount);
    return wanted;
  }

  /**
   * The slot of a target that is gone but whose samples had the same labels: it is the same
   * target under another address or with another interval, and goes on without stale markers.
   */
  #takeOver(target: Target, gone: Map<string, ScrapeLoop>): IngestSlot | undefined {
    const { key } = target.labels;
    const from = gone.has(key) ? gone : this.#ending;
    const loop = from.get(key);
    if (loop === undefined) return undefined;
    from.delete(key);
    const slot = loop.release();
    this.#renewIngest(slot, target);
    return slot;
  }

  #newSlot(target: Target): IngestSlot {
    const origin = { target, config: this.#config };
    return new IngestSlot(this.#context.openIngest(target, this.#config), origin);
  }

  #renewIngest(slot: IngestSlot, target: Target): void {
    const origin = { target, config: this.#config };
    if (keepsIngest(slot.origin, origin)) return;
    slot.replace(this.#context.openIngest(target, this.#config), origin);
  }

  #endLoop(loop: ScrapeLoop): void {
    const { key } = loop.target.labels;
    // Two gone targets with the same labels: only one can be taken over, and one is enough.
    this.#ending.get(key)?.release().close();
    this.#ending.set(key, loop);
    loop.end(() => {
      if (this.#ending.get(key) === loop) this.#ending.delete(key);
    });
  }

  #applyTargetLimit(): void {
    const { targetLimit } = this.#config;
    const count = this.#loops.size;
    const isExceeded = targetLimit > 0 && count > targetLimit;
    if (isExceeded) this.#context.metrics.poolExceededTargetLimit.inc();
    const error = isExceeded
      ? `target_limit exceeded (number of targets: ${count}, limit: ${targetLimit})`
      : '';
    for (const loop of this.#loops.values()) loop.forcedError = error;
  }
}
