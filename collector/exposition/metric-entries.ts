/** The series and histograms that one metric of the protobuf format stands for. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import { ClassicHistogram } from './classic-histogram.ts';
import type { ParsedExemplar } from './exposition-parser.ts';
import { formatOpenMetricsFloat } from './float-text.ts';
import type { HistogramMessage } from './histogram-message.ts';
import { labelsOf } from './label-text.ts';
import type { MetricMessage } from './metric-message.ts';
import { isNative, nativeHistogramOf } from './native-histogram.ts';

export interface ProtobufParserOptions {
  /** False: native parts are ignored, and every histogram is a classic one. */
  readonly nativeHistograms: boolean;
  /** Also gives the classic series of a native or converted histogram. */
  readonly keepClassicHistograms: boolean;
  /** Makes classic histograms native ones with custom buckets. */
  readonly convertClassicHistograms: boolean;
}

export interface MetricEntry {
  readonly value: number;
  /** Undefined: a float series. */
  readonly histogram: FloatHistogram | undefined;
  readonly timestampMs: number | undefined;
  readonly startTimestampMs: number;
  readonly exemplars: readonly ParsedExemplar[];
  /** @throws LabelTextError for a label given twice */
  labels(): Labels;
}

const NONE: readonly ParsedExemplar[] = [];

export class MetricEntries {
  readonly #options: ProtobufParserOptions;

  constructor(options: ProtobufParserOptions) {
    this.#options = options;
  }

  /** @throws HistogramMessageError, InvalidHistogramError */
  of(family: string, type: MetricType, metric: MetricMessage): readonly MetricEntry[] {
    if (type === 'summary') return summaryEntries(family, metric);
    if (type !== 'histogram' && type !== 'gaugehistogram') {
      const exemplars =
        metric.exemplar !== undefined && type === 'counter' ? [metric.exemplar] : NONE;
      return [series(metric, family, metric.value, exemplars)];
    }
    const histogram = metric.histogram;
    if (histogram === undefined) return [];
    const isGauge = type === 'gaugehistogram';
    return this.#options.nativeHistograms && isNative(histogram)
      ? this.#native(family, metric, histogram, isGauge)
      : this.#classic(family, metric, histogram, isGauge);
  }

  #native(
    family: string,
    metric: MetricMessage,
    message: HistogramMessage,
    isGauge: boolean,
  ): readonly MetricEntry[] {
    const native = nativeHistogramOf(message, isGauge);
    const entries = [histogramEntry(metric, family, native, timedExemplars(message))];
    if (this.#options.keepClassicHistograms && message.buckets.length > 0) {
      entries.push(...classicEntries(family, metric, message));
    }
    return entries;
  }

  #classic(
    family: string,
    metric: MetricMessage,
    message: HistogramMessage,
    isGauge: boolean,
  ): readonly MetricEntry[] {
    const { convertClassicHistograms, keepClassicHistograms } = this.#options;
    if (!convertClassicHistograms) return classicEntries(family, metric, message);
    const collected = new ClassicHistogram();
    collected.setCount(countOf(message));
    collected.setSum(message.sum);
    for (const { upperBound, cumulativeCount } of message.buckets) {
      collected.setBucket(upperBound, cumulativeCount);
    }
    const native = collected.toNative(isGauge);
    // What is no histogram stays what it is.
    if (native === undefined) return classicEntries(family, metric, message);
    const converted = histogramEntry(metric, family, native, timedExemplars(message));
    return keepClassicHistograms
      ? [...classicEntries(family, metric, message), converted]
      : [converted];
  }
}

function summaryEntries(family: string, metric: MetricMessage): readonly MetricEntry[] {
  const { summary } = metric;
  if (summary === undefined) return [];
  const entries = [
    series(metric, `${family}_count`, summary.count),
    series(metric, `${family}_sum`, summary.sum),
  ];
  for (let at = 0; at < summary.quantiles.length; at += 2) {
    const quantile = formatOpenMetricsFloat(summary.quantiles[at] as number);
    const value = summary.quantiles[at + 1] as number;
    entries.push(series(metric, family, value, NONE, ['quantile', quantile]));
  }
  return entries;
}

function classicEntries(
  family: string,
  metric: MetricMessage,
  message: HistogramMessage,
): readonly MetricEntry[] {
  const entries = [
    series(metric, `${family}_count`, countOf(message)),
    series(metric, `${family}_sum`, message.sum),
  ];
  let hasInfinite = false;
  for (const { upperBound, cumulativeCount, exemplar } of message.buckets) {
    const exemplars = exemplar === undefined ? NONE : [exemplar];
    const le = ['le', formatOpenMetricsFloat(upperBound)];
    entries.push(series(metric, `${family}_bucket`, cumulativeCount, exemplars, le));
    hasInfinite ||= upperBound === Number.POSITIVE_INFINITY;
  }
  if (!hasInfinite) {
    entries.push(series(metric, `${family}_bucket`, countOf(message), NONE, ['le', '+Inf']));
  }
  return entries;
}

function countOf(message: HistogramMessage): number {
  return message.countFloat === 0 ? message.count : message.countFloat;
}

/** Exemplars of a native histogram need a time of their own. */
function timedExemplars(message: HistogramMessage): readonly ParsedExemplar[] {
  const exemplars =
    message.exemplars.length > 0
      ? message.exemplars
      : message.buckets.map((bucket) => bucket.exemplar);
  return exemplars.filter(
    (exemplar): exemplar is ParsedExemplar => exemplar?.timestampMs !== undefined,
  );
}

function series(
  metric: MetricMessage,
  name: string,
  value: number,
  exemplars = NONE,
  more: readonly string[] = [],
): MetricEntry {
  return entry(metric, name, value, undefined, exemplars, more);
}

function histogramEntry(
  metric: MetricMessage,
  name: string,
  histogram: FloatHistogram,
  exemplars: readonly ParsedExemplar[],
): MetricEntry {
  return entry(metric, name, 0, histogram, exemplars, []);
}

function entry(
  metric: MetricMessage,
  name: string,
  value: number,
  histogram: FloatHistogram | undefined,
  exemplars: readonly ParsedExemplar[],
  more: readonly string[],
): MetricEntry {
  const { timestampMs, startTimestampMs } = metric;
  const labels = () => labelsOf([METRIC_NAME, name, ...metric.labels, ...more]);
  return { value, histogram, timestampMs, startTimestampMs, exemplars, labels };
}
