/** Finds and reads kubeconfig files as kubectl does. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { type Kubeconfig, mergeKubeconfigs } from './kubeconfig.ts';
import { readKubeconfig } from './read-kubeconfig.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** A file that cannot be read, or a context that is not there; the text says which. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/** The files that count when none is named: those of KUBECONFIG, else `~/.kube/config`. */
export function defaultKubeconfigFiles(env: Env): readonly string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (named.length > 0) return [...new Set(named)].map((file) => resolve(file));
  return [join(env['HOME'] ?? homedir(), '.kube', 'config')];
}

/**
 * Of several files those that do not exist are left out; one must be there.
 * @throws ConfigErrors with places, KubeconfigError
 */
export async function loadKubeconfig(files: readonly string[]): Promise<Kubeconfig> {
  const configs: Kubeconfig[] = [];
  let missing: Error | undefined;
  for (const file of files) {
    try {
      configs.push(readKubeconfig(file, await readFile(file), dirname(file)));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === undefined) throw error;
      if (code !== 'ENOENT') {
        const text = error instanceof Error ? error.message : String(error);
        throw new KubeconfigError(`cannot read the kubeconfig ${file}: ${text}`, { cause: error });
      }
      missing ??= new KubeconfigError(`there is no kubeconfig ${file}`, { cause: error });
    }
  }
  if (configs.length === 0) throw missing ?? new KubeconfigError('no kubeconfig is named');
  return mergeKubeconfigs(configs);
}
