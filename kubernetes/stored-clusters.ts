/** Clusters that were added while the program ran; what opens them is sealed. */
import { defaultDiscovery } from '../config/read-clusters.ts';
import { Secret } from '../config/secret.ts';
import type { DocumentStore } from '../model/documents.ts';
import type { Logger } from '../model/logger.ts';
import { SealError, type SecretBox } from '../model/secret-box.ts';
import type { ClusterDefinition } from './kubeconfig/known-clusters.ts';
import { KubeconfigError } from './kubeconfig/load-kubeconfig.ts';
import { currentContext, resolveUploaded } from './kubeconfig/uploaded-kubeconfig.ts';

const KIND = 'cluster';
/** As a label's value that people read. */
const NAME_CHARS_MAX = 200;
const KUBECONFIG_CHARS_MAX = 1024 * 1024;

/** As of any cluster that is not the one we run in. */
const DISCOVERY = defaultDiscovery({ kind: 'kubeconfig' });

export interface StoredClustersOptions {
  readonly documents: DocumentStore;
  readonly box: SecretBox;
  readonly logger: Logger;
  readonly execPlugins: readonly string[];
}

/** What somebody sends to have a cluster watched. */
export interface NewCluster {
  /** '' for the name of the context. */
  readonly name: string;
  readonly kubeconfig: string;
  /** '' for the current one. */
  readonly context: string;
  readonly namespaces: readonly string[];
}

interface StoredCluster {
  readonly context: string;
  readonly namespaces: readonly string[];
  /** Sealed. */
  readonly kubeconfig: string;
}

export class StoredClusters {
  readonly #options: StoredClustersOptions;

  constructor(options: StoredClustersOptions) {
    this.#options = options;
  }

  definitions(): readonly ClusterDefinition[] {
    return this.#options.documents.list(KIND).map(({ id, json }) => {
      return this.#define(id, JSON.parse(json) as StoredCluster);
    });
  }

  /**
   * @returns its name
   * @throws ConfigErrors, PlaceError, KubeconfigError for what makes no connection,
   *   StoreUnavailableError
   */
  async add(cluster: NewCluster, author: string): Promise<string> {
    const { kubeconfig, context, namespaces } = cluster;
    if (kubeconfig.length > KUBECONFIG_CHARS_MAX) throw new KubeconfigError('too long');
    resolveUploaded(kubeconfig, context, this.#options);
    const name = cluster.name || context || currentContext(kubeconfig);
    if (name.length > NAME_CHARS_MAX) throw new KubeconfigError('the name is too long');
    const stored: StoredCluster = {
      context,
      namespaces,
      kubeconfig: this.#options.box.seal(kubeconfig, purposeOf(name)),
    };
    const { documents } = this.#options;
    await documents.put({ kind: KIND, id: name, json: JSON.stringify(stored), author });
    return name;
  }

  /** @returns false when there is no such cluster. @throws StoreUnavailableError */
  remove(name: string, author: string): Promise<boolean> {
    return this.#options.documents.delete({ kind: KIND, id: name }, author);
  }

  has(name: string): boolean {
    return this.#options.documents.get(KIND, name) !== undefined;
  }

  #define(name: string, { context, namespaces, kubeconfig }: StoredCluster): ClusterDefinition {
    const { box, execPlugins, logger } = this.#options;
    const made = { name, namespaces, discovery: DISCOVERY, origin: 'api' } as const;
    try {
      const secret = new Secret(box.open(kubeconfig, purposeOf(name)));
      return { ...made, access: { kind: 'uploaded', kubeconfig: secret, context, execPlugins } };
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      logger.error('a cluster that was added cannot be connected', { cluster: name, error });
      return { ...made, access: { kind: 'broken', problem: error.message } };
    }
  }
}

function purposeOf(name: string): string {
  return `${KIND}/${name}`;
}

/** Those of the configuration count more than those of the same name that were added. */
export function mergeDefinitions(
  configured: readonly ClusterDefinition[],
  stored: readonly ClusterDefinition[],
): readonly ClusterDefinition[] {
  const names = new Set(configured.map(({ name }) => name));
  return [...configured, ...stored.filter(({ name }) => !names.has(name))];
}

/** A kubeconfig of one context. */
export function kubeconfigOf(options: {
  readonly server: string;
  readonly token: string;
  /** PEM; '' for the authorities that the system knows. */
  readonly ca: string;
  readonly name: string;
}): string {
  const { server, token, ca, name } = options;
  const data = Buffer.from(ca).toString('base64');
  return JSON.stringify({
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': data } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}
