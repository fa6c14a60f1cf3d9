/** Reads the section `clusters`. Names are those of Prometheus' `kubernetes_sd_configs` where it has them. */
import { isScalar } from 'yaml';
import type {
  ClusterAccess,
  ClusterConfig,
  ClusterDiscovery,
  KubeconfigContexts,
} from './cluster-types.ts';
import { quote } from './go-text.ts';
import { readCollection } from './read-collection.ts';
import { readHttpClient, readUrl } from './read-http-client.ts';
import { isNullNode } from './yaml-reader.ts';
import { readText, YamlSection } from './yaml-section.ts';

const ALL_CONTEXTS = 'all';

/** What the HTTP client's settings have and a cluster's connection has not. */
const REFUSED_FIELDS = ['oauth2', 'http_headers', 'proxy_connect_header'] as const;

/** @returns undefined when the file has no such section */
export function readClusters(root: YamlSection): readonly ClusterConfig[] | undefined {
  const nodes = root.items('clusters', '[]cluster', 'a list of clusters');
  if (nodes === undefined) return undefined;
  const names = new Set<string>();
  return nodes.flatMap((node) => {
    if (isNullNode(node)) {
      root.reader.addProblem(node, 'empty or null cluster in clusters', 'remove it');
      return [];
    }
    const section = new YamlSection(root.reader, node, 'cluster');
    const config = readCluster(section);
    section.finish();
    if (config.name !== '' && names.has(config.name)) {
      section.problem('name', `two clusters have the name ${quote(config.name)}`);
    }
    names.add(config.name);
    return [config];
  });
}

function readCluster(section: YamlSection): ClusterConfig {
  const access = readAccess(section);
  const name = section.string('name');
  if (name === '' && access.kind !== 'kubeconfig') {
    section.problem('name', 'a cluster has no name', 'add name');
  }
  if (name !== '' && access.kind === 'kubeconfig' && isSeveral(access.contexts)) {
    section.problem('name', 'one name for several contexts', 'remove it: contexts name clusters');
  }
  return {
    name,
    enabled: section.boolean('enabled', true),
    access,
    namespaces: section.strings('namespaces'),
    collection: readCollection(section),
    discovery: readDiscovery(section, access),
  };
}

function readDiscovery(section: YamlSection, access: ClusterAccess): ClusterDiscovery {
  const defaults = defaultDiscovery(access);
  return {
    annotations: section.boolean('scrape_annotations', defaults.annotations),
    operator: section.boolean('operator_objects', defaults.operator),
    operatorFiles: section.boolean('operator_files', defaults.operatorFiles),
  };
}

/**
 * Everything; but files are those of the cluster's own Pods only where we are one of them: another
 * cluster's objects must not have our own credentials sent somewhere.
 */
export function defaultDiscovery({ kind }: Pick<ClusterAccess, 'kind'>): ClusterDiscovery {
  return { annotations: true, operator: true, operatorFiles: kind === 'in-cluster' };
}

function readAccess(section: YamlSection): ClusterAccess {
  const url = readUrl(section, 'api_server');
  const file = section.path('kubeconfig_file');
  const isInCluster = section.boolean('in_cluster');
  const contexts = readContexts(section);
  const execPlugins = section.boolean('exec_plugins', true);
  const httpClient = readHttpClient(section);
  for (const name of REFUSED_FIELDS) {
    if (section.has(name)) section.problemAtName(name, `a cluster takes no ${name}`, 'remove it');
  }
  const isKubeconfig = file !== '' || contexts !== undefined;
  if (file !== '' && url !== '') {
    const text = 'a cluster has both kubeconfig_file and api_server';
    section.problem('api_server', text, 'remove one of them');
  } else if (contexts !== undefined && url !== '') {
    section.problem('api_server', 'a context belongs to a kubeconfig', 'remove one of them');
  }
  if (isInCluster && (isKubeconfig || url !== '')) {
    const text = 'in_cluster needs neither kubeconfig nor api_server';
    section.problem('in_cluster', text, 'remove one of them');
  }
  if (isKubeconfig) {
    return {
      kind: 'kubeconfig',
      file: file === '' ? undefined : file,
      contexts: contexts ?? 'current',
      execPlugins,
    };
  }
  return url === '' ? { kind: 'in-cluster' } : { kind: 'server', url, httpClient };
}

function readContexts(section: YamlSection): KubeconfigContexts | undefined {
  const one = section.string('context');
  const node = section.valueNode('contexts');
  if (node === undefined) return one === '' ? undefined : [one];
  if (one !== '') section.problem('context', 'both context and contexts', 'remove one of them');
  if (isScalar(node)) {
    const text = readText(section.reader, node);
    if (text === ALL_CONTEXTS) return ALL_CONTEXTS;
    section.problem('contexts', `unknown contexts ${quote(text ?? '')}`, 'write all or a list');
    return undefined;
  }
  const names = section.strings('contexts');
  if (names.length === 0) section.problem('contexts', 'no contexts', 'write all or name some');
  return names;
}

function isSeveral(contexts: KubeconfigContexts): boolean {
  return contexts === ALL_CONTEXTS || (contexts !== 'current' && contexts.length > 1);
}
