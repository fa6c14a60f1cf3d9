/** What discovery says about itself, under the names Prometheus uses. */
import { Counter, Gauge, Histogram, type Registry, Summary } from 'prom-client';

const QUANTILES = [0.5, 0.9, 0.99];
const REFRESH_BUCKETS_SECONDS = [0.01, 0.1, 1, 10];
const SUMMARY_WINDOW = { maxAgeSeconds: 600, ageBuckets: 5 };

export type DiscoveryMetrics = ReturnType<typeof discoveryMetrics>;

/**
 * @param registry must not hold them yet
 * @param fileTimes mtimes in Unix seconds of the files read, by path
 */
export function discoveryMetrics(registry: Registry, fileTimes: () => ReadonlyMap<string, number>) {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const byManager = { registers, labelNames: ['name'] as const };
  const byConfig = { registers, labelNames: ['name', 'config'] as const };
  const byMechanism = { registers, labelNames: ['mechanism', 'config'] as const };
  new Gauge({
    name: 'prometheus_sd_file_mtime_seconds',
    help: 'Timestamp (mtime) of files read by FileSD. Timestamp is set at read time.',
    registers,
    labelNames: ['filename'] as const,
    collect() {
      this.reset();
      for (const [path, seconds] of fileTimes()) this.labels(path).set(seconds);
    },
  });
  return {
    failedConfigs: new Gauge({
      name: 'prometheus_sd_failed_configs',
      help: 'Current number of service discovery configurations that failed to load.',
      ...byManager,
    }),
    discoveredTargets: new Gauge({
      name: 'prometheus_sd_discovered_targets',
      help: 'Current number of discovered targets.',
      ...byConfig,
    }),
    lastUpdate: new Gauge({
      name: 'prometheus_sd_last_update_timestamp_seconds',
      help: 'Timestamp of the last update sent to the SD consumers.',
      ...byConfig,
    }),
    receivedUpdates: new Counter({
      name: 'prometheus_sd_received_updates_total',
      help: 'Total number of update events received from the SD providers.',
      ...byManager,
    }),
    delayedUpdates: new Counter({
      name: 'prometheus_sd_updates_delayed_total',
      help: "Total number of update events that couldn't be sent immediately.",
      ...byManager,
    }),
    sentUpdates: new Counter({
      name: 'prometheus_sd_updates_total',
      help: 'Total number of update events sent to the SD consumers.',
      ...byManager,
    }),
    refreshFailures: new Counter({
      name: 'prometheus_sd_refresh_failures_total',
      help: 'Number of refresh failures for the given SD mechanism.',
      ...byMechanism,
    }),
    refreshSeconds: new Summary({
      name: 'prometheus_sd_refresh_duration_seconds',
      help: 'The duration of a refresh in seconds for the given SD mechanism.',
      ...byMechanism,
      percentiles: QUANTILES,
      ...SUMMARY_WINDOW,
    }),
    refreshHistogramSeconds: new Histogram({
      name: 'prometheus_sd_refresh_duration_histogram_seconds',
      help: 'The duration of a refresh for the given SD mechanism.',
      ...byMechanism,
      buckets: REFRESH_BUCKETS_SECONDS,
    }),
    fileReadErrors: counter(
      'prometheus_sd_file_read_errors_total',
      'The number of File-SD read errors.',
    ),
    fileScanSeconds: new Summary({
      name: 'prometheus_sd_file_scan_duration_seconds',
      help: 'The duration of the File-SD scan in seconds.',
      registers,
      percentiles: QUANTILES,
      ...SUMMARY_WINDOW,
    }),
    fileWatcherErrors: counter(
      'prometheus_sd_file_watcher_errors_total',
      'The number of File-SD errors caused by filesystem watch failures.',
    ),
    httpFailures: counter(
      'prometheus_sd_http_failures_total',
      'Number of HTTP service discovery refresh failures.',
    ),
    kubernetesEvents: kubernetesEvents(registry),
    dnsLookups: counter('prometheus_sd_dns_lookups_total', 'The number of DNS-SD lookups.'),
    dnsLookupFailures: counter(
      'prometheus_sd_dns_lookup_failures_total',
      'The number of DNS-SD lookup failures.',
    ),
  };
}

/** Each role and event is there from the start. */
function kubernetesEvents(registry: Registry): Counter<'role' | 'event'> {
  const counter = new Counter({
    name: 'prometheus_sd_kubernetes_events_total',
    help: 'The number of Kubernetes events handled.',
    registers: [registry],
    labelNames: ['role', 'event'] as const,
  });
  for (const role of ['endpointslice', 'endpoints', 'node', 'pod', 'service', 'ingress']) {
    for (const event of ['add', 'delete', 'update']) counter.labels(role, event).inc(0);
  }
  return counter;
}
