/** ServiceMonitors: a scrape config for each endpoint, with the rules that the operator makes. */
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

export const serviceMonitorDocuments: ToScrapeDocuments = (object, values, cluster) => {
  const { spec } = object;
  const namespace = objectNamespace(object);
  const isSlice = text(spec, 'serviceDiscoveryRole') === 'EndpointSlice';
  const role = isSlice ? 'endpointslice' : 'endpoints';
  const isRoleSelected = text(spec, 'selectorMechanism') === 'RoleSelector';
  const selector = field(spec, 'selector');
  const selectors = [role, 'service'].map((one) => ({ role: one, label: selectorText(selector) }));
  const discovery = discoveryDocument(
    role,
    field(spec, 'namespaceSelector'),
    namespace,
    field(spec, 'attachMetadata'),
    isRoleSelected ? selectors : undefined,
  );
  return list(spec, 'endpoints').map((endpoint, index) => {
    const jobName = `serviceMonitor/${namespace}/${object.metadata.name}/${index}`;
    const misses = values.missCount;
    const fields = endpointDocument(endpoint, values);
    return {
      place: `endpoints[${index}]`,
      jobName,
      warnings: scrapeClassWarnings(spec),
      isIncomplete: values.missCount > misses,
      document: {
        ...fields,
        ...limitsDocument(spec),
        kubernetes_sd_configs: [discovery],
        relabel_configs: [
          ...jobRules(cluster, jobName),
          ...(isRoleSelected ? [] : selectorRules('service', selector)),
          ...portRules(endpoint, isSlice),
          ...targetRules(spec, endpoint, isSlice),
          ...relabelRules(endpoint, 'relabelings'),
        ],
      },
    };
  });
};

function portRules(endpoint: unknown, isSlice: boolean): readonly Document[] {
  const port = text(endpoint, 'port') ?? '';
  if (port !== '') {
    return [keepRule(isSlice ? 'endpointslice_port_name' : 'endpoint_port_name', port)];
  }
  const targetPort = text(endpoint, 'targetPort') ?? '';
  if (targetPort === '' || targetPort === '0') return [];
  const isNumber = typeof field(endpoint, 'targetPort') === 'number';
  return [keepRule(`pod_container_port_${isNumber ? 'number' : 'name'}`, targetPort)];
}

function targetRules(spec: unknown, endpoint: unknown, isSlice: boolean): readonly Document[] {
  const kind = isSlice ? 'endpointslice' : 'endpoint';
  const target = [`${kind}_address_target_kind`, `${kind}_address_target_name`];
  const jobLabel = text(spec, 'jobLabel') ?? '';
  const endpointName = text(endpoint, 'port') || text(endpoint, 'targetPort') || '';
  return [
    copyRule(target, 'node', 'Node;(.*)'),
    copyRule(target, 'pod', 'Pod;(.*)'),
    copyRule(['namespace'], 'namespace'),
    copyRule(['service_name'], 'service'),
    copyRule(['pod_name'], 'pod'),
    copyRule(['pod_container_name'], 'container'),
    ...(field(endpoint, 'filterRunning') === false ? [] : [RUNNING_RULE]),
    ...texts(spec, 'targetLabels').map((name) => labelRule('service', name, sanitize(name))),
    ...texts(spec, 'podTargetLabels').map((name) => labelRule('pod', name, sanitize(name))),
    copyRule(['service_name'], 'job'),
    ...(jobLabel === '' ? [] : [labelRule('service', jobLabel, 'job')]),
    ...(endpointName === '' ? [] : [setRule('endpoint', endpointName)]),
  ];
}
