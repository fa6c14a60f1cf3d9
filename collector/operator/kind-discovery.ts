/** Which of the operator's kinds a cluster has, asked again whenever its CRDs change. */
import { ApiStatusError } from '../../kubernetes/api-errors.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { Resource } from '../../kubernetes/object-cache.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../kubernetes/resources.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import { availableKinds, OPERATOR_GROUP, type OperatorKind } from './operator-kinds.ts';

/** A new CRD is served a moment after it is there; several come together. */
const AFTER_CHANGE_MS = 1000;
const RETRY_MS = 15_000;
/** In case CRDs may not be watched. */
const RECHECK_MS = 300_000;

export interface KindDiscoveryOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onKinds: (kinds: ReadonlyMap<OperatorKind, Resource>) => void;
}

export class KindDiscovery {
  readonly #options: KindDiscoveryOptions;
  readonly #unsubscribe: () => void;
  /** CRDs of the group that are there, by plural. */
  readonly #definitions = new Set<string>();
  readonly #stop = new AbortController();
  #cancel: () => void;
  #checking = false;

  constructor(options: KindDiscoveryOptions) {
    this.#options = options;
    this.#cancel = options.clock.schedule(0, () => void this.#check());
    const definitions = options.cluster.objects(CUSTOM_RESOURCE_DEFINITIONS, {
      metadataOnly: true,
    });
    const changed = (name: string, isThere: boolean): void => {
      const plural = name.slice(0, -OPERATOR_GROUP.length - 1);
      if (name !== `${plural}.${OPERATOR_GROUP}`) return;
      if (isThere) this.#definitions.add(plural);
      else this.#definitions.delete(plural);
      this.#schedule(AFTER_CHANGE_MS);
    };
    this.#unsubscribe = definitions.subscribe({
      added: ({ metadata }) => changed(metadata.name, true),
      modified: ({ metadata }) => changed(metadata.name, true),
      deleted: ({ metadata }) => changed(metadata.name, false),
    });
  }

  close(): void {
    this.#stop.abort();
    this.#cancel();
    this.#unsubscribe();
  }

  #schedule(delayMs: number): void {
    if (this.#stop.signal.aborted || this.#checking) return;
    this.#cancel();
    this.#cancel = this.#options.clock.schedule(delayMs, () => void this.#check());
  }

  async #check(): Promise<void> {
    const { logger, onKinds } = this.#options;
    this.#checking = true;
    let nextMs = RECHECK_MS;
    try {
      const served = await this.#served();
      if (this.#stop.signal.aborted) return;
      onKinds(availableKinds(served));
      const plurals = new Set([...served.values()].flatMap((names) => [...names]));
      if ([...this.#definitions].some((plural) => !plurals.has(plural))) nextMs = AFTER_CHANGE_MS;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      nextMs = RETRY_MS;
      logger.warn("cannot learn which of the operator's kinds the cluster has", { error });
    } finally {
      this.#checking = false;
    }
    this.#schedule(nextMs);
  }

  /** Plurals by version. */
  async #served(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const { signal } = this.#stop;
    const { cluster } = this.#options;
    const served = new Map<string, ReadonlySet<string>>();
    const path = `/apis/${OPERATOR_GROUP}`;
    try {
      const group = await cluster.json<{ versions?: readonly { version: string }[] }>({
        path,
        signal,
      });
      for (const { version } of group.versions ?? []) {
        const list = await cluster.json<{ resources?: readonly { name: string }[] }>({
          path: `${path}/${version}`,
          signal,
        });
        served.set(version, new Set((list.resources ?? []).map(({ name }) => name)));
      }
    } catch (error) {
      // A cluster without the operator has no such group.
      if (!(error instanceof ApiStatusError && error.code === 404)) throw error;
    }
    return served;
  }
}
