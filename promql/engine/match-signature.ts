/** Which series of two vectors match each other. */
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { VectorMatching } from '../ast.ts';
import { keyOfLabels, keyWithout } from './grouping.ts';

export interface Signatures {
  /** For each of the lists given, the number of each series' signature: equal ones match. */
  readonly numbers: readonly Int32Array[];
  readonly count: number;
}

export function numberSignatures(
  lists: readonly (readonly Labels[])[],
  matching: VectorMatching,
): Signatures {
  const keyOf = signatureKey(matching);
  const numberOf = new Map<string, number>();
  const numbers = lists.map((list) => {
    const ofList = new Int32Array(list.length);
    for (let index = 0; index < list.length; index++) {
      const key = keyOf(list[index] as Labels);
      let number = numberOf.get(key);
      if (number === undefined) {
        number = numberOf.size;
        numberOf.set(key, number);
      }
      ofList[index] = number;
    }
    return ofList;
  });
  return { numbers, count: numberOf.size };
}

function signatureKey({ on, matchingLabels }: VectorMatching): (labels: Labels) => string {
  if (!on) {
    const ignored = new Set([...matchingLabels, METRIC_NAME]);
    return (labels) => keyWithout(labels, ignored);
  }
  return keyOfLabels(matchingLabels);
}

/** The labels two series match by. */
export function matchedLabels(labels: Labels, { on, matchingLabels }: VectorMatching): Labels {
  if (on) return labels.only(new Set(matchingLabels));
  return labels.without(new Set([...matchingLabels, METRIC_NAME]));
}
