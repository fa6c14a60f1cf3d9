/** What a context of a kubeconfig stands for. */
import { type Place, PlaceError } from '../../model/place-error.ts';
import type { ConnectionSettings } from '../connection/connection-settings.ts';
import type { Kubeconfig, KubeconfigContext, KubeconfigUser } from './kubeconfig.ts';
import { KubeconfigError } from './load-kubeconfig.ts';

/** How the providers are replaced that kubectl too no longer has. */
const PROVIDER_FIXES: Readonly<Record<string, string>> = {
  gcp: 'use the plugin gke-gcloud-auth-plugin: gcloud container clusters get-credentials',
  azure: 'use the plugin kubelogin: kubelogin convert-kubeconfig',
  oidc: 'use an exec plugin such as kubelogin (kubectl oidc-login)',
};

export interface ContextOptions {
  /** Whether the programs may run that the file names. */
  readonly execPlugins: boolean;
}

/**
 * @throws PlaceError where the context, its cluster or its user makes no connection,
 *   KubeconfigError when there is no such context
 */
export function resolveContext(
  config: Kubeconfig,
  name: string,
  options: ContextOptions,
): ConnectionSettings {
  const context = findContext(config, name);
  const cluster = config.clusters.get(context.cluster);
  if (cluster === undefined) {
    throw new PlaceError(context.place, `there is no cluster ${JSON.stringify(context.cluster)}`);
  }
  const user = context.user === '' ? undefined : config.users.get(context.user);
  if (context.user !== '' && user === undefined) {
    throw new PlaceError(context.place, `there is no user ${JSON.stringify(context.user)}`);
  }
  if (user !== undefined) checkUser(user, options);
  return {
    server: parseServer(cluster.server, cluster.place),
    tls: { ...cluster.tls, ...user?.tls },
    proxyUrl: cluster.proxyUrl,
    auth: user?.auth ?? { kind: 'none' },
    impersonate: user?.impersonate,
  };
}

function findContext(config: Kubeconfig, name: string): KubeconfigContext {
  if (name === '') {
    throw new KubeconfigError('the kubeconfig has no current-context: name a context');
  }
  const context = config.contexts.get(name);
  if (context !== undefined) return context;
  const known = [...config.contexts.keys()].join(', ');
  throw new KubeconfigError(
    `the kubeconfig has no context ${JSON.stringify(name)}${known === '' ? '' : `, but ${known}`}`,
  );
}

function checkUser(user: KubeconfigUser, { execPlugins }: ContextOptions): void {
  const { authProvider, auth, place } = user;
  if (authProvider !== '') {
    throw new PlaceError(
      place,
      `auth-provider ${authProvider} is not supported, as in kubectl since 1.26`,
      PROVIDER_FIXES[authProvider] ?? 'use an exec plugin',
    );
  }
  if (auth.kind === 'exec' && !execPlugins) {
    throw new PlaceError(
      place,
      `the program ${auth.plugin.command} may not be run for credentials`,
      'use a token or a certificate, or allow exec plugins',
    );
  }
}

function parseServer(text: string, place: Place): URL {
  if (text === '') throw new PlaceError(place, 'the cluster has no server', 'add server');
  // As kubectl: no scheme means http.
  const url = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new PlaceError(place, 'server is no URL of http or https', 'write https://host:6443');
  }
  return new URL(url);
}
