/** A number in [0, 1) that only depends on the labels, evenly spread over label sets. */
import type { Labels } from '../../model/labels.ts';

const MULTIPLIER_A = 2654435761;
const MULTIPLIER_B = 1597334677;

/** A 53-bit hash (cyrb53) of the labels' text. */
export function labelsRatio(labels: Labels): number {
  const text = labels.key;
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, MULTIPLIER_A);
    b = Math.imul(b ^ code, MULTIPLIER_B);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)) / 2 ** 53;
}
