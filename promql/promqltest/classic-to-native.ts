/** Classic histograms as native ones with custom buckets, for `load_with_nhcb`. */
import { parseGoFloat } from '../../model/go-float.ts';
import { CUSTOM_BUCKETS_SCHEMA, type FloatHistogram } from '../../model/histogram.ts';
import { compactHistogram } from '../../model/histogram-buckets.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { ScriptSample, ScriptSeries } from './script.ts';

/** Series of a classic histogram whose counts contradict each other. */
class ClassicHistogramError extends Error {
  override readonly name = 'ClassicHistogramError';
}

interface ClassicSample {
  /** Cumulative count by upper bound. */
  readonly buckets: Map<number, number>;
  count: number | undefined;
  sum: number;
}

interface ClassicHistogram {
  readonly labels: Labels;
  readonly byTime: Map<number, ClassicSample>;
}

/**
 * One series of native histograms for each histogram that has `_bucket`, `_count` or `_sum` series
 * with equal labels, named without the ending. Buckets whose `le` is no number are left out.
 * @throws ClassicHistogramError
 */
export function customHistogramSeries(series: readonly ScriptSeries[]): ScriptSeries[] {
  const byKey = new Map<string, ClassicHistogram>();
  for (const one of series) collect(one, byKey);
  return [...byKey.values()].map(({ labels, byTime }) => {
    const times = [...byTime.keys()].sort((a, b) => a - b);
    const samples = times.map((timestampMs): ScriptSample => {
      const histogram = toCustomHistogram(byTime.get(timestampMs) as ClassicSample);
      return {
        timestampMs,
        startTimestampMs: 0,
        point: { kind: 'histogram', histogram, isHintSet: false },
      };
    });
    return { labels, samples };
  });
}

function collect({ labels, samples }: ScriptSeries, byKey: Map<string, ClassicHistogram>): void {
  const name = /^(.*)_(bucket|count|sum)$/s.exec(labels.get(METRIC_NAME));
  if (name === null) return;
  const upperBound = name[2] === 'bucket' ? parseGoFloat(labels.get('le')) : undefined;
  if (name[2] === 'bucket' && (upperBound === undefined || Number.isNaN(upperBound))) return;

  const base = labels.with(METRIC_NAME, name[1] as string).without(new Set(['le']));
  let histogram = byKey.get(base.key);
  if (histogram === undefined) {
    histogram = { labels: base, byTime: new Map() };
    byKey.set(base.key, histogram);
  }
  for (const { timestampMs, point } of samples) {
    if (point.kind !== 'float') continue;
    let sample = histogram.byTime.get(timestampMs);
    if (sample === undefined) {
      sample = { buckets: new Map(), count: undefined, sum: 0 };
      histogram.byTime.set(timestampMs, sample);
    }
    if (upperBound !== undefined) sample.buckets.set(upperBound, point.value);
    else if (name[2] === 'count') sample.count = point.value;
    else sample.sum = point.value;
  }
}

function toCustomHistogram({ buckets, count, sum }: ClassicSample): FloatHistogram {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = count ?? sorted.at(-1)?.[1] ?? 0;
  if (sorted.at(-1)?.[0] !== Number.POSITIVE_INFINITY) {
    sorted.push([Number.POSITIVE_INFINITY, total]);
  }
  const counts: number[] = [];
  let below = 0;
  for (const [bound, cumulative] of sorted) {
    if (cumulative < below) {
      throw new ClassicHistogramError(
        `count is not cumulative: le=${bound} has ${cumulative}, the bucket before ${below}`,
      );
    }
    counts.push(cumulative - below);
    below = cumulative;
  }
  if (below !== total) {
    throw new ClassicHistogramError(`count mismatch: count=${total}, le=+Inf has ${below}`);
  }
  return compactHistogram({
    counterResetHint: 'unknown',
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    zeroCount: 0,
    count: total,
    sum,
    positiveSpans: [{ offset: 0, length: counts.length }],
    negativeSpans: [],
    positiveBuckets: counts,
    negativeBuckets: [],
    customValues: sorted.slice(0, -1).map(([bound]) => bound),
    isStale: false,
  });
}
