/** How each series looks to one receiver: external labels added, then relabelled. */
import type { RelabelConfig } from '../../config/types.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { SeriesRef } from '../../model/sink.ts';
import { Relabeler } from '../relabel/relabeler.ts';
import { RecentMap } from '../remote-write/recent-map.ts';

/** Every series can be made again from its labels. */
const SERIES_MAX = 2_000_000;

export class OutgoingSeries {
  readonly #labelsOf: (ref: SeriesRef) => Labels | undefined;
  readonly #externalLabels: Labels;
  readonly #relabeler: Relabeler;
  readonly #known = new RecentMap<SeriesRef, Labels | 'dropped'>(SERIES_MAX);

  constructor(
    labelsOf: (ref: SeriesRef) => Labels | undefined,
    externalLabels: Labels,
    rules: readonly RelabelConfig[],
  ) {
    this.#labelsOf = labelsOf;
    this.#externalLabels = externalLabels;
    this.#relabeler = new Relabeler(rules);
  }

  /** Lets time pass: series not sent any more are forgotten. */
  tick(nowMs: number): void {
    this.#known.tick(nowMs);
  }

  /** Undefined when the rules drop the series, or the store has forgotten it. */
  of(ref: SeriesRef): Labels | undefined {
    let known = this.#known.get(ref);
    if (known === undefined) {
      const stored = this.#labelsOf(ref);
      if (stored === undefined) return undefined;
      known = this.#make(stored);
      this.#known.set(ref, known);
    }
    return known === 'dropped' ? undefined : known;
  }

  #make(stored: Labels): Labels | 'dropped' {
    let labels = stored;
    for (const [name, value] of this.#externalLabels.entries()) {
      if (!labels.has(name)) labels = labels.with(name, value);
    }
    const relabeled = this.#relabeler.apply(labels).labels;
    return relabeled?.has(METRIC_NAME) === true ? relabeled : 'dropped';
  }
}
