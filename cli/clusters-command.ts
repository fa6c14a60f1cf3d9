/** `watchkeeper clusters …`: which clusters are connected, what is missing; adds and removes some. */
import { readFile } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { loadConfig } from '../config/load-config.ts';
import { type ClusterCheck, checkCluster } from '../kubernetes/access/check-cluster.ts';
import type { ConnectedClusters } from '../kubernetes/cluster-registry.ts';
import { SILENT_LOGGER } from '../model/logger.ts';
import { createClusters } from './clusters.ts';
import type { FlagSpec } from './flag-table.ts';
import { type ParsedFlags, UsageError } from './flags.ts';

export const CLUSTERS_FLAGS: readonly FlagSpec[] = [
  {
    name: 'config.file',
    kind: 'text',
    fallback: '',
    env: 'WATCHKEEPER_CONFIG',
    alias: 'config',
    help: 'Configuration; without it the cluster that KUBECONFIG or the service account names.',
  },
  { name: 'output', kind: 'text', fallback: 'text', alias: 'o', help: 'text or json.' },
  {
    name: 'url',
    kind: 'text',
    fallback: 'http://127.0.0.1:9393',
    env: 'WATCHKEEPER_URL',
    help: 'add, remove: the program that is to watch the cluster.',
  },
  {
    name: 'kubeconfig',
    kind: 'text',
    fallback: '',
    help: 'add: a kubeconfig without references to files, as kubectl config view --raw --flatten --minify prints it; - for standard input.',
  },
  { name: 'context', kind: 'text', fallback: '', help: 'add: its context; default the current.' },
];

const USAGE =
  'usage: watchkeeper clusters list | check [NAME] | add [NAME] --kubeconfig=FILE | remove NAME';
const MARKS = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const;

/**
 * @returns the exit code: 1 when a check failed
 * @throws UsageError, ConfigErrors
 */
export async function runClusters(
  { positionals, values }: ParsedFlags,
  print: (line: string) => void,
  now: () => number,
): Promise<number> {
  const [what, name, ...rest] = positionals;
  if (rest.length === 0 && (what === 'add' || what === 'remove')) {
    return change(what, name ?? '', values, print);
  }
  if ((what !== 'list' && what !== 'check') || rest.length > 0) throw new UsageError(USAGE);
  const file = values.get('config.file') || undefined;
  const { clusters: configured } = await loadConfig(file, { env: process.env });
  const clusters = createClusters(new Registry(), SILENT_LOGGER);
  try {
    clusters.apply(await clusters.read(file === undefined ? configured : (configured ?? [])));
    const asJson = values.get('output') === 'json';
    const checks = await Promise.all(
      chosen(clusters, name).map((cluster) => checkCluster(cluster, now())),
    );
    if (checks.length === 0) {
      print('no cluster is named: set KUBECONFIG, or give --config.file with a section clusters');
      return 1;
    }
    if (asJson) print(JSON.stringify(checks, null, 2));
    else if (what === 'list') for (const check of checks) print(listLine(check));
    else for (const check of checks) printCheck(check, print);
    return checks.some(({ items }) => items.some(({ state }) => state === 'failed')) ? 1 : 0;
  } finally {
    clusters.close();
  }
}

async function change(
  what: 'add' | 'remove',
  name: string,
  values: ParsedFlags['values'],
  print: (line: string) => void,
): Promise<number> {
  const get = (flag: string): string => values.get(flag) ?? '';
  const file = get('kubeconfig');
  if (what === 'add' ? file === '' : name === '') throw new UsageError(USAGE);
  const path = what === 'add' ? '/api/v1/clusters' : `/api/v1/clusters/${encodeURIComponent(name)}`;
  const body = what === 'remove' ? {} : { body: await newCluster(name, file, get('context')) };
  const method = what === 'add' ? 'POST' : 'DELETE';
  const response = await ask(new URL(path, get('url')), { method, ...body });
  const answer = (await response.json().catch(() => ({}))) as {
    readonly data?: { readonly name?: string };
    readonly error?: string;
  };
  if (!response.ok) {
    print(`error: ${answer.error ?? `HTTP status ${response.status}`}`);
    return 1;
  }
  print(what === 'add' ? `watching ${answer.data?.name ?? name}` : `no longer watching ${name}`);
  return 0;
}

async function newCluster(name: string, file: string, context: string): Promise<string> {
  const kubeconfig = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8').catch(
    (cause: unknown) => {
      throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
    },
  );
  return JSON.stringify({ name, kubeconfig, context });
}

async function ask(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    const text = `no answer from ${url.origin}: is the program running there? (--url)`;
    throw new UsageError(text, { cause });
  }
}

function chosen(clusters: ConnectedClusters, name: string | undefined) {
  if (name === undefined) return clusters.list();
  const cluster = clusters.get(name);
  if (cluster !== undefined) return [cluster];
  const known = clusters.list().map((one) => one.name);
  throw new UsageError(
    `there is no cluster ${name}${known.length === 0 ? '' : `, but ${known.join(', ')}`}`,
  );
}

function listLine({ cluster, items }: ClusterCheck): string {
  const failed = items.filter(({ state }) => state === 'failed');
  const connection = items[0]?.detail ?? '';
  const rights = failed.length === 0 ? '' : ` (${failed.length} checks failed)`;
  return `${cluster}\t${connection}${rights}`;
}

function printCheck(
  { cluster, items, missingRoles }: ClusterCheck,
  print: (line: string) => void,
): void {
  print(`${cluster}:`);
  for (const { name, state, detail, fix } of items) {
    print(`  ${MARKS[state]}  ${name}: ${detail}${fix === '' ? '' : ` → ${fix}`}`);
  }
  if (missingRoles !== '') print(`\n# What is missing, for kubectl apply -f -\n${missingRoles}`);
}
