/** The labels of a stored series, from those on the page and those of the target. */
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import { LabelBuilder } from '../relabel/label-builder.ts';
import type { Relabeler } from '../relabel/relabeler.ts';

const EXPORTED_PREFIX = 'exported_';

/**
 * @param target labels that go onto every sample
 * @param honorLabels labels of the page win; otherwise they are renamed to `exported_…`, as often
 *   as needed to find a free name
 * @returns undefined when metric relabelling drops the series
 */
export function mutateSampleLabels(
  scraped: Labels,
  target: Labels,
  honorLabels: boolean,
  metricRelabeler: Relabeler,
): Labels | undefined {
  const builder = new LabelBuilder(scraped);
  const conflicts: (readonly [string, string])[] = [];
  for (const [name, value] of target.entries()) {
    const existing = scraped.get(name);
    if (existing !== '') {
      if (honorLabels) continue;
      conflicts.push([name, existing]);
    }
    builder.set(name, value);
  }
  // Short names first: `exported_a` on the page must not take the place of a renamed `a`.
  conflicts.sort((a, b) => a[0].length - b[0].length);
  for (const [name, value] of conflicts) {
    let free = EXPORTED_PREFIX + name;
    while (builder.get(free) !== '') free = EXPORTED_PREFIX + free;
    builder.set(free, value);
  }
  if (metricRelabeler.applyTo(builder) !== undefined) return undefined;
  const labels = builder.labels();
  return labels.size === 0 ? undefined : labels;
}

/** Labels of `up` and its like. */
export function reportLabels(metricName: string, target: Labels): Labels {
  return Labels.fromPairs([METRIC_NAME, metricName, ...target.pairs]);
}
