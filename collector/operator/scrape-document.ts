/** What the operator's objects that lead to scrapes have in common. */
import type { KubernetesObject } from '../../kubernetes/kubernetes-object.ts';
import { type Document, field, list, renamed, text, texts } from './document.ts';
import { httpDocument } from './http-document.ts';
import type { KeyValues } from './key-references.ts';
import { defaultRule, relabelRules, setRule } from './relabel-document.ts';

/** An object of the operator: its spec is read field by field. */
export interface MonitorObject extends KubernetesObject {
  readonly spec?: unknown;
}

/** One scrape config to be. */
export interface ScrapeDocument {
  /** Where it stands in the object, for messages: `endpoints[0]`; '' for the object itself. */
  readonly place: string;
  /** Its name in the operator: `serviceMonitor/ns/name/0`. */
  readonly jobName: string;
  /** Without `job_name` and with the fields of Prometheus' `<scrape_config>`. */
  readonly document: Document;
  /** What is written there and has no effect. */
  readonly warnings: readonly string[];
  /** Whether a Secret or ConfigMap that it needs is not there. */
  readonly isIncomplete: boolean;
}

/** Makes the scrape configs of an object. @throws MalformedObjectError */
export type ToScrapeDocuments = (
  object: MonitorObject,
  values: KeyValues,
  cluster: string,
) => readonly ScrapeDocument[];

export function objectNamespace({ metadata }: KubernetesObject): string {
  return metadata.namespace ?? '';
}

/** A name among the jobs of all clusters and of the configuration file. */
export function poolName(cluster: string, jobName: string): string {
  return `${cluster}/${jobName}`;
}

/**
 * The rules with which everything begins: whose cluster it is, and the job's name as the operator
 * has it, unless the target brings one.
 */
export function jobRules(cluster: string, jobName: string): readonly Document[] {
  const pool = poolName(cluster, jobName).replaceAll(/[^\w/-]/g, '\\$&');
  return [
    defaultRule('cluster', cluster),
    { ...setRule('job', jobName), source_labels: ['job'], regex: pool },
    { source_labels: ['job'], target_label: '__tmp_prometheus_job_name' },
  ];
}

const ENDPOINT_FIELDS = {
  honorLabels: 'honor_labels',
  honorTimestamps: 'honor_timestamps',
  trackTimestampsStaleness: 'track_timestamps_staleness',
  interval: 'scrape_interval',
  scrapeTimeout: 'scrape_timeout',
  params: 'params',
};

/** Fields of an endpoint of a ServiceMonitor or PodMonitor. */
export function endpointDocument(endpoint: unknown, values: KeyValues): Document {
  return {
    ...renamed(endpoint, ENDPOINT_FIELDS),
    metrics_path: text(endpoint, 'path') || undefined,
    scheme: text(endpoint, 'scheme')?.toLowerCase() || undefined,
    ...httpDocument(endpoint, values),
    metric_relabel_configs: relabelRules(endpoint, 'metricRelabelings'),
  };
}

/** Limits and formats, which an object has for all its endpoints. */
export function limitsDocument(spec: unknown): Document {
  const factor = text(spec, 'nativeHistogramMinBucketFactor');
  return {
    ...renamed(spec, {
      sampleLimit: 'sample_limit',
      targetLimit: 'target_limit',
      labelLimit: 'label_limit',
      labelNameLengthLimit: 'label_name_length_limit',
      labelValueLengthLimit: 'label_value_length_limit',
      keepDroppedTargets: 'keep_dropped_targets',
      bodySizeLimit: 'body_size_limit',
      fallbackScrapeProtocol: 'fallback_scrape_protocol',
      scrapeNativeHistograms: 'scrape_native_histograms',
      scrapeClassicHistograms: 'always_scrape_classic_histograms',
      convertClassicHistogramsToNHCB: 'convert_classic_histograms_to_nhcb',
      nativeHistogramBucketLimit: 'native_histogram_bucket_limit',
    }),
    scrape_protocols:
      list(spec, 'scrapeProtocols').length > 0 ? list(spec, 'scrapeProtocols') : undefined,
    native_histogram_min_bucket_factor: factor === undefined ? undefined : quantity(factor),
  };
}

/** Kubernetes' quantities: `1.1`, `1100m`. */
function quantity(written: string): number | string {
  const milli = /^(\d+(?:\.\d+)?)m$/.exec(written);
  if (milli !== null) return Number(milli[1]) / 1000;
  return /^\d+(\.\d+)?$/.test(written) ? Number(written) : written;
}

/**
 * Discovery in the namespaces that a `namespaceSelector` names, else in that of the object.
 * @param selectors as in `kubernetes_sd_config`
 */
export function discoveryDocument(
  role: string,
  selector: unknown,
  namespace: string,
  attachMetadata?: unknown,
  selectors?: readonly Document[],
): Document {
  const names = texts(selector, 'matchNames');
  const isAny = field(selector, 'any') === true;
  const wanted = names.length > 0 ? names : [namespace];
  return {
    role,
    namespaces: isAny ? undefined : { names: wanted },
    attach_metadata: attachMetadata,
    selectors,
  };
}

export function scrapeClassWarnings(spec: unknown): readonly string[] {
  const name = text(spec, 'scrapeClass');
  return name === undefined
    ? []
    : [
        `scrapeClass ${JSON.stringify(name)} has no effect: scrape classes belong to the operator's Prometheus objects`,
      ];
}
