/** `_created` series of OpenMetrics 1.0: the start times of a family's counters. */
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import { TYPE_LABEL, UNIT_LABEL } from './label-text.ts';

export interface CreatedSeries {
  readonly labels: Labels;
  readonly seconds: number;
}

export function hasCreatedTimestamp(type: MetricType): boolean {
  return type === 'counter' || type === 'histogram' || type === 'summary';
}

const NAME_ONLY: ReadonlySet<string> = new Set([METRIC_NAME, TYPE_LABEL, UNIT_LABEL]);
const NAME_AND_LE: ReadonlySet<string> = new Set([...NAME_ONLY, 'le']);
const NAME_AND_QUANTILE: ReadonlySet<string> = new Set([...NAME_ONLY, 'quantile']);

/** The created series of one family, read once, so that looking up is not a search ahead. */
export class CreatedTimestamps {
  readonly #millisecondsByKey = new Map<string, number>();

  constructor(created: readonly CreatedSeries[]) {
    for (const { labels, seconds } of created) {
      const base = labels.get(METRIC_NAME).slice(0, -'_created'.length);
      const key = keyOf(base, labels, NAME_ONLY);
      if (!this.#millisecondsByKey.has(key)) {
        this.#millisecondsByKey.set(key, Math.trunc(seconds * 1000));
      }
    }
  }

  /** Milliseconds; 0 when the series has none. */
  find(labels: Labels, familyName: string, type: MetricType): number {
    return this.#millisecondsByKey.get(keyOf(familyName, labels, ignoredLabels(type))) ?? 0;
  }
}

function keyOf(name: string, labels: Labels, ignored: ReadonlySet<string>): string {
  return `${name}\uffff${labels.without(ignored).key}`;
}

function ignoredLabels(type: MetricType): ReadonlySet<string> {
  if (type === 'histogram') return NAME_AND_LE;
  return type === 'summary' ? NAME_AND_QUANTILE : NAME_ONLY;
}
