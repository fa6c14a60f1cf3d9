/** Spans and buckets of a native histogram made anew: without empty buckets, or coarser. */
import type { FloatHistogram, Span } from './histogram.ts';

interface Side {
  readonly spans: readonly Span[];
  readonly buckets: readonly number[];
}

/** Leaves out empty buckets. */
export function compactHistogram(h: FloatHistogram): FloatHistogram {
  const positive = rebuilt(h.positiveSpans, h.positiveBuckets, (index) => index);
  const negative = rebuilt(h.negativeSpans, h.negativeBuckets, (index) => index);
  return withSides(h, positive, negative);
}

/**
 * The histogram with the coarser buckets of `schema`, each the sum of 2^(difference) finer ones.
 * @param schema exponential and not above that of `h`, which is exponential too
 */
export function reduceResolution(h: FloatHistogram, schema: number): FloatHistogram {
  const shift = h.schema - schema;
  if (shift <= 0) return h;
  const coarser = (index: number) => ((index - 1) >> shift) + 1;
  const positive = rebuilt(h.positiveSpans, h.positiveBuckets, coarser);
  const negative = rebuilt(h.negativeSpans, h.negativeBuckets, coarser);
  return { ...withSides(h, positive, negative), schema };
}

function withSides(h: FloatHistogram, positive: Side, negative: Side): FloatHistogram {
  return {
    ...h,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
  };
}

/** @param moved must not fall when the index rises */
function rebuilt(
  spans: readonly Span[],
  buckets: readonly number[],
  moved: (index: number) => number,
): Side {
  const indexes: number[] = [];
  const counts: number[] = [];
  let position = 0;
  let index = 0;
  for (const span of spans) {
    index += span.offset;
    // A span may claim any length, but there are only so many buckets.
    const end = Math.min(position + span.length, buckets.length);
    for (; position < end; position++, index++) {
      const count = buckets[position] as number;
      if (count === 0) continue;
      const target = moved(index);
      if (indexes.at(-1) === target) counts[counts.length - 1] = (counts.at(-1) as number) + count;
      else {
        indexes.push(target);
        counts.push(count);
      }
    }
  }
  return { spans: spansOf(indexes), buckets: counts };
}

function spansOf(indexes: readonly number[]): Span[] {
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length++;
    else spans.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return spans;
}
