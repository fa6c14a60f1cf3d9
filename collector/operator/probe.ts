/** Probes: addresses that a prober (the blackbox exporter) is asked to try. */
import {
  type Document,
  field,
  list,
  MalformedObjectError,
  renamed,
  text,
  texts,
} from './document.ts';
import { httpDocument, proxyDocument } from './http-document.ts';
import { copyRule, relabelRules, selectorRules, setRule } from './relabel-document.ts';
import {
  discoveryDocument,
  jobRules,
  limitsDocument,
  objectNamespace,
  scrapeClassWarnings,
  type ToScrapeDocuments,
} from './scrape-document.ts';

export const probeDocuments: ToScrapeDocuments = (object, values, cluster) => {
  const { spec } = object;
  const namespace = objectNamespace(object);
  const prober = field(spec, 'prober');
  const proberUrl = text(prober, 'url') ?? '';
  if (proberUrl === '') throw new MalformedObjectError('prober.url is missing');
  const jobName = `probe/${namespace}/${object.metadata.name}`;
  const { fields, rules } = targetsOf(spec, namespace, proberUrl);
  const document = {
    ...renamed(spec, { interval: 'scrape_interval', scrapeTimeout: 'scrape_timeout' }),
    ...limitsDocument(spec),
    ...httpDocument(spec, values),
    ...proxyDocument(prober, values),
    metrics_path: text(prober, 'path') || '/probe',
    scheme: text(prober, 'scheme')?.toLowerCase() || undefined,
    params: paramsOf(spec),
    ...fields,
    relabel_configs: [
      ...jobRules(cluster, jobName),
      ...((text(spec, 'jobName') ?? '') === ''
        ? []
        : [setRule('job', text(spec, 'jobName') ?? '')]),
      ...rules,
    ],
    metric_relabel_configs: relabelRules(spec, 'metricRelabelings'),
  };
  const isIncomplete = values.missCount > 0;
  return [{ place: '', jobName, document, warnings: scrapeClassWarnings(spec), isIncomplete }];
};

function paramsOf(spec: unknown): Document {
  const params: Record<string, readonly string[]> = {};
  for (const param of list(spec, 'params')) {
    params[text(param, 'name') ?? ''] = texts(param, 'values');
  }
  const module = text(spec, 'module') ?? '';
  return module === '' ? params : { ...params, module: [module] };
}

/** With both, the static ones count. */
function targetsOf(
  spec: unknown,
  namespace: string,
  proberUrl: string,
): { readonly fields: Document; readonly rules: readonly Document[] } {
  const targets = field(spec, 'targets');
  const fixed = field(targets, 'staticConfig');
  const instance: Document = { source_labels: ['__param_target'], target_label: 'instance' };
  const address = setRule('__address__', proberUrl);
  if (fixed !== undefined) {
    const labels = { namespace, ...(field(fixed, 'labels') as object | undefined) };
    return {
      fields: { static_configs: [{ targets: texts(fixed, 'static'), labels }] },
      rules: [
        { source_labels: ['__address__'], target_label: '__param_target' },
        instance,
        address,
        ...relabelRules(fixed, 'relabelingConfigs'),
      ],
    };
  }
  const ingress = field(targets, 'ingress');
  if (ingress === undefined) {
    throw new MalformedObjectError('targets has neither staticConfig nor ingress');
  }
  const discovery = discoveryDocument('ingress', field(ingress, 'namespaceSelector'), namespace);
  return {
    fields: { kubernetes_sd_configs: [discovery] },
    rules: [
      ...selectorRules('ingress', field(ingress, 'selector')),
      {
        source_labels: [
          '__meta_kubernetes_ingress_scheme',
          '__address__',
          '__meta_kubernetes_ingress_path',
        ],
        regex: '(.+);(.+);(.+)',
        target_label: '__param_target',
        replacement: '${1}://${2}${3}',
      },
      copyRule(['namespace'], 'namespace'),
      copyRule(['ingress_name'], 'ingress'),
      { source_labels: ['__address__'], target_label: '__tmp_ingress_address' },
      instance,
      address,
      ...relabelRules(ingress, 'relabelingConfigs'),
    ],
  };
}
