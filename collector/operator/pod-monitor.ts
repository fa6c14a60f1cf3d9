/** PodMonitors: a scrape config for each endpoint, with the rules that the operator makes. */
import { sanitize } from '../discovery/kubernetes/meta-labels.ts';
import { type Document, field, list, text, texts } from './document.ts';
import {
  copyRule,
  keepRule,
  labelRule,
  RUNNING_RULE,
  relabelRules,
  selectorRules,
  selectorText,
  setRule,
} from './relabel-document.ts';
import {
  discoveryDocument,
  endpointDocument,
  jobRules,
  limitsDocument,
  objectNamespace,
  scrapeClassWarnings,
  type ToScrapeDocuments,
} from './scrape-document.ts';

export const podMonitorDocuments: ToScrapeDocuments = (object, values, cluster) => {
  const { spec } = object;
  const namespace = objectNamespace(object);
  const { name } = object.metadata;
  const isRoleSelected = text(spec, 'selectorMechanism') === 'RoleSelector';
  const selector = field(spec, 'selector');
  const discovery = discoveryDocument(
    'pod',
    field(spec, 'namespaceSelector'),
    namespace,
    field(spec, 'attachMetadata'),
    isRoleSelected ? [{ role: 'pod', label: selectorText(selector) }] : undefined,
  );
  return list(spec, 'podMetricsEndpoints').map((endpoint, index) => {
    const jobName = `podMonitor/${namespace}/${name}/${index}`;
    const misses = values.missCount;
    const fields = endpointDocument(endpoint, values);
    return {
      place: `podMetricsEndpoints[${index}]`,
      jobName,
      warnings: scrapeClassWarnings(spec),
      isIncomplete: values.missCount > misses,
      document: {
        ...fields,
        ...limitsDocument(spec),
        kubernetes_sd_configs: [discovery],
        relabel_configs: [
          ...jobRules(cluster, jobName),
          ...(field(endpoint, 'filterRunning') === false ? [] : [RUNNING_RULE]),
          ...(isRoleSelected ? [] : selectorRules('pod', selector)),
          ...portRules(endpoint),
          ...targetRules(spec, endpoint, `${namespace}/${name}`),
          ...relabelRules(endpoint, 'relabelings'),
        ],
      },
    };
  });
};

function portRules(endpoint: unknown): readonly Document[] {
  const port = text(endpoint, 'port') ?? '';
  if (port !== '') return [keepRule('pod_container_port_name', port)];
  const number = text(endpoint, 'portNumber') ?? '0';
  if (number !== '0') return [keepRule('pod_container_port_number', number)];
  const targetPort = text(endpoint, 'targetPort') ?? '';
  if (targetPort === '' || targetPort === '0') return [];
  const isNumber = typeof field(endpoint, 'targetPort') === 'number';
  return [keepRule(`pod_container_port_${isNumber ? 'number' : 'name'}`, targetPort)];
}

function targetRules(spec: unknown, endpoint: unknown, job: string): readonly Document[] {
  const jobLabel = text(spec, 'jobLabel') ?? '';
  const endpointName = text(endpoint, 'port') || text(endpoint, 'targetPort') || '';
  return [
    copyRule(['namespace'], 'namespace'),
    copyRule(['pod_container_name'], 'container'),
    copyRule(['pod_name'], 'pod'),
    ...texts(spec, 'podTargetLabels').map((name) => labelRule('pod', name, sanitize(name))),
    setRule('job', job),
    ...(jobLabel === '' ? [] : [labelRule('pod', jobLabel, 'job')]),
    ...(endpointName === '' ? [] : [setRule('endpoint', endpointName)]),
  ];
}
