/** The order of alerts in messages and lists: by job, by instance, then by all labels. */
import { compareUtf8, type Labels } from '../model/labels.ts';

const FIRST_NAMES = ['job', 'instance'];

export function compareAlerts(a: Labels, b: Labels): number {
  for (const name of FIRST_NAMES) {
    const left = a.get(name);
    const right = b.get(name);
    if (left === right) continue;
    if (left === '' || right === '') return left === '' ? 1 : -1;
    return compareUtf8(left, right);
  }
  return compareLabelSets(a, b);
}

/** Prometheus' `LabelSet.Before`: fewer labels first, then name by name. */
export function compareLabelSets(a: Labels, b: Labels): number {
  if (a.size !== b.size) return a.size - b.size;
  for (let at = 0; at < a.pairs.length; at += 2) {
    const leftName = a.pairs[at] as string;
    const rightName = b.pairs[at] as string;
    // The smaller name is missing in the other set, and what is missing comes first.
    if (leftName !== rightName) return compareUtf8(rightName, leftName);
    const order = compareUtf8(a.pairs[at + 1] as string, b.pairs[at + 1] as string);
    if (order !== 0) return order;
  }
  return 0;
}
