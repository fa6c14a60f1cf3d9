/** Reads scrape configs. */
import type { Node } from 'yaml';
import { quote } from './go-text.ts';
import { readDiscovery } from './read-discovery.ts';
import {
  ESCAPING_SCHEMES,
  readLimits,
  readValidationScheme,
  unknownEscaping,
} from './read-global.ts';
import { readHttpClient } from './read-http-client.ts';
import { readRelabelConfigs } from './read-relabel.ts';
import {
  PROTO_SCRAPE_PROTOCOLS,
  readFallbackProtocol,
  readScrapeProtocols,
  TEXT_SCRAPE_PROTOCOLS,
} from './scrape-protocols.ts';
import type {
  GlobalConfig,
  NameEscapingScheme,
  NameValidationScheme,
  ScrapeConfig,
  ScrapeProtocol,
} from './types.ts';
import { isNullNode } from './yaml-reader.ts';
import { hasItems, readItems, readText, YamlSection } from './yaml-section.ts';

/** Where each job name was first met, to refuse it a second time. */
export class JobNames {
  readonly #places = new Map<string, string>();

  /** @returns where it was met before, or undefined; it is then taken */
  take(jobName: string, where: string): string | undefined {
    const before = this.#places.get(jobName);
    if (before === undefined) this.#places.set(jobName, where);
    return before;
  }
}

/**
 * The field `scrape_configs` of a file.
 * @param where what to call the file when a job name comes again
 */
export function readScrapeConfigs(
  parent: YamlSection,
  global: GlobalConfig,
  jobNames: JobNames,
  where: string,
): readonly ScrapeConfig[] {
  const goType = '[]*config.ScrapeConfig';
  const nodes = parent.items('scrape_configs', goType, 'a list of scrape configs') ?? [];
  return nodes.flatMap((node) => {
    if (isNullNode(node)) {
      const text = 'empty or null scrape config section';
      parent.reader.addProblem(node, text, 'remove it or give it a job_name');
      return [];
    }
    const section = new YamlSection(parent.reader, node, 'config.ScrapeConfig');
    const config = readScrapeConfig(section, global);
    const before = config.jobName === '' ? undefined : jobNames.take(config.jobName, where);
    if (before !== undefined) {
      const text = `found multiple scrape configs with job name ${quote(config.jobName)}`;
      section.problem('job_name', `${text}, first found in ${before}`, 'rename one of them');
    }
    return [config];
  });
}

function readScrapeConfig(section: YamlSection, global: GlobalConfig): ScrapeConfig {
  const jobName = section.string('job_name');
  if (jobName === '') section.problem('job_name', 'job_name is empty', 'name the job');
  const scheme = readValidationScheme(section);
  const nativeHistograms =
    section.optionalBoolean('scrape_native_histograms') ?? global.scrapeNativeHistograms;
  const validation = scheme ?? global.metricNameValidationScheme;
  const relabelConfigs = readRelabelConfigs(
    section,
    'relabel_configs',
    validation,
    'empty or null target relabeling rule in scrape config',
  );
  const config: ScrapeConfig = {
    jobName,
    honorLabels: section.boolean('honor_labels'),
    honorTimestamps: section.boolean('honor_timestamps', true),
    trackTimestampsStaleness: section.boolean('track_timestamps_staleness'),
    params: readParams(section),
    ...readTimes(section, global, jobName),
    scrapeProtocols: readProtocols(section, global, nativeHistograms, jobName),
    fallbackScrapeProtocol: readFallbackProtocol(section, jobName),
    scrapeNativeHistograms: nativeHistograms,
    alwaysScrapeClassicHistograms:
      section.optionalBoolean('always_scrape_classic_histograms') ??
      global.alwaysScrapeClassicHistograms,
    convertClassicHistogramsToNhcb:
      section.optionalBoolean('convert_classic_histograms_to_nhcb') ??
      global.convertClassicHistogramsToNhcb,
    extraScrapeMetrics:
      section.optionalBoolean('extra_scrape_metrics') ?? global.extraScrapeMetrics,
    scrapeFailureLogFile: section.path('scrape_failure_log_file') || global.scrapeFailureLogFile,
    metricsPath: section.string('metrics_path', '/metrics'),
    scheme: section.string('scheme', 'http'),
    enableCompression: section.boolean('enable_compression', true),
    ...readLimits(section, global),
    nativeHistogramBucketLimit: section.count('native_histogram_bucket_limit'),
    nativeHistogramMinBucketFactor: section.float('native_histogram_min_bucket_factor'),
    metricNameValidationScheme: validation,
    metricNameEscapingScheme: readEscaping(section, global, scheme),
    discovery: readDiscovery(section, !hasItems(section, 'relabel_configs')),
    httpClient: readHttpClient(section),
    relabelConfigs,
    metricRelabelConfigs: readRelabelConfigs(
      section,
      'metric_relabel_configs',
      validation,
      'empty or null metric relabeling rule in scrape config',
    ),
  };
  section.finish();
  return config;
}

