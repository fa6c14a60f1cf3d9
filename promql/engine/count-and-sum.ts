/** Histograms of which a query needs no buckets: only their counts and sums. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { SeriesColumns } from '../../model/source.ts';
import type { Expr } from '../ast.ts';
import { detectReset } from '../histogram/detect-reset.ts';

const COUNT_AND_SUM_FUNCTIONS: ReadonlySet<string> = new Set([
  'histogram_avg',
  'histogram_count',
  'histogram_sum',
]);

const BUCKET_FUNCTIONS: ReadonlySet<string> = new Set([
  'histogram_fraction',
  'histogram_quantile',
  'histogram_quantiles',
]);

/** What the expressions around a selector need of its histograms. */
export type HistogramNeed = 'unknown' | 'count-and-sum' | 'buckets';

/**
 * What is needed below an expression. Subqueries need buckets for resets to be found between their
 * steps.
 * @param around what the expressions around this one need
 */
export function needBelow(expr: Expr, around: HistogramNeed): HistogramNeed {
  if (around === 'buckets' || expr.kind === 'subquery') return 'buckets';
  if (expr.kind === 'binary') return expr.op === '</' || expr.op === '>/' ? 'buckets' : around;
  if (expr.kind !== 'call') return around;
  if (BUCKET_FUNCTIONS.has(expr.func)) return 'buckets';
  return COUNT_AND_SUM_FUNCTIONS.has(expr.func) ? 'count-and-sum' : around;
}

/**
 * The same columns, histograms without buckets. Since no reset can be seen in what is left, each
 * histogram gets a hint of whether its counter was reset after the one before.
 */
export function withoutBuckets(columns: SeriesColumns): SeriesColumns {
  const { histograms, offsets } = columns;
  if (histograms === undefined) return columns;
  const bare = [...histograms];
  for (let series = 0; series + 1 < offsets.length; series++) {
    let previous: FloatHistogram | undefined;
    const end = offsets[series + 1] as number;
    for (let at = offsets[series] as number; at < end; at++) {
      const histogram = histograms[at];
      if (histogram === undefined || histogram.isStale) continue;
      bare[at] = countAndSum(histogram, previous);
      previous = histogram;
    }
  }
  return { ...columns, histograms: bare };
}

function countAndSum(h: FloatHistogram, previous: FloatHistogram | undefined): FloatHistogram {
  let { counterResetHint } = h;
  if (counterResetHint === 'unknown' && previous !== undefined) {
    counterResetHint = detectReset(h, previous) ? 'reset' : 'not_reset';
  }
  return {
    counterResetHint,
    schema: h.schema,
    zeroThreshold: 0,
    zeroCount: 0,
    count: h.count,
    sum: h.sum,
    positiveSpans: [],
    negativeSpans: [],
    positiveBuckets: [],
    negativeBuckets: [],
    customValues: [],
    isStale: false,
  };
}
