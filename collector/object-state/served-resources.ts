/** Which versions of resources an API server has. */
import { ApiStatusError } from '../../kubernetes/api-errors.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { Resource } from '../../kubernetes/object-cache.ts';

interface ResourceNames {
  readonly resources?: readonly { readonly name?: string }[] | null;
}

const NOT_FOUND = 404;
const FORBIDDEN = 403;

/** Asks one API server, each group and version once. */
export class ServedResources {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;
  /** By path; undefined: we may not ask. */
  readonly #names = new Map<string, Promise<ReadonlySet<string> | undefined>>();

  constructor(cluster: Cluster, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
  }

  /**
   * The first that the server has.
   * @throws ClusterUnreachable, ApiStatusError when it could not be asked
   */
  async firstOf(resources: readonly Resource[]): Promise<Resource | undefined> {
    for (const resource of resources) {
      const names = await this.#namesOf(resource);
      if (names === undefined || names.has(resource.plural)) return resource;
    }
    return undefined;
  }

  #namesOf({ group, version }: Resource): Promise<ReadonlySet<string> | undefined> {
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const names = this.#ask(path);
    this.#names.set(path, names);
    return names;
  }

  async #ask(path: string): Promise<ReadonlySet<string> | undefined> {
    try {
      const list = await this.#cluster.json<ResourceNames>({ path, signal: this.#signal });
      return new Set((list.resources ?? []).flatMap(({ name }) => name ?? []));
    } catch (error) {
      if (error instanceof ApiStatusError && error.code === NOT_FOUND) return new Set();
      if (error instanceof ApiStatusError && error.code === FORBIDDEN) return undefined;
      throw error;
    }
  }
}
