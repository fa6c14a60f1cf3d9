/** One function per annotation of Prometheus 3.14 (`util/annotations/annotations.go`). */
import { formatGoG, formatGoGPrecision } from '../../model/go-float.ts';
import { quoteGo } from '../../model/labels.ts';
import type { PositionRange } from '../ast.ts';
import type { Annotation, AnnotationDetail } from './annotations.ts';

function warning(text: string, pos: PositionRange): Annotation {
  return { level: 'warning', text, pos };
}

function info(text: string, pos: PositionRange): Annotation {
  return { level: 'info', text, pos };
}

function forMetric(text: string, metricName: string): string {
  return metricName === '' ? text : `${text} for metric name ${quoteGo(metricName)}`;
}

export type HistogramOperation = 'addition' | 'subtraction' | 'aggregation';

export function invalidQuantileWarning(q: number, pos: PositionRange): Annotation {
  return warning(`quantile value should be between 0 and 1, got ${formatGoG(q)}`, pos);
}

export function invalidRatioWarning(ratio: number, cappedTo: number, pos: PositionRange) {
  const values = `got ${formatGoG(ratio)}, capping to ${formatGoG(cappedTo)}`;
  return warning(`ratio value should be between -1 and 1, ${values}`, pos);
}

export function badBucketLabelWarning(metricName: string, label: string, pos: PositionRange) {
  const text = `bucket label "le" is missing or has a malformed value of ${quoteGo(label)}`;
  return warning(forMetric(text, metricName), pos);
}

export function mixedFloatsHistogramsWarning(metricName: string, pos: PositionRange): Annotation {
  const text = 'encountered a mix of histograms and floats for metric name';
  return warning(`${text} ${quoteGo(metricName)}`, pos);
}

export function mixedFloatsHistogramsAggWarning(pos: PositionRange): Annotation {
  return warning('encountered a mix of histograms and floats for aggregation', pos);
}

export function mixedClassicNativeHistogramsWarning(metricName: string, pos: PositionRange) {
  const text = 'vector contains a mix of classic and native histograms';
  return warning(forMetric(text, metricName), pos);
}

export function nativeHistogramNotCounterWarning(metricName: string, pos: PositionRange) {
  const text = 'this native histogram metric is not a counter:';
  return warning(`${text} ${quoteGo(metricName)}`, pos);
}

export function nativeHistogramNotGaugeWarning(metricName: string, pos: PositionRange) {
  return warning(`this native histogram metric is not a gauge: ${quoteGo(metricName)}`, pos);
}

export function mixedExponentialCustomHistogramsWarning(metricName: string, pos: PositionRange) {
  const text =
    'vector contains a mix of histograms with exponential and custom buckets schemas for metric name';
  return warning(`${text} ${quoteGo(metricName)}`, pos);
}

export function incompatibleBucketLayoutWarning(operator: string, pos: PositionRange): Annotation {
  return warning(`incompatible bucket layout encountered for binary operator ${operator}`, pos);
}

export function sortInRangeQueryWarning(pos: PositionRange): Annotation {
  const text = 'sort is ineffective for range queries since results are always ordered by labels';
  return warning(text, pos);
}

export function possibleNonCounterInfo(metricName: string, pos: PositionRange): Annotation {
  const text = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket:';
  return info(`${text} ${quoteGo(metricName)}`, pos);
}

export function possibleNonCounterLabelInfo(metricName: string, type: string, pos: PositionRange) {
  const text =
    'metric might not be a counter, __type__ label is not set to "counter" or "histogram"';
  return info(`${text}, got ${quoteGo(type)}: ${quoteGo(metricName)}`, pos);
}

export function incompatibleTypesInBinOpInfo(
  lhsType: string,
  operator: string,
  rhsType: string,
  pos: PositionRange,
): Annotation {
  const text = 'incompatible sample types encountered for binary operator';
  const types = `${lhsType} ${operator} ${rhsType}`;
  return info(`${text} ${quoteGo(operator)}: ${types}`, pos);
}

export function histogramIgnoredInAggregationInfo(aggregation: string, pos: PositionRange) {
  return info(`ignored histogram in ${aggregation} aggregation`, pos);
}

