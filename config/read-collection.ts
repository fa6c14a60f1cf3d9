/** Reads `kubelet` and `components` of a cluster. */
import {
  type ClusterCollection,
  COMPONENTS,
  type Component,
  type ComponentCollection,
  DEFAULT_COMPONENT,
  DEFAULT_KUBELET,
  type KubeletCollection,
  type KubeletMode,
  type KubeletProfile,
  type KubeletTls,
} from './collection-types.ts';
import { quote } from './go-text.ts';
import { findHttpUrlProblem } from './read-discovery.ts';
import { readRelabelConfigs } from './read-relabel.ts';
import type { YamlSection } from './yaml-section.ts';

const MODES: readonly KubeletMode[] = ['auto', 'direct', 'proxy'];
const TLS_MODES: readonly KubeletTls[] = ['auto', 'verify', 'insecure'];
const PROFILES: readonly KubeletProfile[] = ['default', 'full', 'light'];

const PORT_MAX = 65_535;
/** The kubelet's own measuring is no faster. */
const INTERVAL_MS_MIN = 5000;

/** Of a cluster's section, which it does not finish. */
export function readCollection(cluster: YamlSection): ClusterCollection {
  return { kubelet: readKubelet(cluster), components: readComponents(cluster) };
}

function readKubelet(cluster: YamlSection): KubeletCollection {
  const section = cluster.section('kubelet', 'kubelet');
  if (section === undefined) return DEFAULT_KUBELET;
  const unknown =
    (what: string) =>
    (text: string): string =>
      `kubelet: unknown ${what} ${quote(text)}`;
  const config: KubeletCollection = {
    enabled: section.boolean('enabled', true),
    mode: section.choice('mode', MODES, DEFAULT_KUBELET.mode, unknown('mode')),
    allowApiProxy: section.optionalBoolean('allow_api_proxy'),
    tls: section.choice('tls', TLS_MODES, DEFAULT_KUBELET.tls, unknown('tls')),
    caFile: section.path('ca_file') || undefined,
    port: section.count('port'),
    profile: section.choice('profile', PROFILES, DEFAULT_KUBELET.profile, unknown('profile')),
    intervalMs: readInterval(section, 'interval', DEFAULT_KUBELET.intervalMs),
    probesIntervalMs: readInterval(section, 'probes_interval', DEFAULT_KUBELET.probesIntervalMs),
    summaryIntervalMs: readInterval(section, 'summary_interval', DEFAULT_KUBELET.summaryIntervalMs),
    metricRelabelConfigs: readRules(section),
  };
  if (config.port > PORT_MAX) {
    section.problem('port', `kubelet: no port ${config.port}`, 'write 10250');
  }
  if (config.mode === 'proxy' && config.allowApiProxy === false) {
    const text = 'kubelet: mode proxy, but allow_api_proxy is false';
    section.problem('allow_api_proxy', text, 'remove one of them');
  }
  if (config.caFile !== undefined && config.tls === 'insecure') {
    section.problem('ca_file', 'kubelet: ca_file has no effect with tls: insecure', 'remove one');
  }
  section.finish();
  return config;
}

function readComponents(cluster: YamlSection): ClusterCollection['components'] {
  const section = cluster.section('components', 'components');
  const read = (name: Component): ComponentCollection => {
    const of = section?.section(name, name);
    return of === undefined ? DEFAULT_COMPONENT : readComponent(of, name);
  };
  const entries = COMPONENTS.map((name) => [name, read(name)] as const);
  section?.finish();
  return Object.fromEntries(entries) as ClusterCollection['components'];
}

function readComponent(section: YamlSection, name: Component): ComponentCollection {
  const isApiServer = name === 'api_server';
  const config: ComponentCollection = {
    enabled: section.boolean('enabled', true),
    intervalMs: readInterval(section, 'interval', DEFAULT_COMPONENT.intervalMs),
    urls: isApiServer ? [] : readUrls(section, name),
    dropsBuckets: isApiServer ? section.boolean('drop_buckets', true) : true,
    metricRelabelConfigs: readRules(section),
  };
  section.finish();
  return config;
}

function readUrls(section: YamlSection, name: Component): readonly string[] {
  return (section.textItems('urls') ?? []).flatMap(({ text, node }) => {
    const problem = findHttpUrlProblem(text);
    if (problem === undefined) return [text];
    section.reader.addProblem(node, `${name}: ${problem}`, 'write it as https://host:port/metrics');
    return [];
  });
}

function readInterval(section: YamlSection, name: string, absent: number): number {
  const intervalMs = section.durationMs(name, absent);
  if (intervalMs >= INTERVAL_MS_MIN) return intervalMs;
  section.problem(name, `${name} is less than ${INTERVAL_MS_MIN / 1000}s`, 'write it as 30s');
  return absent;
}

function readRules(section: YamlSection): KubeletCollection['metricRelabelConfigs'] {
  const empty = 'empty or null metric relabeling rule';
  return readRelabelConfigs(section, 'metric_relabel_configs', 'utf8', empty);
}
