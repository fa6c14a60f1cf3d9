import type { StaticDiscovery } from '../../config/discovery-types.ts';
import { Labels } from '../../model/labels.ts';
import type { Discoverer, OnGroups } from './discoverer.ts';

/** Targets written down in the configuration: reported once. */
export class StaticDiscoverer implements Discoverer {
  readonly #config: StaticDiscovery;

  constructor(config: StaticDiscovery) {
    this.#config = config;
  }

  async run(_signal: AbortSignal, onGroups: OnGroups): Promise<void> {
    onGroups(
      this.#config.groups.map(({ source, targets, labels }) => ({
        source,
        targets: targets.map((address) => Labels.fromSortedPairs(['__address__', address])),
        labels,
      })),
    );
  }
}
