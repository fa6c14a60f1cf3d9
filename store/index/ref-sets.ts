/** Sets of series references as ascending arrays. */
import type { Postings } from './postings.ts';

/** Unions below this size are sorted, larger ones go through a bitmap. */
const SORTED_UNION_MAX = 2048;

/**
 * The series that carry one of the labels.
 * @param pairs labels of one name, so no series is in two of the lists
 * @param refEnd all references are below
 */
export function unionOf(
  postings: Postings,
  pairs: readonly number[],
  total: number,
  refEnd: number,
): Uint32Array {
  if (pairs.length === 1) return postings.view(pairs[0] as number).slice();
  if (total > SORTED_UNION_MAX) return refsOf(bitmapOf(postings, pairs, refEnd), total);
  const union = new Uint32Array(total);
  let at = 0;
  for (const pair of pairs) {
    const list = postings.view(pair);
    union.set(list, at);
    at += list.length;
  }
  return union.sort();
}

/** Bit `ref & 31` of word `ref >>> 5` is set for each series that carries one of the labels. */
export function bitmapOf(
  postings: Postings,
  pairs: readonly number[],
  refEnd: number,
): Uint32Array {
  const bits = new Uint32Array((refEnd >>> 5) + 1);
  for (const pair of pairs) {
    const list = postings.view(pair);
    for (let at = 0; at < list.length; at++) {
      const ref = list[at] as number;
      bits[ref >>> 5] = (bits[ref >>> 5] as number) | (1 << (ref & 31));
    }
  }
  return bits;
}

function refsOf(bits: Uint32Array, count: number): Uint32Array {
  const refs = new Uint32Array(count);
  let at = 0;
  for (let word = 0; word < bits.length; word++) {
    let rest = bits[word] as number;
    while (rest !== 0) {
      const lowest = rest & -rest;
      refs[at++] = (word << 5) | (31 - Math.clz32(lowest));
      rest ^= lowest;
    }
  }
  return refs;
}

/** Keeps in place the references whose bit is (`wanted` true) or is not set. */
export function filterByBitmap(refs: Uint32Array, bits: Uint32Array, wanted: boolean): Uint32Array {
  let kept = 0;
  for (let at = 0; at < refs.length; at++) {
    const ref = refs[at] as number;
    const isSet = (((bits[ref >>> 5] as number) >>> (ref & 31)) & 1) === 1;
    if (isSet === wanted) refs[kept++] = ref;
  }
  return refs.subarray(0, kept);
}