function readTimes(
  section: YamlSection,
  global: GlobalConfig,
  jobName: string,
): Pick<ScrapeConfig, 'scrapeIntervalMs' | 'scrapeTimeoutMs'> {
  const scrapeIntervalMs = section.durationMs('scrape_interval') || global.scrapeIntervalMs;
  const timeoutMs = section.durationMs('scrape_timeout');
  if (timeoutMs > scrapeIntervalMs) {
    const text = 'scrape timeout greater than scrape interval for scrape config with job name';
    section.problem('scrape_timeout', `${text} ${quote(jobName)}`, 'shorten it');
  }
  const scrapeTimeoutMs = timeoutMs || Math.min(global.scrapeTimeoutMs, scrapeIntervalMs);
  return { scrapeIntervalMs, scrapeTimeoutMs };
}

function readProtocols(
  section: YamlSection,
  global: GlobalConfig,
  nativeHistograms: boolean,
  jobName: string,
): readonly ScrapeProtocol[] {
  const where = ` for scrape config with job name ${quote(jobName)}`;
  return (
    readScrapeProtocols(section, where) ??
    global.scrapeProtocols ??
    (nativeHistograms ? PROTO_SCRAPE_PROTOCOLS : TEXT_SCRAPE_PROTOCOLS)
  );
}

/**
 * A job that sets only its validation scheme does not take the global escaping, which may not go
 * with it.
 */
function readEscaping(
  section: YamlSection,
  global: GlobalConfig,
  ownScheme: NameValidationScheme | undefined,
): NameEscapingScheme {
  const name = 'metric_name_escaping_scheme';
  const written = section.choice(name, ['', ...ESCAPING_SCHEMES] as const, '', (text) => {
    return unknownEscaping('scrape config', text);
  });
  const byScheme = (scheme: NameValidationScheme): NameEscapingScheme => {
    return scheme === 'legacy' ? 'underscores' : 'allow-utf-8';
  };
  const inherited =
    ownScheme === undefined && global.metricNameEscapingScheme !== ''
      ? global.metricNameEscapingScheme
      : byScheme(ownScheme ?? global.metricNameValidationScheme);
  const escaping = written === '' ? inherited : written;
  const scheme = ownScheme ?? global.metricNameValidationScheme;
  if (escaping === 'allow-utf-8' && scheme !== 'utf8') {
    section.problem(
      written === '' ? 'metric_name_validation_scheme' : name,
      'utf8 metric names requested but validation scheme is not set to UTF8',
      'use underscores, dots or values',
    );
  }
  return escaping;
}

function readParams(section: YamlSection): ScrapeConfig['params'] {
  const { reader } = section;
  const read = (node: Node): readonly string[] => {
    if (isNullNode(node)) return [];
    return readItems(reader, node, '[]string', 'a list of texts').flatMap((item) => {
      return readText(reader, item) ?? [];
    });
  };
  const entries = section.entries('params', 'map[string][]string');
  return Object.fromEntries(entries.map(([name, , value]) => [name, read(value)]));
}
