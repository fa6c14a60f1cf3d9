/** Asks for groups at once and then once per interval. */
import { type Clock, pause } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import type { OnGroups, TargetGroup } from './discoverer.ts';
import type { DiscoveryMetrics } from './discovery-metrics.ts';

export interface RefreshContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DiscoveryMetrics;
}

export interface RefreshOptions extends RefreshContext {
  /** Labels of the metrics. */
  readonly mechanism: string;
  readonly jobName: string;
  readonly intervalMs: number;
  readonly refresh: (signal: AbortSignal) => Promise<readonly TargetGroup[]>;
}

/** Resolves when the signal is aborted. A failed refresh leaves the groups as they were. */
export async function refreshLoop(
  options: RefreshOptions,
  signal: AbortSignal,
  onGroups: OnGroups,
): Promise<void> {
  const { clock, logger, metrics, mechanism, jobName, intervalMs } = options;
  while (!signal.aborted) {
    const startMs = clock.monotonicMs();
    try {
      const groups = await options.refresh(signal);
      if (signal.aborted) return;
      onGroups(groups);
    } catch (error) {
      if (signal.aborted) return;
      metrics.refreshFailures.labels(mechanism, jobName).inc();
      logger.error('unable to refresh target groups', { mechanism, config: jobName, error });
    }
    const tookMs = clock.monotonicMs() - startMs;
    metrics.refreshSeconds.labels(mechanism, jobName).observe(tookMs / 1000);
    metrics.refreshHistogramSeconds.labels(mechanism, jobName).observe(tookMs / 1000);
    await pause(Math.max(0, intervalMs - tookMs), clock, signal);
  }
}
