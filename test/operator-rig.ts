/** The operator's objects of one cluster in virtual time, and what its targets become. */

import type { TargetGroup } from '../collector/discovery/discoverer.ts';
import { ofCluster } from '../collector/discovery/kubernetes/kubernetes-discoverer.ts';
import { OperatorObjects } from '../collector/operator/operator-objects.ts';
import { publicLabels } from '../collector/scrape/target-labels.ts';
import { TargetFactory } from '../collector/scrape/targets-of-group.ts';
import { DEFAULT_GLOBAL } from '../config/read-global.ts';
import type { ScrapeConfig } from '../config/types.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { SILENT_LOGGER } from '../model/logger.ts';
import { kubernetesObject, MemoryCluster, MemoryRegistry } from './memory-cluster.ts';
import { VirtualClock } from './virtual-clock.ts';

export const OPERATOR_API = '/apis/monitoring.coreos.com';

export class OperatorRig {
  readonly clock = new VirtualClock(0);
  readonly cluster: MemoryCluster;
  readonly registry: MemoryRegistry;
  readonly objects: OperatorObjects;
  readonly changes: string[] = [];

  constructor(objects: readonly KubernetesObject[], filesAllowed = false) {
    this.cluster = new MemoryCluster('prod', objects);
    this.serve({ v1: ['servicemonitors', 'podmonitors', 'probes'], v1alpha1: ['scrapeconfigs'] });
    this.registry = new MemoryRegistry(this.cluster);
    this.objects = new OperatorObjects(
      {
        clusters: this.registry,
        settings: () => ({ filesAllowed }),
        clock: this.clock,
        logger: SILENT_LOGGER,
        onChange: (kinds) => this.changes.push([...kinds].sort().join(' ')),
      },
      DEFAULT_GLOBAL,
    );
  }

  serve(versions: Readonly<Record<string, readonly string[]>>): void {
    const names = Object.keys(versions);
    this.cluster.answers.set(OPERATOR_API, { versions: names.map((version) => ({ version })) });
    for (const name of names) {
      const resources = versions[name]?.map((plural) => ({ name: plural }));
      this.cluster.answers.set(`${OPERATOR_API}/${name}`, { resources });
    }
  }

  /** Lets what was asked be answered, and the times for gathering pass. */
  async settle(): Promise<this> {
    for (let turn = 0; turn < 6; turn++) {
      for (let step = 0; step < 5; step++) await new Promise((done) => setImmediate(done));
      this.clock.advance(1000);
    }
    return this;
  }

  get configs(): readonly ScrapeConfig[] {
    return this.objects.scrapeConfigs();
  }

  /** What the targets of a group become by the only scrape config there is. */
  targets(group: TargetGroup, cluster = 'prod'): readonly string[] {
    const [config, ...others] = this.configs;
    if (config === undefined || others.length > 0) {
      throw new Error(`${this.configs.length} scrape configs`);
    }
    const made = new TargetFactory(config).of(ofCluster(group, cluster));
    if (made.failures.length > 0) throw new Error(made.failures.join('\n'));
    return made.active.map((target) => `${target.url} ${publicLabels(target.labels).toString()}`);
  }

  status(): Record<string, readonly string[]> {
    return Object.fromEntries(
      (this.objects.status('prod') ?? []).map(({ kind, namespace, name, errors, warnings }) => [
        `${kind} ${namespace}/${name}`,
        [...errors, ...warnings],
      ]),
    );
  }
}

/** An object of the operator in the namespace `mon`, named `app`. */
export const monitor = (kind: string, spec: object, metadata: object = {}) =>
  kubernetesObject(kind, 'mon', 'app', { spec }, { generation: 1, ...metadata });
/** Selects what has the label `app=web`, in all namespaces. */
export const BASE = { selector: { matchLabels: { app: 'web' } }, namespaceSelector: { any: true } };
