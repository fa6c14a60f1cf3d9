/** A kubeconfig, written and read: one server, one user, contents in the file itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { KeyPair } from './authority.ts';

/** What a client needs to reach an API server. */
export interface ClusterAccess {
  readonly server: string;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly token: string | undefined;
}

export function writeKubeconfig(
  path: string,
  name: string,
  server: string,
  caFile: string,
  user: KeyPair,
): void {
  const embed = (file: string): string => readFileSync(file).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': embed(caFile) } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': embed(user.certFile),
          'client-key-data': embed(user.keyFile),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
}

interface Named {
  readonly name: string;
}

interface KubeconfigFile {
  readonly 'current-context': string;
  readonly contexts: readonly (Named & {
    readonly context: { readonly cluster: string; readonly user: string };
  })[];
  readonly clusters: readonly (Named & { readonly cluster: Readonly<Record<string, string>> })[];
  readonly users: readonly (Named & { readonly user: Readonly<Record<string, string>> })[];
}

/** @throws Error when the current context is not complete */
export function readKubeconfig(path: string): ClusterAccess {
  const file = parse(readFileSync(path, 'utf8')) as KubeconfigFile;
  const { context } = find(file.contexts, file['current-context'], path);
  const { cluster } = find(file.clusters, context.cluster, path);
  const { user } = find(file.users, context.user, path);
  const { server } = cluster;
  if (server === undefined) throw new Error(`${path}: the cluster has no server`);
  const read = (from: Readonly<Record<string, string>>, field: string): string | undefined => {
    const data = from[`${field}-data`];
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
    const file = from[field];
    return file === undefined ? undefined : readFileSync(resolve(dirname(path), file), 'utf8');
  };
  return {
    server,
    ca: read(cluster, 'certificate-authority'),
    cert: read(user, 'client-certificate'),
    key: read(user, 'client-key'),
    token: user['token'],
  };
}

function find<T extends Named>(list: readonly T[], name: string, path: string): T {
  const found = list.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`${path}: nothing is named ${name}`);
  return found;
}
