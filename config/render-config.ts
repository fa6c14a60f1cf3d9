/** The configuration as YAML, for people: every default written out, every secret hidden. */
import { Document, type Tags } from 'yaml';
import { redactUrl } from './go-url.ts';
import { renderDiscovery } from './render-discovery.ts';
import {
  type Rendered,
  renderDuration,
  renderFields,
  renderLabels,
  renderRecord,
  renderSize,
} from './render-fields.ts';
import { renderHttpClient, renderTls } from './render-http-client.ts';
import { renderOwnSections } from './render-own-sections.ts';
import { renderGlobal, renderRelabelConfig, renderScrapeConfig } from './render-scrape-config.ts';
import type {
  AlertmanagerConfig,
  Config,
  OtlpConfig,
  RemoteReadConfig,
  RemoteWriteConfig,
  StorageConfig,
  TracingConfig,
} from './types.ts';

/**
 * What `/api/v1/status/config` shows, in Prometheus' order. Loaded again it gives the same
 * configuration, but for the secrets. Alertmanager's sections are not in it: they are rendered
 * where they are understood.
 */
export function renderConfig(config: Config): string {
  const fields = renderFields([
    ['global', renderGlobal(config.global)],
    ['runtime', renderFields([['gogc', config.runtime.gogc]])],
    [
      '?alerting',
      renderFields([
        ['?alert_relabel_configs', config.alerting.alertRelabelConfigs.map(renderRelabelConfig)],
        ['?alertmanagers', config.alerting.alertmanagers.map(renderAlertmanager)],
      ]),
    ],
    ['?rule_files', config.ruleFiles],
    ['?scrape_config_files', config.scrapeConfigFiles],
    ['?scrape_configs', config.mainScrapeConfigs.map(renderScrapeConfig)],
    ['?storage', renderStorage(config.storage)],
    ['tracing', config.tracing && renderTracing(config.tracing)],
    ['?remote_write', config.remoteWrite.map(renderRemoteWrite)],
    ['?remote_read', config.remoteRead.map(renderRemoteRead)],
    ['otlp', renderOtlp(config.otlp)],
    ...renderOwnSections(config),
  ]);
  // YAML 1.1, so that texts which that version takes for booleans are quoted.
  const document = new Document(fields, {
    version: '1.1',
    aliasDuplicateObjects: false,
    // A `Map` is to be a plain mapping; that version would make it an ordered one, `!!omap`.
    customTags: (tags) => tags.filter((tag) => tag !== 'omap' && !isOrderedMapTag(tag)),
  });
  return document.toString({ lineWidth: 0, indentSeq: false, flowCollectionPadding: false });
}

function isOrderedMapTag(tag: Tags[number]): boolean {
  return typeof tag !== 'string' && tag.tag === 'tag:yaml.org,2002:omap';
}

function renderAlertmanager(config: AlertmanagerConfig): Rendered {
  return renderFields([
    ...renderHttpClient(config.httpClient),
    ['scheme', config.scheme],
    ['?path_prefix', config.pathPrefix],
    ['timeout', renderDuration(config.timeoutMs)],
    ['api_version', config.apiVersion],
    ['?relabel_configs', config.relabelConfigs.map(renderRelabelConfig)],
    ['?alert_relabel_configs', config.alertRelabelConfigs.map(renderRelabelConfig)],
    ...renderDiscovery(config.discovery),
  ]);
}

function renderStorage(config: StorageConfig): Rendered {
  const encoding = renderFields([['?floats', config.chunkEncodingFloats]]);
  const retention = renderFields([
    ['time', renderDuration(config.retentionTimeMs)],
    ['size', renderSize(config.retentionSizeBytes)],
    ['?percentage', config.retentionPercentage],
  ]);
  const tsdb = renderFields([
    ['out_of_order_time_window', renderDuration(config.outOfOrderTimeWindowMs)],
    ['?stale_series_compaction_threshold', config.staleSeriesCompactionThreshold],
    ['?chunk_encoding', encoding],
    ['?retention', retention],
  ]);
  return renderFields([
    ['?tsdb', tsdb],
    ['exemplars', renderFields([['max_exemplars', config.exemplarsMax]])],
  ]);
}

function renderTracing(config: TracingConfig): Rendered {
  return renderFields([
    ['client_type', config.clientType],
    ['endpoint', config.endpoint],
    ['?sampling_fraction', config.samplingFraction],
    ['?insecure', config.insecure],
    ['tls_config', renderTls(config.tls)],
    ['?headers', renderRecord(config.headers)],
    ['?compression', config.compression],
    ['timeout', renderDuration(config.timeoutMs)],
  ]);
}

function renderRemoteWrite(config: RemoteWriteConfig): Rendered {
  const { queue, metadata } = config;
  return renderFields([
    ['url', redactUrl(config.url)],
    ['remote_timeout', renderDuration(config.remoteTimeoutMs)],
    ['?headers', renderRecord(config.headers)],
    ['?write_relabel_configs', config.writeRelabelConfigs.map(renderRelabelConfig)],
    ['?name', config.name],
    ['?send_exemplars', config.sendExemplars],
    ['?send_native_histograms', config.sendNativeHistograms],
    ['?round_robin_dns', config.roundRobinDns],
    ['protobuf_message', config.protobufMessage],
    ['?failed_request_logging', config.failedRequestLogging],
    ...renderHttpClient(config.httpClient),
    [
      'queue_config',
      renderFields([
        ['capacity', queue.capacity],
        ['max_shards', queue.shardsMax],
        ['min_shards', queue.shardsMin],
        ['max_samples_per_send', queue.samplesPerSendMax],
        ['batch_send_deadline', renderDuration(queue.batchSendDeadlineMs)],
        ['min_backoff', renderDuration(queue.backoffMinMs)],
        ['max_backoff', renderDuration(queue.backoffMaxMs)],
        ['?retry_on_http_429', queue.retryOnHttp429],
        ['sample_age_limit', renderDuration(queue.sampleAgeLimitMs)],
      ]),
    ],
    [
      'metadata_config',
      renderFields([
        ['send', metadata.send],
        ['send_interval', renderDuration(metadata.sendIntervalMs)],
        ['max_samples_per_send', metadata.samplesPerSendMax],
      ]),
    ],
  ]);
}

function renderRemoteRead(config: RemoteReadConfig): Rendered {
  return renderFields([
    ['url', redactUrl(config.url)],
    ['remote_timeout', renderDuration(config.remoteTimeoutMs)],
    ['chunked_read_limit', config.chunkedReadLimitBytes],
    ['?headers', renderRecord(config.headers)],
    ['?read_recent', config.readRecent],
    ['?name', config.name],
    ...renderHttpClient(config.httpClient),
    ['?required_matchers', renderLabels(config.requiredMatchers)],
    ['filter_external_labels', config.filterExternalLabels],
  ]);
}

function renderOtlp(config: OtlpConfig): Rendered {
  return renderFields([
    ['?promote_all_resource_attributes', config.promoteAllResourceAttributes],
    ['?promote_resource_attributes', config.promoteResourceAttributes],
    ['?ignore_resource_attributes', config.ignoreResourceAttributes],
    ['translation_strategy', config.translationStrategy],
    ['?keep_identifying_resource_attributes', config.keepIdentifyingResourceAttributes],
    ['?convert_histograms_to_nhcb', config.convertHistogramsToNhcb],
    ['?promote_scope_metadata', config.promoteScopeMetadata],
    ['label_name_underscore_sanitization', config.labelNameUnderscoreSanitization],
    ['label_name_preserve_multiple_underscores', config.labelNamePreserveMultipleUnderscores],
  ]);
}
