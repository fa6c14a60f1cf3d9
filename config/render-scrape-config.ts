/** Renders `global`, scrape configs and relabelling. */

import { RELABEL_DEFAULTS } from './relabel-rules.ts';
import { renderDiscovery } from './render-discovery.ts';
import {
  type Rendered,
  renderDuration,
  renderFields,
  renderInline,
  renderLabels,
  renderRecord,
  renderSize,
} from './render-fields.ts';
import { renderHttpClient } from './render-http-client.ts';
import type { GlobalConfig, RelabelConfig, ScrapeConfig } from './types.ts';

export function renderGlobal(config: GlobalConfig): Rendered {
  return renderFields([
    ['scrape_interval', renderDuration(config.scrapeIntervalMs)],
    ['scrape_timeout', renderDuration(config.scrapeTimeoutMs)],
    ['scrape_protocols', config.scrapeProtocols],
    ['evaluation_interval', renderDuration(config.evaluationIntervalMs)],
    ['rule_query_offset', renderDuration(config.ruleQueryOffsetMs)],
    ['?query_log_file', config.queryLogFile],
    ['?scrape_failure_log_file', config.scrapeFailureLogFile],
    ['?external_labels', renderLabels(config.externalLabels)],
    ...renderLimits(config),
    ['?keep_dropped_targets', config.keepDroppedTargets],
    ['metric_name_validation_scheme', config.metricNameValidationScheme],
    ['?metric_name_escaping_scheme', config.metricNameEscapingScheme],
    ['scrape_native_histograms', config.scrapeNativeHistograms],
    ['?convert_classic_histograms_to_nhcb', config.convertClassicHistogramsToNhcb],
    ['?always_scrape_classic_histograms', config.alwaysScrapeClassicHistograms],
    ['extra_scrape_metrics', config.extraScrapeMetrics],
  ]);
}

function renderLimits(
  config: GlobalConfig | ScrapeConfig,
): readonly (readonly [string, unknown])[] {
  return [
    ['body_size_limit', renderSize(config.bodySizeLimitBytes)],
    ['?sample_limit', config.sampleLimit],
    ['?target_limit', config.targetLimit],
    ['?label_limit', config.labelLimit],
    ['?label_name_length_limit', config.labelNameLengthLimit],
    ['?label_value_length_limit', config.labelValueLengthLimit],
  ];
}

export function renderScrapeConfig(config: ScrapeConfig): Rendered {
  return renderFields([
    ['job_name', config.jobName],
    ['?honor_labels', config.honorLabels],
    ['honor_timestamps', config.honorTimestamps],
    ['track_timestamps_staleness', config.trackTimestampsStaleness],
    ['?params', renderRecord(config.params)],
    ['scrape_interval', renderDuration(config.scrapeIntervalMs)],
    ['scrape_timeout', renderDuration(config.scrapeTimeoutMs)],
    ['scrape_protocols', config.scrapeProtocols],
    ['?fallback_scrape_protocol', config.fallbackScrapeProtocol],
    ['scrape_native_histograms', config.scrapeNativeHistograms],
    ['always_scrape_classic_histograms', config.alwaysScrapeClassicHistograms],
    ['convert_classic_histograms_to_nhcb', config.convertClassicHistogramsToNhcb],
    ['?scrape_failure_log_file', config.scrapeFailureLogFile],
    ['metrics_path', config.metricsPath],
    ['scheme', config.scheme],
    ['enable_compression', config.enableCompression],
    ...renderLimits(config),
    ['?native_histogram_bucket_limit', config.nativeHistogramBucketLimit],
    ['?native_histogram_min_bucket_factor', config.nativeHistogramMinBucketFactor],
    ['?keep_dropped_targets', config.keepDroppedTargets],
    ['metric_name_validation_scheme', config.metricNameValidationScheme],
    ['metric_name_escaping_scheme', config.metricNameEscapingScheme],
    ['extra_scrape_metrics', config.extraScrapeMetrics],
    ...renderHttpClient(config.httpClient),
    ['?relabel_configs', config.relabelConfigs.map(renderRelabelConfig)],
    ['?metric_relabel_configs', config.metricRelabelConfigs.map(renderRelabelConfig)],
    ...renderDiscovery(config.discovery),
  ]);
}

export function renderRelabelConfig(config: RelabelConfig): Rendered {
  const isDefaultRegex = config.regex === RELABEL_DEFAULTS.regex;
  return renderFields([
    ['?source_labels', renderInline(config.sourceLabels)],
    ['separator', config.separator],
    ['regex', isDefaultRegex ? undefined : config.regex],
    ['?modulus', config.modulus],
    ['?target_label', config.targetLabel],
    ['replacement', config.replacement],
    ['action', config.action],
  ]);
}
