/** Label sets as senders give them: any order, perhaps not valid. */
import { Labels, METRIC_NAME } from '../../model/labels.ts';

/** The largest that any sender should make; beyond it lies a label bomb. */
const LABELS_MAX = 1000;

/**
 * @param pairs name, value, …
 * @returns the label set, or the text of what is wrong with it
 */
export function checkedLabels(pairs: readonly string[]): Labels | string {
  if (pairs.length > 2 * LABELS_MAX) return `more than ${LABELS_MAX} labels`;
  if (isSorted(pairs)) {
    // In order, a name cannot come twice, and only the first can be empty.
    const sorted = Labels.fromSortedPairs(pairs);
    return sorted.has(METRIC_NAME) && pairs[0] !== '' ? sorted : invalid(sorted);
  }
  const labels = Labels.fromPairs(pairs);
  if (!labels.has(METRIC_NAME)) return invalid(labels);
  if (pairs.some((text, at) => at % 2 === 0 && text === '')) return invalid(labels);
  const duplicate = duplicateName(pairs);
  if (duplicate !== undefined) {
    return `invalid labels for series, labels ${labels.toString()}, duplicated label ${duplicate}`;
  }
  return labels;
}

function invalid(labels: Labels): string {
  return `invalid metric name or labels, got ${labels.toString()}`;
}

/** In order, and without the empty values that a label set never holds. */
function isSorted(pairs: readonly string[]): boolean {
  for (let at = 0; at < pairs.length; at += 2) {
    if (pairs[at + 1] === '') return false;
    if (at > 0 && !((pairs[at - 2] as string) < (pairs[at] as string))) return false;
  }
  return true;
}

function duplicateName(pairs: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] as string;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
