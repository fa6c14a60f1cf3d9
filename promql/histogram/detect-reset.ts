/** Did the counter behind a histogram start anew? */
import type { FloatHistogram } from '../../model/histogram.ts';
import { exponentialBound } from './bounds.ts';
import { BucketSide } from './bucket-side.ts';
import { commonBounds, movedToBounds } from './custom-bounds.ts';
import { coarserIndex, sameNumbers, usesCustomBuckets } from './schema.ts';
import { bucketsWithin, freeZeroThreshold, type Sides } from './zero-bucket.ts';

/**
 * True when `current` cannot have grown out of `previous`. Its hint decides if it says anything;
 * else a reset is a count anywhere that has fallen, a finer schema or a narrower zero bucket.
 */
export function detectReset(current: FloatHistogram, previous: FloatHistogram): boolean {
  if (current.counterResetHint === 'reset') return true;
  if (current.counterResetHint === 'not_reset') return false;
  if (current.count < previous.count) return true;
  if (usesCustomBuckets(current)) {
    return !usesCustomBuckets(previous) || customBucketsFell(current, previous);
  }
  if (current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold) {
    return true;
  }
  return exponentialBucketsFell(current, previous);
}

function customBucketsFell(current: FloatHistogram, previous: FloatHistogram): boolean {
  const now = BucketSide.of(current.positiveSpans, current.positiveBuckets);
  const before = BucketSide.of(previous.positiveSpans, previous.positiveBuckets);
  if (!sameNumbers(current.customValues, previous.customValues)) {
    const common = commonBounds(current.customValues, previous.customValues);
    now.move(movedToBounds(current.customValues, common));
    before.move(movedToBounds(previous.customValues, common));
  }
  return fell(now, before, 0);
}

function exponentialBucketsFell(current: FloatHistogram, previous: FloatHistogram): boolean {
  const threshold = current.zeroThreshold;
  const before: Sides = {
    schema: previous.schema,
    positive: BucketSide.of(previous.positiveSpans, previous.positiveBuckets),
    negative: BucketSide.of(previous.negativeSpans, previous.negativeBuckets),
  };
  let zeroCount = previous.zeroCount;
  if (threshold > previous.zeroThreshold) {
    if (freeZeroThreshold(before, threshold) !== threshold) return true;
    for (const side of [before.positive, before.negative]) {
      const length = bucketsWithin(side, previous.schema, threshold);
      for (let at = 0; at < length; at++) zeroCount += side.countAt(at);
      side.dropFirst(length);
    }
  }
  if (current.zeroCount < zeroCount) return true;
  if (previous.schema > current.schema) {
    const moved = (index: number): number => coarserIndex(index, previous.schema, current.schema);
    before.positive.move(moved);
    before.negative.move(moved);
  }
  const positive = BucketSide.of(current.positiveSpans, current.positiveBuckets);
  const negative = BucketSide.of(current.negativeSpans, current.negativeBuckets);
  return (
    fell(positive, before.positive, bucketsEndingWithin(before.positive, current)) ||
    fell(negative, before.negative, bucketsEndingWithin(before.negative, current))
  );
}

/** Count of buckets at the start that the zero bucket of `h` covers. */
function bucketsEndingWithin(side: BucketSide, h: FloatHistogram): number {
  let length = 0;
  while (
    length < side.length &&
    exponentialBound(side.indexAt(length), h.schema) <= h.zeroThreshold
  ) {
    length++;
  }
  return length;
}

function fell(now: BucketSide, before: BucketSide, beforeFrom: number): boolean {
  let at = 0;
  for (let was = beforeFrom; was < before.length; was++) {
    const index = before.indexAt(was);
    while (at < now.length && now.indexAt(at) < index) at++;
    const isThere = at < now.length && now.indexAt(at) === index;
    const countBefore = before.countAt(was);
    if (isThere ? now.countAt(at) < countBefore : countBefore !== 0) return true;
  }
  return false;
}
