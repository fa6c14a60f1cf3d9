/** Scrape configs of the jobs that are made for a cluster. */
import { DEFAULT_HTTP_CLIENT } from '../../config/read-http-client.ts';
import { RELABEL_DEFAULTS } from '../../config/relabel-rules.ts';
import { TEXT_SCRAPE_PROTOCOLS } from '../../config/scrape-protocols.ts';
import type { RelabelConfig, ScrapeConfig } from '../../config/types.ts';

/** A page that takes longer is not waited for, be the interval ever so long. */
const TIMEOUT_MS_MAX = 10_000;

export interface JobSettings {
  /** Of the pool; the label `job` comes with the targets. */
  readonly poolName: string;
  readonly intervalMs: number;
  readonly metricsPath: string;
  readonly metricRelabelConfigs: readonly RelabelConfig[];
  readonly params?: Readonly<Record<string, readonly string[]>>;
  /** Pages name namespaces and Pods of their own; only of servers that nobody else puts there. */
  readonly honorsLabels?: boolean;
  /** Rows with own timestamps end when they are no longer exposed. */
  readonly tracksTimestamps?: boolean;
}

export function jobConfig(job: JobSettings): ScrapeConfig {
  return {
    jobName: job.poolName,
    honorLabels: job.honorsLabels ?? false,
    honorTimestamps: true,
    trackTimestampsStaleness: job.tracksTimestamps ?? false,
    params: job.params ?? {},
    scrapeIntervalMs: job.intervalMs,
    scrapeTimeoutMs: Math.min(TIMEOUT_MS_MAX, job.intervalMs),
    scrapeProtocols: TEXT_SCRAPE_PROTOCOLS,
    fallbackScrapeProtocol: 'PrometheusText0.0.4',
    scrapeNativeHistograms: false,
    alwaysScrapeClassicHistograms: false,
    convertClassicHistogramsToNhcb: false,
    extraScrapeMetrics: false,
    scrapeFailureLogFile: '',
    metricsPath: job.metricsPath,
    scheme: 'https',
    enableCompression: true,
    bodySizeLimitBytes: 0,
    sampleLimit: 0,
    targetLimit: 0,
    labelLimit: 0,
    labelNameLengthLimit: 0,
    labelValueLengthLimit: 0,
    nativeHistogramBucketLimit: 0,
    nativeHistogramMinBucketFactor: 0,
    keepDroppedTargets: 0,
    metricNameValidationScheme: 'utf8',
    metricNameEscapingScheme: 'allow-utf-8',
    discovery: [],
    httpClient: DEFAULT_HTTP_CLIENT,
    relabelConfigs: [],
    metricRelabelConfigs: job.metricRelabelConfigs,
  };
}

/** A relabelling rule, with Prometheus' defaults for what is not given. */
export function rule(parts: Partial<RelabelConfig> & Pick<RelabelConfig, 'action'>): RelabelConfig {
  return {
    sourceLabels: [],
    ...RELABEL_DEFAULTS,
    modulus: 0n,
    targetLabel: '',
    nameValidationScheme: 'utf8',
    ...parts,
  };
}
