/** The cluster that our own Pod runs in, as its service account sees it. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionSettings } from '../connection/connection-settings.ts';
import { type Env, KubeconfigError } from './load-kubeconfig.ts';

export const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/** @throws KubeconfigError when we do not run in a Pod */
export async function inClusterSettings(
  env: Env,
  dir = SERVICE_ACCOUNT_DIR,
): Promise<ConnectionSettings> {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '';
  if (host === '' || port === '') {
    throw new KubeconfigError('this is no Pod: KUBERNETES_SERVICE_HOST is not set');
  }
  const tokenFile = join(dir, 'token');
  const caFile = join(dir, 'ca.crt');
  if (!(await exists(tokenFile))) {
    throw new KubeconfigError(`the Pod has no service account token: ${tokenFile} is missing`);
  }
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    tls: {
      ca: (await exists(caFile)) ? { file: caFile } : undefined,
      cert: undefined,
      key: undefined,
      serverName: '',
      insecureSkipVerify: false,
      minVersion: undefined,
      maxVersion: undefined,
    },
    proxyUrl: '',
    auth: { kind: 'token', source: { file: tokenFile } },
    impersonate: undefined,
  };
}

/** Whether the environment is that of a Pod with a service account. */
export async function isInCluster(env: Env, dir = SERVICE_ACCOUNT_DIR): Promise<boolean> {
  return (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '' && (await exists(join(dir, 'token')));
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
