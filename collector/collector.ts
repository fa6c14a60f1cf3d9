/** Discovery and scraping: from a configuration to samples in the store. */
import { hostname } from 'node:os';
import type { Registry } from 'prom-client';
import type { Config, ScrapeConfig } from '../config/types.ts';
import { type Clock, SYSTEM_CLOCK } from '../model/clock.ts';
import type { StateStore } from '../model/documents.ts';
import type { Logger } from '../model/logger.ts';
import type { SampleSink } from '../model/sink.ts';
import { AlertSender } from './alert-send/alert-sender.ts';
import { ClusterCollector } from './clusters/cluster-collector.ts';
import { collectionOf } from './clusters/collection-of.ts';
import { createDiscoverer, type DiscovererContext } from './discovery/create-discoverer.ts';
import { DiscoveryManager, type GroupsByJob } from './discovery/discovery-manager.ts';
import { discoveryMetrics } from './discovery/discovery-metrics.ts';
import { type RecordResolver, SystemRecordResolver } from './discovery/dns-resolver.ts';
import type { KubernetesAccess } from './discovery/kubernetes/kubernetes-access.ts';
import { ScrapeManager } from './scrape/scrape-manager.ts';

/** As Prometheus: bursts of discovery updates become one. */
const UPDATE_INTERVAL_MS = 5000;

export interface CollectorOptions {
  readonly sink: SampleSink;
  /** Gets the metrics of discovery and scraping; must not hold them yet. */
  readonly registry: Registry;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Least time between two updates of the targets. */
  readonly updateIntervalMs?: number;
  readonly kubernetes?: KubernetesAccess;
  readonly resolver?: RecordResolver;
  /** Keeps over restarts whom the servers of clusters showed themselves to be. */
  readonly state?: StateStore;
  /** Spreads scrapes, so that servers with other names scrape at other times. */
  readonly serverName?: string;
}

/** The parts of a configuration that say what is collected. */
export type AppliedConfig = Pick<Config, 'global' | 'scrapeConfigs' | 'clusters'> &
  Partial<Pick<Config, 'alerting'>>;

export interface Collector {
  /**
   * Takes a whole configuration; what does not change goes on undisturbed.
   * @throws Error for one that cannot be applied, which a checked configuration can
   */
  applyConfig(config: AppliedConfig): void;
  /**
   * Scrapes besides those of the configuration, in place of the ones given before. One with the
   * name of a job of the configuration is left out.
   */
  setGenerated(configs: readonly ScrapeConfig[]): void;
  readonly scrape: ScrapeManager;
  /** The Alertmanagers of `alerting`, which alerts of rules go to besides our own engine. */
  readonly alertmanagers: AlertSender;
  /** Ends all scrapes. Nothing is marked stale, since another process goes on. */
  stop(): Promise<void>;
}

export function createCollector(options: CollectorOptions): Collector {
  const { sink, registry, logger, kubernetes } = options;
  const clock = options.clock ?? SYSTEM_CLOCK;
  const fileTimes = new Map<string, number>();
  const metrics = discoveryMetrics(registry, () => fileTimes);
  const scrape = new ScrapeManager({
    sink,
    registry,
    logger,
    clock,
    serverName: options.serverName ?? hostname(),
  });
  const context: DiscovererContext = {
    clock,
    logger,
    metrics,
    fileTimes,
    resolver: options.resolver ?? new SystemRecordResolver(),
    kubernetes,
  };
  const clusters =
    kubernetes === undefined
      ? undefined
      : new ClusterCollector({
          clusters: kubernetes.clusters,
          openJob: (job) => scrape.openJob(job),
          registry,
          clock,
          logger,
          ...(options.state === undefined ? {} : { state: options.state }),
        });
  const discovery = new DiscoveryManager({
    name: 'scrape',
    createDiscoverer: (config, jobName) => createDiscoverer(config, jobName, context),
    onUpdate: (groups: GroupsByJob) => scrape.sync(groups),
    updateIntervalMs: options.updateIntervalMs ?? UPDATE_INTERVAL_MS,
    clock,
    logger,
    metrics,
  });
  const alertmanagers = new AlertSender({ registry, logger });
  const alertmanagerDiscovery = new DiscoveryManager({
    name: 'notify',
    createDiscoverer: (one, jobName) => createDiscoverer(one, jobName, context),
    onUpdate: (groups: GroupsByJob) => alertmanagers.sync(groups),
    updateIntervalMs: options.updateIntervalMs ?? UPDATE_INTERVAL_MS,
    clock,
    logger,
    metrics,
  });
  let config: AppliedConfig | undefined;
  let generated: readonly ScrapeConfig[] = [];
  const apply = (): void => {
    if (config === undefined) return;
    const jobs = new Map([...generated, ...config.scrapeConfigs].map((one) => [one.jobName, one]));
    scrape.applyConfig([...jobs.values()], config.global.externalLabels);
    discovery.applyConfig(new Map([...jobs].map(([name, one]) => [name, one.discovery])));
  };
  return {
    scrape,
    alertmanagers,
    applyConfig(next) {
      config = next;
      apply();
      const sets = (next.alerting?.alertmanagers ?? []).map(
        (one, at) => [`config-${at}`, one] as const,
      );
      alertmanagers.applyConfig(new Map(sets));
      alertmanagerDiscovery.applyConfig(new Map(sets.map(([name, one]) => [name, one.discovery])));
      clusters?.applyConfig((name) => collectionOf(next.clusters ?? [], name));
    },
    setGenerated(configs) {
      generated = configs;
      apply();
    },
    async stop() {
      clusters?.stop();
      await discovery.stop();
      await alertmanagerDiscovery.stop();
      await alertmanagers.stop();
      await scrape.stop();
    },
  };
}