export function histogramIgnoredInMixedRangeInfo(metricName: string, pos: PositionRange) {
  const text =
    'ignored histograms in a range containing both floats and histograms for metric name';
  return info(`${text} ${quoteGo(metricName)}`, pos);
}

export function quantileNaNResultInfo(metricName: string, pos: PositionRange): Annotation {
  const text = 'input to histogram_quantile has NaN observations, result is NaN';
  return info(forMetric(text, metricName), pos);
}

export function quantileNaNSkewInfo(metricName: string, pos: PositionRange): Annotation {
  const text = 'input to histogram_quantile has NaN observations, result is skewed higher';
  return info(forMetric(text, metricName), pos);
}

export function fractionNaNsInfo(metricName: string, pos: PositionRange): Annotation {
  const text =
    'input to histogram_fraction has NaN observations, which are excluded from all fractions';
  return info(forMetric(text, metricName), pos);
}

export function counterResetCollisionWarning(pos: PositionRange, operation: HistogramOperation) {
  return warning(`conflicting counter resets during histogram ${operation}`, pos);
}

export function mismatchedCustomBucketsInfo(pos: PositionRange, operation: HistogramOperation) {
  return info(`mismatched custom buckets were reconciled during ${operation}`, pos);
}

class Monotonicity implements AnnotationDetail {
  readonly minMs: number;
  readonly maxMs: number;
  readonly minBucket: number;
  readonly maxBucket: number;
  readonly maxDiff: number;
  readonly count: number;

  constructor(range: Omit<Monotonicity, 'merge' | 'text'>) {
    this.minMs = range.minMs;
    this.maxMs = range.maxMs;
    this.minBucket = range.minBucket;
    this.maxBucket = range.maxBucket;
    this.maxDiff = range.maxDiff;
    this.count = range.count;
  }

  merge(earlier: AnnotationDetail): AnnotationDetail {
    if (!(earlier instanceof Monotonicity)) return this;
    return new Monotonicity({
      minMs: Math.min(this.minMs, earlier.minMs),
      maxMs: Math.max(this.maxMs, earlier.maxMs),
      minBucket: Math.min(this.minBucket, earlier.minBucket),
      maxBucket: Math.max(this.maxBucket, earlier.maxBucket),
      maxDiff: Math.max(this.maxDiff, earlier.maxDiff),
      count: this.count + earlier.count,
    });
  }

  text(): string {
    const buckets = `from buckets ${formatGoG(this.minBucket)} to ${formatGoG(this.maxBucket)}`;
    const diff = `with a max diff of ${formatGoGPrecision(this.maxDiff, 2)}`;
    const times = `from ${rfc3339(this.minMs)} to ${rfc3339(this.maxMs)}`;
    return `, ${buckets}, ${diff}, over ${this.count} samples ${times}`;
  }
}

function rfc3339(timeMs: number): string {
  return new Date(Math.trunc(timeMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

export function forcedMonotonicityInfo(
  metricName: string,
  pos: PositionRange,
  timeMs: number,
  minBucket: number,
  maxBucket: number,
  maxDiff: number,
): Annotation {
  const text =
    'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';
  const range = { minMs: timeMs, maxMs: timeMs, minBucket, maxBucket, maxDiff, count: 1 };
  return { ...info(forMetric(text, metricName), pos), detail: new Monotonicity(range) };
}

class Occurrences implements AnnotationDetail {
  readonly count: number;

  constructor(count: number) {
    this.count = count;
  }

  merge(earlier: AnnotationDetail): AnnotationDetail {
    return earlier instanceof Occurrences ? new Occurrences(this.count + earlier.count) : this;
  }

  text(): string {
    return this.count > 1 ? ` (${this.count} occurrences)` : '';
  }
}

export function startTimeOverlapWarning(metricName: string, pos: PositionRange): Annotation {
  const text = 'sample has start time that overlaps with previous sample timestamp for metric';
  return { ...warning(`${text} ${quoteGo(metricName)}`, pos), detail: new Occurrences(1) };
}
