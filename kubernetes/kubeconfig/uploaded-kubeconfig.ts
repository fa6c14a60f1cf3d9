/**
 * A kubeconfig that came through the API. Whoever sends it must not learn what is in files of this
 * machine, nor have programs run here that nobody allowed.
 */
import type { ConnectionSettings } from '../connection/connection-settings.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { KubeconfigError } from './load-kubeconfig.ts';
import { readKubeconfig } from './read-kubeconfig.ts';
import { resolveContext } from './resolve-context.ts';

/** In errors. */
const SHOWN_AS = 'kubeconfig';

/** Any other could change which program runs, or what it reads. */
const PLUGIN_VARIABLES: ReadonlySet<string> = new Set([
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_STS_REGIONAL_ENDPOINTS',
]);

export interface UploadLimits {
  /** Names of programs, found by PATH, that may run for credentials. */
  readonly execPlugins: readonly string[];
}

/** @throws ConfigErrors, PlaceError, KubeconfigError saying what is wrong with it or not allowed */
export function resolveUploaded(
  text: string,
  context: string,
  limits: UploadLimits,
): ConnectionSettings {
  const config = readUploaded(text);
  const settings = resolveContext(config, context || config.currentContext, { execPlugins: true });
  refuseFiles(settings);
  refusePlugin(settings, limits);
  return settings;
}

/** Name of the context that counts when none is chosen. @throws ConfigErrors */
export function currentContext(text: string): string {
  return readUploaded(text).currentContext;
}

function readUploaded(text: string): Kubeconfig {
  return readKubeconfig(SHOWN_AS, Buffer.from(text), '/');
}

function refuseFiles({ tls, auth }: ConnectionSettings): void {
  const files = [
    tls.ca !== undefined && 'file' in tls.ca ? 'certificate-authority' : '',
    tls.cert !== undefined && 'file' in tls.cert ? 'client-certificate' : '',
    tls.key !== undefined && 'file' in tls.key ? 'client-key' : '',
    auth.kind === 'token' && 'file' in auth.source ? 'tokenFile' : '',
  ].filter((name) => name !== '');
  if (files.length === 0) return;
  throw new KubeconfigError(
    `${files.join(', ')}: files of this machine are not read for it; ` +
      'send what kubectl config view --raw --flatten --minify prints',
  );
}

function refusePlugin({ auth }: ConnectionSettings, { execPlugins }: UploadLimits): void {
  if (auth.kind !== 'exec') return;
  const { command, env } = auth.plugin;
  if (!execPlugins.includes(command)) {
    throw new KubeconfigError(
      `the program ${command} may not be run for credentials: ` +
        'use a token, or allow it by --clusters.exec-plugins',
    );
  }
  const refused = Object.keys(env).filter((name) => !PLUGIN_VARIABLES.has(name));
  if (refused.length > 0) {
    throw new KubeconfigError(`variables ${refused.join(', ')} may not be set for ${command}`);
  }
}
