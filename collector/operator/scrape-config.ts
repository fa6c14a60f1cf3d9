/** ScrapeConfigs: a scrape config of Prometheus, written as an object. */
import { type Document, field, list, MalformedObjectError, renamed, text } from './document.ts';
import { httpDocument } from './http-document.ts';
import type { KeyValues } from './key-references.ts';
import { relabelRules, setRule } from './relabel-document.ts';
import {
  jobRules,
  limitsDocument,
  objectNamespace,
  scrapeClassWarnings,
  type ToScrapeDocuments,
} from './scrape-document.ts';

/** The operator's words for how names are escaped, and Prometheus'. */
const ESCAPINGS: Readonly<Record<string, string>> = {
  AllowUTF8: 'allow-utf-8',
  Underscores: 'underscores',
  Dots: 'dots',
  Values: 'values',
};

const SUPPORTED = new Set([
  'staticConfigs',
  'fileSDConfigs',
  'httpSDConfigs',
  'kubernetesSDConfigs',
  'dnsSDConfigs',
]);

export const scrapeConfigDocuments: ToScrapeDocuments = (object, values, cluster) => {
  const { spec } = object;
  const jobName = `scrapeConfig/${objectNamespace(object)}/${object.metadata.name}`;
  const ownJob = text(spec, 'jobName');
  const escaping = text(spec, 'nameEscapingScheme');
  const document = {
    ...renamed(spec, {
      honorLabels: 'honor_labels',
      honorTimestamps: 'honor_timestamps',
      trackTimestampsStaleness: 'track_timestamps_staleness',
      metricsPath: 'metrics_path',
      params: 'params',
      enableCompression: 'enable_compression',
      scrapeInterval: 'scrape_interval',
      scrapeTimeout: 'scrape_timeout',
    }),
    ...limitsDocument(spec),
    ...httpDocument(spec, values),
    scheme: text(spec, 'scheme')?.toLowerCase(),
    metric_name_validation_scheme: text(spec, 'nameValidationScheme')?.toLowerCase(),
    metric_name_escaping_scheme:
      escaping === undefined ? undefined : (ESCAPINGS[escaping] ?? escaping),
    ...discoveries(spec, values),
    relabel_configs: [
      ...jobRules(cluster, jobName),
      ...(ownJob === undefined ? [] : [setRule('job', ownJob)]),
      ...relabelRules(spec, 'relabelings'),
    ],
    metric_relabel_configs: relabelRules(spec, 'metricRelabelings'),
  };
  const warnings = [...scrapeClassWarnings(spec), ...unsupported(spec)];
  return [{ place: '', jobName, document, warnings, isIncomplete: values.missCount > 0 }];
};

/** What we cannot discover is said, and the rest goes on. */
function unsupported(spec: unknown): readonly string[] {
  if (typeof spec !== 'object' || spec === null) throw new MalformedObjectError('no spec');
  return Object.keys(spec)
    .filter((name) => name.endsWith('SDConfigs') && !SUPPORTED.has(name))
    .map((name) => `${name} is not supported: use httpSDConfigs or fileSDConfigs`);
}

function discoveries(spec: unknown, values: KeyValues): Document {
  const refresh = { refreshInterval: 'refresh_interval' };
  return {
    static_configs: list(spec, 'staticConfigs').map((one) =>
      renamed(one, { targets: 'targets', labels: 'labels' }),
    ),
    file_sd_configs: list(spec, 'fileSDConfigs').map((one) =>
      renamed(one, { files: 'files', ...refresh }),
    ),
    http_sd_configs: list(spec, 'httpSDConfigs').map((one) => ({
      ...renamed(one, { url: 'url', ...refresh }),
      ...httpDocument(one, values),
    })),
    dns_sd_configs: list(spec, 'dnsSDConfigs').map((one) =>
      renamed(one, { names: 'names', type: 'type', port: 'port', ...refresh }),
    ),
    kubernetes_sd_configs: list(spec, 'kubernetesSDConfigs').map((one) => ({
      ...renamed(one, { apiServer: 'api_server' }),
      ...httpDocument(one, values),
      role: text(one, 'role')?.toLowerCase(),
      namespaces: namespacesOf(field(one, 'namespaces')),
      attach_metadata: field(one, 'attachMetadata'),
      selectors: list(one, 'selectors').map((selector) => ({
        ...renamed(selector, { label: 'label', field: 'field' }),
        role: text(selector, 'role')?.toLowerCase(),
      })),
    })),
  };
}

function namespacesOf(from: unknown): Document | undefined {
  return from === undefined
    ? undefined
    : renamed(from, { names: 'names', ownNamespace: 'own_namespace' });
}
