/** The clusters of the running program: those of the configuration, and those added meanwhile. */
import type { Registry } from 'prom-client';
import { ConnectedClusters } from '../kubernetes/cluster-registry.ts';
import type { ClusterDefinition } from '../kubernetes/kubeconfig/known-clusters.ts';
import {
  mergeDefinitions,
  type NewCluster,
  StoredClusters,
} from '../kubernetes/stored-clusters.ts';
import { SYSTEM_CLOCK } from '../model/clock.ts';
import type { DocumentStore } from '../model/documents.ts';
import type { Logger } from '../model/logger.ts';
import { openSecretBox } from './secret-key.ts';

export function createClusters(registry: Registry, logger: Logger): ConnectedClusters {
  return new ConnectedClusters({
    clock: SYSTEM_CLOCK,
    random: Math.random,
    env: process.env,
    registry,
    logger: logger.with({ component: 'kubernetes' }),
  });
}

export class ProgramClusters {
  readonly #clusters: ConnectedClusters;
  readonly #stored: StoredClusters;
  readonly #onChange: () => void;
  #configured: readonly ClusterDefinition[] = [];

  /** @param onChange a cluster was added or removed through the API */
  constructor(clusters: ConnectedClusters, stored: StoredClusters, onChange: () => void) {
    this.#clusters = clusters;
    this.#stored = stored;
    this.#onChange = onChange;
  }

  apply(configured: readonly ClusterDefinition[]): void {
    this.#configured = configured;
    this.#clusters.apply(mergeDefinitions(configured, this.#stored.definitions()));
  }

  async add(cluster: NewCluster, author: string): Promise<string> {
    const name = await this.#stored.add(cluster, author);
    this.apply(this.#configured);
    this.#onChange();
    return name;
  }

  async remove(name: string, author: string): Promise<boolean> {
    const isRemoved = await this.#stored.remove(name, author);
    this.apply(this.#configured);
    if (isRemoved) this.#onChange();
    return isRemoved;
  }

  isConfigured(name: string): boolean {
    return this.#configured.some((definition) => definition.name === name);
  }
}

export interface ProgramClustersOptions {
  readonly documents: DocumentStore;
  readonly dataDir: string;
  readonly execPlugins: readonly string[];
  readonly logger: Logger;
  readonly onChange: () => void;
}

/** @throws UsageError for a key that does not open secrets */
export async function openProgramClusters(
  clusters: ConnectedClusters,
  options: ProgramClustersOptions,
): Promise<ProgramClusters> {
  const { documents, dataDir, execPlugins, logger, onChange } = options;
  const box = await openSecretBox(dataDir, process.env, logger);
  const stored = new StoredClusters({ documents, box, logger, execPlugins });
  return new ProgramClusters(clusters, stored, onChange);
}
