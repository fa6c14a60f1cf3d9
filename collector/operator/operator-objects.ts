/** The operator's objects of all clusters: what they make us scrape, and what became of each. */
import type { NotificationConfig } from '../../config/alertmanager/types.ts';
import type { GlobalConfig, ScrapeConfig } from '../../config/types.ts';
import type { Cluster, ClusterRegistry } from '../../kubernetes/cluster.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import type { ObjectStatus, OperatorEntry } from './operator-entry.ts';
import type { OperatorKind } from './operator-kinds.ts';
import { OperatorWatch } from './operator-watch.ts';
import { objectNamespace } from './scrape-document.ts';

/** What is known of a cluster's part in this; undefined: its objects have no effect. */
export interface OperatorSettings {
  /** Whether objects may name files of the machine that we run on. */
  readonly filesAllowed: boolean;
}

export interface OperatorObjectsOptions {
  readonly clusters: ClusterRegistry;
  readonly settings: (cluster: Cluster) => OperatorSettings | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Kinds of which something changed, in some cluster. */
  readonly onChange: (kinds: ReadonlySet<OperatorKind>) => void;
}

/** What others found in an object: rules and notifications are read outside of this folder. */
export interface Verdict {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly gives: readonly string[];
}

export class OperatorObjects {
  readonly #options: OperatorObjectsOptions;
  readonly #watches = new Map<string, OperatorWatch>();
  readonly #verdicts = new WeakMap<object, Verdict>();
  readonly #unsubscribe: () => void;
  #global: GlobalConfig;

  /** @param global defaults of scrapes */
  constructor(options: OperatorObjectsOptions, global: GlobalConfig) {
    this.#options = options;
    this.#global = global;
    this.#unsubscribe = options.clusters.subscribe({
      added: (cluster) => this.#add(cluster),
      removed: (cluster) => this.#remove(cluster),
    });
  }

  /** Other defaults make other scrapes. */
  setGlobal(global: GlobalConfig): void {
    this.#global = global;
    for (const watch of this.#watches.values()) watch.refresh();
  }

  entries(kind: OperatorKind): readonly OperatorEntry[] {
    return this.#all().filter((entry) => entry.kind === kind);
  }

  /** Of all clusters, in a fixed order. */
  scrapeConfigs(): readonly ScrapeConfig[] {
    return this.#all().flatMap((entry) => entry.scrapeConfigs);
  }

  /** Routes, receivers and inhibitions of the AlertmanagerConfigs that are in order. */
  notifications(): readonly NotificationConfig[] {
    return this.#all().flatMap((entry) => entry.notifications ?? []);
  }

  /** Says what became of an object that others read. */
  judge(entry: OperatorEntry, verdict: Verdict): void {
    this.#verdicts.set(entry.object, verdict);
  }

  /** Undefined for a cluster whose objects have no effect. */
  status(cluster: string): readonly ObjectStatus[] | undefined {
    return this.#watches.get(cluster)?.entries.map((entry) => this.#statusOf(entry));
  }

  close(): void {
    this.#unsubscribe();
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  #all(): readonly OperatorEntry[] {
    return [...this.#watches.values()].flatMap((watch) => watch.entries);
  }

  #statusOf(entry: OperatorEntry): ObjectStatus {
    const { kind, object, errors, warnings, scrapeConfigs } = entry;
    const verdict = this.#verdicts.get(object);
    return {
      kind,
      namespace: objectNamespace(object),
      name: object.metadata.name,
      errors: [...errors, ...(verdict?.errors ?? [])],
      warnings: [...warnings, ...(verdict?.warnings ?? [])],
      gives: [
        ...scrapeConfigs.map(({ jobName }) => jobName),
        ...(entry.notifications?.receivers.map((receiver) => receiver.name) ?? []),
        ...(verdict?.gives ?? []),
      ],
    };
  }

  #add(cluster: Cluster): void {
    const settings = this.#options.settings(cluster);
    if (settings === undefined) return;
    const { clock, logger, onChange } = this.#options;
    const watch = new OperatorWatch({
      cluster,
      filesAllowed: settings.filesAllowed,
      global: () => this.#global,
      clock,
      logger: logger.with({ cluster: cluster.name }),
      onChange,
    });
    this.#watches.set(cluster.name, watch);
  }

  #remove(cluster: Cluster): void {
    const watch = this.#watches.get(cluster.name);
    if (watch === undefined) return;
    const kinds = new Set(watch.entries.map(({ kind }) => kind));
    watch.close();
    this.#watches.delete(cluster.name);
    if (kinds.size > 0) this.#options.onChange(kinds);
  }
}
