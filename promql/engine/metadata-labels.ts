/** Labels that say what a metric is, and go when a function makes another metric of it. */
import { Labels, METRIC_NAME } from '../../model/labels.ts';

export const METRIC_TYPE = '__type__';
const METRIC_UNIT = '__unit__';

const METADATA: ReadonlySet<string> = new Set([METRIC_NAME, METRIC_TYPE, METRIC_UNIT]);

export function isMetadataLabel(name: string): boolean {
  return METADATA.has(name);
}

/** Without name, `__type__` and `__unit__`. */
export function withoutMetadata(labels: Labels): Labels {
  const { pairs } = labels;
  let at = 0;
  while (at < pairs.length && METADATA.has(pairs[at] as string)) at += 2;
  for (let rest = at; rest < pairs.length; rest += 2) {
    if (METADATA.has(pairs[rest] as string)) return labels.without(METADATA);
  }
  return at === 0 ? labels : Labels.fromSortedPairs(pairs.slice(at));
}

/** True for labels that lose more than the name in `withoutMetadata`. */
export function hasTypeOrUnit(labels: Labels): boolean {
  const { pairs } = labels;
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] as string;
    if (name === METRIC_TYPE || name === METRIC_UNIT) return true;
    if (name > METRIC_UNIT) return false;
  }
  return false;
}
