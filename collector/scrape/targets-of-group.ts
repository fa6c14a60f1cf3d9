/** From target groups to targets; groups that did not change cost nothing. */
import type { ScrapeConfig } from '../../config/types.ts';
import type { TargetGroup } from '../discovery/discoverer.ts';
import { Relabeler } from '../relabel/relabeler.ts';
import { type DroppedTarget, Target } from './target.ts';
import { discoveredLabels, populateLabels, TargetError } from './target-labels.ts';

export interface GroupTargets {
  readonly active: readonly Target[];
  readonly dropped: readonly DroppedTarget[];
  /** Why targets could not be made: `instance 0 in group g: no address`. */
  readonly failures: readonly string[];
}

/** Makes the targets of one scrape config. A group object seen before gives the same targets. */
export class TargetFactory {
  readonly #config: ScrapeConfig;
  readonly #relabeler: Relabeler;
  readonly #known = new WeakMap<TargetGroup, GroupTargets>();

  constructor(config: ScrapeConfig) {
    this.#config = config;
    this.#relabeler = new Relabeler(config.relabelConfigs);
  }

  of(group: TargetGroup): GroupTargets {
    const known = this.#known.get(group);
    if (known !== undefined) return known;
    const made = this.#make(group);
    this.#known.set(group, made);
    return made;
  }

  #make(group: TargetGroup): GroupTargets {
    const active: Target[] = [];
    const dropped: DroppedTarget[] = [];
    const failures: string[] = [];
    group.targets.forEach((targetLabels, index) => {
      const discovered = discoveredLabels(this.#config, targetLabels, group.labels);
      try {
        const populated = populateLabels(discovered, this.#relabeler);
        if (typeof populated === 'number') dropped.push({ discovered, droppedBy: populated });
        else active.push(new Target(this.#config, discovered, populated));
      } catch (error) {
        if (!(error instanceof TargetError)) throw error;
        failures.push(`instance ${index} in group ${group.source}: ${error.message}`);
      }
    });
    return { active, dropped, failures };
  }
}
