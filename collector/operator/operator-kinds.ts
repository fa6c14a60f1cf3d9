/** The kinds of prometheus-operator's objects that have an effect here. */
import type { Resource } from '../../kubernetes/object-cache.ts';
import { podMonitorDocuments } from './pod-monitor.ts';
import { probeDocuments } from './probe.ts';
import { scrapeConfigDocuments } from './scrape-config.ts';
import type { ToScrapeDocuments } from './scrape-document.ts';
import { serviceMonitorDocuments } from './service-monitor.ts';

export const OPERATOR_GROUP = 'monitoring.coreos.com';

export type OperatorKind =
  | 'ServiceMonitor'
  | 'PodMonitor'
  | 'Probe'
  | 'ScrapeConfig'
  | 'PrometheusRule'
  | 'AlertmanagerConfig';

interface KindOfObject {
  readonly kind: OperatorKind;
  readonly plural: string;
  /** Most wanted first. */
  readonly versions: readonly string[];
}

const KINDS: readonly KindOfObject[] = [
  { kind: 'ServiceMonitor', plural: 'servicemonitors', versions: ['v1'] },
  { kind: 'PodMonitor', plural: 'podmonitors', versions: ['v1'] },
  { kind: 'Probe', plural: 'probes', versions: ['v1'] },
  { kind: 'ScrapeConfig', plural: 'scrapeconfigs', versions: ['v1', 'v1beta1', 'v1alpha1'] },
  { kind: 'PrometheusRule', plural: 'prometheusrules', versions: ['v1'] },
  { kind: 'AlertmanagerConfig', plural: 'alertmanagerconfigs', versions: ['v1beta1', 'v1alpha1'] },
];

/** How the objects of a kind become scrape configs; undefined for those that do not. */
export const TO_SCRAPE_DOCUMENTS: Readonly<Partial<Record<OperatorKind, ToScrapeDocuments>>> = {
  ServiceMonitor: serviceMonitorDocuments,
  PodMonitor: podMonitorDocuments,
  Probe: probeDocuments,
  ScrapeConfig: scrapeConfigDocuments,
};

/**
 * The kinds that an API server has, each in the version that we want most.
 * @param served plurals by version of the group
 */
export function availableKinds(
  served: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<OperatorKind, Resource> {
  const available = new Map<OperatorKind, Resource>();
  for (const { kind, plural, versions } of KINDS) {
    const version = versions.find((one) => served.get(one)?.has(plural));
    if (version === undefined) continue;
    available.set(kind, { group: OPERATOR_GROUP, version, plural, kind, namespaced: true });
  }
  return available;
}
