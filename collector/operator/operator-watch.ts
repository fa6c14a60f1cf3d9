/** The operator's objects of one cluster, kept by watching. */
import { isDeepStrictEqual } from 'node:util';
import type { GlobalConfig } from '../../config/types.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { Resource } from '../../kubernetes/object-cache.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import { KindDiscovery } from './kind-discovery.ts';
import { makeEntry } from './make-entry.ts';
import type { OperatorEntry } from './operator-entry.ts';
import type { OperatorKind } from './operator-kinds.ts';
import { type MonitorObject, objectNamespace } from './scrape-document.ts';

/** Changes that come together become one. */
const GATHER_MS = 1000;
/** Secrets and ConfigMaps are not watched; they are read again. */
const REFERENCES_MS = 120_000;
const RETRY_MS = 15_000;

export interface OperatorWatchOptions {
  readonly cluster: Cluster;
  readonly filesAllowed: boolean;
  readonly global: () => GlobalConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Kinds of which an entry changed. */
  readonly onChange: (kinds: ReadonlySet<OperatorKind>) => void;
}

export class OperatorWatch {
  readonly #options: OperatorWatchOptions;
  readonly #kinds: KindDiscovery;
  readonly #caches = new Map<OperatorKind, { resource: Resource; unsubscribe: () => void }>();
  /** What is there now, by key. */
  readonly #objects = new Map<string, { kind: OperatorKind; object: MonitorObject }>();
  readonly #entries = new Map<string, OperatorEntry>();
  readonly #dirty = new Set<string>();
  #cancelUpdate: (() => void) | undefined;
  #cancelReferences: () => void;
  #isUpdating = false;
  #isClosed = false;

  constructor(options: OperatorWatchOptions) {
    this.#options = options;
    const { cluster, clock, logger } = options;
    this.#kinds = new KindDiscovery({
      cluster,
      clock,
      logger,
      onKinds: (kinds) => this.#takeKinds(kinds),
    });
    this.#cancelReferences = clock.schedule(REFERENCES_MS, () => this.#rereadReferences());
  }

  /** Sorted by kind, namespace, name. */
  get entries(): readonly OperatorEntry[] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  }

  /** Makes everything anew, with other defaults. */
  refresh(): void {
    for (const key of this.#objects.keys()) this.#dirty.add(key);
    this.#schedule(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#kinds.close();
    this.#cancelUpdate?.();
    this.#cancelReferences();
    for (const { unsubscribe } of this.#caches.values()) unsubscribe();
  }

  #takeKinds(kinds: ReadonlyMap<OperatorKind, Resource>): void {
    for (const [kind, { resource, unsubscribe }] of this.#caches) {
      if (kinds.get(kind)?.version === resource.version) continue;
      unsubscribe();
      this.#caches.delete(kind);
      for (const [key, known] of this.#objects) {
        if (known.kind === kind) this.#take(key, undefined);
      }
    }
    for (const [kind, resource] of kinds) {
      if (this.#caches.has(kind)) continue;
      this.#caches.set(kind, { resource, unsubscribe: this.#subscribe(kind, resource) });
    }
  }

  #subscribe(kind: OperatorKind, resource: Resource): () => void {
    const put = (object: MonitorObject): void => this.#take(keyOf(kind, object), { kind, object });
    return this.#options.cluster.objects<MonitorObject>(resource).subscribe({
      added: put,
      modified: (object, before) => {
        // The operator writes what it did into the status.
        const isSame =
          object.metadata.generation !== undefined &&
          object.metadata.generation === before.metadata.generation;
        if (!isSame) put(object);
      },
      deleted: (object) => this.#take(keyOf(kind, object), undefined),
    });
  }

  #take(key: string, known: { kind: OperatorKind; object: MonitorObject } | undefined): void {
    if (known === undefined) this.#objects.delete(key);
    else this.#objects.set(key, known);
    this.#dirty.add(key);
    this.#schedule(GATHER_MS);
  }

  #rereadReferences(): void {
    for (const [key, entry] of this.#entries) if (entry.hasReferences) this.#dirty.add(key);
    if (this.#dirty.size > 0) this.#schedule(0);
    const { clock } = this.#options;
    this.#cancelReferences = clock.schedule(REFERENCES_MS, () => this.#rereadReferences());
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed || this.#isUpdating || this.#cancelUpdate !== undefined) return;
    this.#cancelUpdate = this.#options.clock.schedule(delayMs, () => void this.#update());
  }

  async #update(): Promise<void> {
    this.#cancelUpdate = undefined;
    this.#isUpdating = true;
    const changed = new Set<OperatorKind>();
    const failed: string[] = [];
    for (const key of this.#dirty) {
      this.#dirty.delete(key);
      const kind = this.#objects.get(key)?.kind ?? this.#entries.get(key)?.kind;
      const outcome = await this.#updateOne(key);
      if (this.#isClosed) return;
      if (outcome === 'failed') failed.push(key);
      if (outcome === 'changed' && kind !== undefined) changed.add(kind);
    }
    this.#isUpdating = false;
    for (const key of failed) this.#dirty.add(key);
    if (this.#dirty.size > 0) this.#schedule(failed.length > 0 ? RETRY_MS : GATHER_MS);
    if (changed.size > 0) this.#options.onChange(changed);
  }

  /** What was in force stays so while its Secrets cannot be read. */
  async #updateOne(key: string): Promise<'changed' | 'same' | 'failed'> {
    const { cluster, filesAllowed, global, logger } = this.#options;
    const known = this.#objects.get(key);
    if (known === undefined) return this.#entries.delete(key) ? 'changed' : 'same';
    try {
      const context = { cluster, global: global(), filesAllowed };
      const entry = await makeEntry(known.kind, known.object, context);
      if (isDeepStrictEqual(this.#entries.get(key), entry)) return 'same';
      this.#entries.set(key, entry);
      return 'changed';
    } catch (error) {
      logger.warn("an object of the operator's could not be read whole", { object: key, error });
      return 'failed';
    }
  }
}

function keyOf(kind: OperatorKind, object: MonitorObject): string {
  return `${kind}/${objectNamespace(object)}/${object.metadata.name}`;
}
