/** Widening the zero bucket, so that two histograms get the same one. */
import { exponentialBound } from './bounds.ts';
import type { BucketSide } from './bucket-side.ts';

export interface Sides {
  readonly schema: number;
  readonly positive: BucketSide;
  readonly negative: BucketSide;
}

/**
 * The smallest threshold from `threshold` on that lies inside no populated bucket. A bucket that
 * it would cut is taken in whole.
 */
export function freeZeroThreshold(sides: Sides, threshold: number): number {
  let free = threshold;
  for (;;) {
    const afterPositive = outsideBucket(sides.positive, sides.schema, free);
    const next = outsideBucket(sides.negative, sides.schema, afterPositive);
    if (next === free) return free;
    free = next;
  }
}

/** Count of buckets at the start of a side, next to zero, that begin below the threshold. */
export function bucketsWithin(side: BucketSide, schema: number, threshold: number): number {
  let length = 0;
  while (length < side.length && exponentialBound(side.indexAt(length) - 1, schema) < threshold) {
    length++;
  }
  return length;
}

/** The largest index whose bucket lies wholly within the threshold; -Infinity: none does. */
export function lastIndexWithin(schema: number, threshold: number): number {
  if (!(threshold > 0)) return Number.NEGATIVE_INFINITY;
  let index = Math.floor(Math.log2(threshold) * 2 ** schema);
  while (exponentialBound(index, schema) > threshold) index--;
  while (exponentialBound(index + 1, schema) <= threshold) index++;
  return index;
}

function outsideBucket(side: BucketSide, schema: number, threshold: number): number {
  const last = bucketsWithin(side, schema, threshold) - 1;
  if (last < 0 || side.countAt(last) === 0) return threshold;
  return Math.max(threshold, exponentialBound(side.indexAt(last), schema));
}
