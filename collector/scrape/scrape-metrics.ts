/** What the collector says about itself, under the names Prometheus uses. */
import { Counter, Gauge, Histogram, type Registry, Summary } from 'prom-client';
import type { IngestStats } from '../ingest/ingest-options.ts';

const INTERVAL_QUANTILES = [0.01, 0.05, 0.5, 0.9, 0.99];
const INTERVAL_BUCKETS_SECONDS = [0.01, 0.1, 1, 10];

/** Quantiles are of the last ten minutes, as in Go's client. */
const SUMMARY_AGE_SECONDS = 600;
const SUMMARY_AGE_BUCKETS = 5;

export type ScrapeMetrics = ReturnType<typeof scrapeMetrics>;

/** @param registry must not hold them yet */
export function scrapeMetrics(registry: Registry) {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const summary = <L extends string>(name: string, help: string, label: L) =>
    new Summary({
      name,
      help,
      registers,
      labelNames: [label] as const,
      percentiles: INTERVAL_QUANTILES,
      maxAgeSeconds: SUMMARY_AGE_SECONDS,
      ageBuckets: SUMMARY_AGE_BUCKETS,
      pruneAgedBuckets: true,
    });
  const histogram = <L extends string>(name: string, help: string, label: L) =>
    new Histogram({
      name,
      help,
      registers,
      labelNames: [label] as const,
      buckets: INTERVAL_BUCKETS_SECONDS,
    });
  const byJob = { registers, labelNames: ['scrape_job'] as const };
  return {
    pools: counter(
      'prometheus_target_scrape_pools_total',
      'Total number of scrape pool creation attempts.',
    ),
    poolsFailed: counter(
      'prometheus_target_scrape_pools_failed_total',
      'Total number of scrape pool creations that failed.',
    ),
    poolReloads: counter(
      'prometheus_target_scrape_pool_reloads_total',
      'Total number of scrape pool reloads.',
    ),
    poolReloadsFailed: counter(
      'prometheus_target_scrape_pool_reloads_failed_total',
      'Total number of failed scrape pool reloads.',
    ),
    reloadLengthSeconds: summary(
      'prometheus_target_reload_length_seconds',
      'Actual interval to reload the scrape pool with a given configuration.',
      'interval',
    ),
    poolSyncs: new Counter({
      name: 'prometheus_target_scrape_pool_sync_total',
      help: 'Total number of syncs that were executed on a scrape pool.',
      ...byJob,
    }),
    syncLengthSeconds: summary(
      'prometheus_target_sync_length_seconds',
      'Actual interval to sync the scrape pool.',
      'scrape_job',
    ),
    syncLengthHistogramSeconds: histogram(
      'prometheus_target_sync_length_histogram_seconds',
      'Actual interval to sync the scrape pool.',
      'scrape_job',
    ),
    syncFailed: new Counter({
      name: 'prometheus_target_sync_failed_total',
      help: 'Total number of target sync failures.',
      ...byJob,
    }),
    poolExceededTargetLimit: counter(
      'prometheus_target_scrape_pool_exceeded_target_limit_total',
      'Total number of times scrape pools hit the target limit, during sync or config reload.',
    ),
    poolTargetLimit: new Gauge({
      name: 'prometheus_target_scrape_pool_target_limit',
      help: 'Maximum number of targets allowed in this scrape pool.',
      ...byJob,
    }),
    poolTargets: new Gauge({
      name: 'prometheus_target_scrape_pool_targets',
      help: 'Current number of targets in this scrape pool.',
      ...byJob,
    }),
    intervalSeconds: summary(
      'prometheus_target_interval_length_seconds',
      'Actual intervals between scrapes.',
      'interval',
    ),
    intervalHistogramSeconds: histogram(
      'prometheus_target_interval_length_histogram_seconds',
      'Actual intervals between scrapes.',
      'interval',
    ),
    durationSeconds: new Histogram({
      name: 'prometheus_target_scrape_duration_seconds',
      help: 'Total duration of the scrape from start to commit completion in seconds.',
      registers,
    }),
    exceededBodySizeLimit: counter(
      'prometheus_target_scrapes_exceeded_body_size_limit_total',
      'Total number of scrapes that hit the body size limit',
    ),
    exceededSampleLimit: counter(
      'prometheus_target_scrapes_exceeded_sample_limit_total',
      'Total number of scrapes that hit the sample limit and were rejected.',
    ),
    exceededLabelLimits: counter(
      'prometheus_target_scrape_pool_exceeded_label_limits_total',
      'Total number of times scrape pools hit the label limits, during sync or config reload.',
    ),
    exceededBucketLimit: counter(
      'prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total',
      'Total number of scrapes that hit the native histogram bucket limit and were rejected.',
    ),
    duplicateTimestamp: counter(
      'prometheus_target_scrapes_sample_duplicate_timestamp_total',
      'Total number of samples rejected due to duplicate timestamps but different values.',
    ),
    outOfOrder: counter(
      'prometheus_target_scrapes_sample_out_of_order_total',
      'Total number of samples rejected due to not being out of the expected order.',
    ),
    outOfBounds: counter(
      'prometheus_target_scrapes_sample_out_of_bounds_total',
      'Total number of samples rejected due to timestamp falling outside of the time bounds.',
    ),
  };
}

/** Counts what a page held and was not taken. */
export function countRefusals(stats: IngestStats, metrics: ScrapeMetrics): void {
  const { error, duplicates, tooOld, tooNew } = stats;
  if (error?.kind === 'sample_limit') metrics.exceededSampleLimit.inc();
  if (error?.kind === 'label_limits') metrics.exceededLabelLimits.inc();
  if (error?.kind === 'bucket_limit') metrics.exceededBucketLimit.inc();
  if (duplicates > 0) metrics.duplicateTimestamp.inc(duplicates);
  if (tooOld > 0) metrics.outOfOrder.inc(tooOld);
  if (tooNew > 0) metrics.outOfBounds.inc(tooNew);
}
