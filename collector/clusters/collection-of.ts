/** Which settings of the section `clusters` a cluster has. */
import type { ClusterConfig } from '../../config/cluster-types.ts';
import type { ClusterCollection } from '../../config/collection-types.ts';

/** What of an entry is asked. */
export type CollectedEntry = Pick<ClusterConfig, 'name' | 'access' | 'collection'>;

/**
 * By the cluster's name; an entry may stand for several, whose names are those of its contexts.
 * @returns undefined for a cluster that no entry names
 */
export function collectionOf(
  configs: readonly CollectedEntry[],
  clusterName: string,
): ClusterCollection | undefined {
  const found =
    configs.find(({ name }) => name === clusterName) ??
    configs.find(({ access }) => namesContext(access, clusterName)) ??
    // Whose context's name is known only to its file.
    configs.find(
      ({ name, access }) =>
        name === '' && access.kind === 'kubeconfig' && typeof access.contexts === 'string',
    );
  return found?.collection;
}

function namesContext(access: ClusterConfig['access'], name: string): boolean {
  if (access.kind !== 'kubeconfig') return false;
  return typeof access.contexts !== 'string' && access.contexts.includes(name);
}
