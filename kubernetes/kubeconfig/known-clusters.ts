/** Which clusters the configuration and the environment name, and how each is connected. */
import type { ClusterAccess, ClusterDiscovery, ClusterSource } from '../../config/cluster-types.ts';
import type { HttpClientConfig } from '../../config/http-client-types.ts';
import { defaultDiscovery } from '../../config/read-clusters.ts';
import { Secret } from '../../config/secret.ts';
import type { ClusterAuth, ConnectionSettings } from '../connection/connection-settings.ts';
import { inClusterSettings, isInCluster } from './in-cluster.ts';
import {
  defaultKubeconfigFiles,
  type Env,
  KubeconfigError,
  loadKubeconfig,
} from './load-kubeconfig.ts';
import { resolveContext } from './resolve-context.ts';
import { resolveUploaded } from './uploaded-kubeconfig.ts';

/** Name of the Pod's own cluster when nobody gave it one. */
const IN_CLUSTER_NAME = 'in-cluster';

/** One cluster to connect to. Two that are deeply equal are the same connection. */
export interface ClusterDefinition {
  readonly name: string;
  readonly access: DefinedAccess;
  /** None means all. */
  readonly namespaces: readonly string[];
  readonly discovery: ClusterDiscovery;
  /** Who named it. */
  readonly origin: ClusterOrigin;
}

export type ClusterOrigin = 'configuration' | 'environment' | 'api';

export type DefinedAccess =
  | Exclude<ClusterAccess, { kind: 'kubeconfig' }>
  | {
      readonly kind: 'kubeconfig';
      readonly files: readonly string[];
      /** '' for the current one. */
      readonly context: string;
      readonly execPlugins: boolean;
    }
  /** Came through the API. */
  | {
      readonly kind: 'uploaded';
      readonly kubeconfig: Secret;
      readonly context: string;
      readonly execPlugins: readonly string[];
    }
  /** Why the cluster cannot be connected. */
  | { readonly kind: 'broken'; readonly problem: string };

/** What counts with no configuration: KUBECONFIG's current context, or the Pod's service account. */
export async function clustersOfEnvironment(env: Env): Promise<readonly ClusterDefinition[]> {
  if ((env['KUBECONFIG'] ?? '') !== '') {
    const access = {
      kind: 'kubeconfig',
      file: undefined,
      contexts: 'current',
      execPlugins: true,
    } as const;
    const config = {
      name: '',
      enabled: true,
      access,
      namespaces: [],
      discovery: defaultDiscovery(access),
    };
    return expand(config, 'environment', env);
  }
  if (!(await isInCluster(env))) return [];
  const access = { kind: 'in-cluster' } as const;
  const discovery = defaultDiscovery(access);
  return [{ name: IN_CLUSTER_NAME, access, namespaces: [], discovery, origin: 'environment' }];
}

/** A kubeconfig that cannot be read is a cluster that tells why: it may come later. */
export async function clustersOfConfig(
  configs: readonly ClusterSource[],
  env: Env,
): Promise<readonly ClusterDefinition[]> {
  const enabled = configs.filter((config) => config.enabled);
  const lists = await Promise.all(enabled.map((config) => expand(config, 'configuration', env)));
  const names = new Set<string>();
  return lists.flat().map((definition) => {
    let { name } = definition;
    for (let count = 2; names.has(name); count++) name = `${definition.name}-${count}`;
    names.add(name);
    return { ...definition, name };
  });
}

async function expand(
  config: ClusterSource,
  origin: ClusterOrigin,
  env: Env,
): Promise<readonly ClusterDefinition[]> {
  const { name, access, namespaces, discovery } = config;
  if (access.kind !== 'kubeconfig') return [{ name, access, namespaces, discovery, origin }];
  const files = access.file === undefined ? defaultKubeconfigFiles(env) : [access.file];
  const define = (clusterName: string, context: string): ClusterDefinition => ({
    name: clusterName,
    access: { kind: 'kubeconfig', files, context, execPlugins: access.execPlugins },
    namespaces,
    discovery,
    origin,
  });
  if (access.contexts !== 'current' && access.contexts !== 'all') {
    return access.contexts.map((context) => define(name === '' ? context : name, context));
  }
  if (access.contexts === 'current' && name !== '') return [define(name, '')];
  try {
    const kubeconfig = await loadKubeconfig(files);
    if (access.contexts === 'all') {
      return [...kubeconfig.contexts.keys()].map((context) => define(context, context));
    }
    const context = kubeconfig.currentContext;
    return [define(context === '' ? (files[0] as string) : context, context)];
  } catch (error) {
    // A file that is mended, or comes later, connects the cluster then.
    if (access.contexts === 'current') return [define(files[0] as string, '')];
    const problem = error instanceof Error ? error.message : String(error);
    const broken = { kind: 'broken', problem } as const;
    return [{ name: files[0] ?? 'kubeconfig', access: broken, namespaces, discovery, origin }];
  }
}

/**
 * Reads what the definition names, anew at each call.
 * @throws ConfigErrors, PlaceError, KubeconfigError
 */
export async function connectionSettings(
  access: DefinedAccess,
  env: Env,
): Promise<ConnectionSettings> {
  switch (access.kind) {
    case 'broken':
      throw new KubeconfigError(access.problem);
    case 'in-cluster':
      return inClusterSettings(env);
    case 'uploaded':
      return resolveUploaded(access.kubeconfig.reveal(), access.context, access);
    case 'server':
      return {
        server: new URL(access.url),
        tls: access.httpClient.tls,
        proxyUrl: access.httpClient.proxyUrl,
        auth: authOf(access.httpClient),
        impersonate: undefined,
      };
    case 'kubeconfig': {
      const config = await loadKubeconfig(access.files);
      const name = access.context === '' ? config.currentContext : access.context;
      return resolveContext(config, name, access);
    }
  }
}

function authOf({ basicAuth, authorization }: HttpClientConfig): ClusterAuth {
  if (basicAuth !== undefined) {
    const { username, usernameFile, password } = basicAuth;
    const source =
      usernameFile === undefined ? { value: new Secret(username) } : { file: usernameFile };
    return { kind: 'basic', username: source, password };
  }
  const source = authorization?.credentials;
  if (authorization === undefined || source === undefined) return { kind: 'none' };
  return { kind: 'token', source, scheme: authorization.type };
}
