/** The order of `sort_by_label`: runs of digits compare as numbers, all else as text. */
import { compareUtf8 } from '../../model/labels.ts';

const CHUNKS = /\d+|\D+/g;
const DIGITS = /^\d+$/;

export function compareNatural(a: string, b: string): number {
  const chunksOfA = a.match(CHUNKS) ?? [];
  const chunksOfB = b.match(CHUNKS) ?? [];
  const shared = Math.min(chunksOfA.length, chunksOfB.length);
  for (let index = 0; index < shared; index++) {
    const order = compareChunks(chunksOfA[index] as string, chunksOfB[index] as string);
    if (order !== 0) return order;
  }
  return chunksOfA.length - chunksOfB.length;
}

function compareChunks(a: string, b: string): number {
  if (DIGITS.test(a) && DIGITS.test(b)) return Number(a) - Number(b);
  return compareUtf8(a, b);
}
