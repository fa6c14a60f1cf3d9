/** Histograms as people and programs read them. */

import { formatApiFloat, formatGoG } from '../../model/go-float.ts';
import type { FloatHistogram } from '../../model/histogram.ts';
import { BucketWalk, SpanCursor } from './bucket-walk.ts';

/**
 * `{count:10, sum:2.5, [-1,-0.5):3, (0.5,1]:7}`: buckets by ascending bounds, a square bracket
 * where the bound is included, empty buckets left out.
 */
export function formatHistogram(h: FloatHistogram): string {
  const parts = [`count:${formatGoG(h.count)}`, `sum:${formatGoG(h.sum)}`];
  const walk = new BucketWalk(h, 'ascending', true);
  while (walk.next()) {
    if (walk.count === 0) continue;
    // The text form alone shows the bounds of the schema where the zero bucket covers some of it.
    const { lower, upper } = walk.schemaInterval;
    const open = walk.lowerInclusive ? '[' : '(';
    const close = walk.upperInclusive ? ']' : ')';
    parts.push(`${open}${formatGoG(lower)},${formatGoG(upper)}${close}:${formatGoG(walk.count)}`);
  }
  return `{${parts.join(', ')}}`;
}

/** Which bounds a bucket includes: 0 the upper, 1 the lower, 2 none, 3 both. */
type BoundaryRule = 0 | 1 | 2 | 3;

/** The form in the HTTP API of Prometheus, numbers as text. */
export interface HistogramJson {
  readonly count: string;
  readonly sum: string;
  /** Rule, lower bound, upper bound, count. Left out when all buckets are empty. */
  readonly buckets?: readonly (readonly [BoundaryRule, string, string, string])[];
}

export function histogramToJson(h: FloatHistogram): HistogramJson {
  const buckets: [BoundaryRule, string, string, string][] = [];
  const walk = new BucketWalk(h);
  while (walk.next()) {
    if (walk.count === 0) continue;
    buckets.push([
      boundaryRule(walk.lowerInclusive, walk.upperInclusive),
      formatApiFloat(walk.lower),
      formatApiFloat(walk.upper),
      formatApiFloat(walk.count),
    ]);
  }
  const head = { count: formatApiFloat(h.count), sum: formatApiFloat(h.sum) };
  return buckets.length === 0 ? head : { ...head, buckets };
}

function boundaryRule(lowerInclusive: boolean, upperInclusive: boolean): BoundaryRule {
  if (lowerInclusive) return upperInclusive ? 3 : 1;
  return upperInclusive ? 0 : 2;
}

/** `{{schema:1 count:3 sum:5 buckets:[1 2]}}`, the notation of test scripts and rule unit tests. */
export function formatHistogramNotation(h: FloatHistogram): string {
  const parts: string[] = [];
  const number = (key: string, value: number): void => {
    if (value !== 0) parts.push(`${key}:${formatGoG(value)}`);
  };
  number('schema', h.schema);
  number('count', h.count);
  number('sum', h.sum);
  number('z_bucket', h.zeroCount);
  number('z_bucket_w', h.zeroThreshold);
  if (h.customValues.length > 0) parts.push(`custom_values:${list(h.customValues)}`);
  if (h.counterResetHint !== 'unknown') parts.push(`counter_reset_hint:${h.counterResetHint}`);
  parts.push(...sideNotation('', h.positiveSpans, h.positiveBuckets));
  parts.push(...sideNotation('n_', h.negativeSpans, h.negativeBuckets));
  return `{{${parts.join(' ')}}}`;
}

function sideNotation(
  prefix: string,
  spans: FloatHistogram['positiveSpans'],
  buckets: readonly number[],
): string[] {
  const cursor = new SpanCursor(spans, buckets.length);
  const filled: number[] = [];
  let first = 0;
  while (cursor.next()) {
    const count = buckets[cursor.position] as number;
    if (count === 0) continue;
    if (filled.length === 0) first = cursor.index;
    while (first + filled.length < cursor.index) filled.push(0);
    filled.push(count);
  }
  if (filled.length === 0) return [];
  const offset = first === 0 ? [] : [`${prefix}offset:${first}`];
  return [...offset, `${prefix}buckets:${list(filled)}`];
}

function list(numbers: readonly number[]): string {
  return `[${numbers.map(formatGoG).join(' ')}]`;
}
