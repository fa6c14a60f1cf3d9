/** The cases of `remote-write/receiver_cases.json`, and the requests they stand for. */
import {
  type HistogramParts,
  type LabelRecord,
  type SeriesParts,
  withMetadata,
} from '../remote-write/write-message.ts';

/** The time the cases call now. */
export const NOW_MS = Date.UTC(2026, 0, 1, 12);

const HOUR_MS = 3_600_000;
const MANY = 50;
const FROM_REQUIREMENT = '(see requirement)';

/** Enum of the 2.0 message. */
const METADATA_TYPES = [
  'unspecified',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** What the requirement of `TestMetadataWithComplexLabels` leaves to us. */
const COMPLEX_LABELS: LabelRecord = {
  __name__: 'http_request_duration_seconds',
  endpoint: '/api/v1/users',
  instance: 'localhost:8080',
  job: 'api-server',
  method: 'GET',
  status: '200',
};

interface CaseHistogram {
  readonly sum: number;
  readonly positive_buckets: boolean;
  readonly negative_buckets: boolean;
  readonly zero_bucket: boolean;
  readonly custom_buckets: boolean;
  readonly wrong_count: boolean;
}

interface CaseItem {
  readonly labels: LabelRecord | typeof FROM_REQUIREMENT;
  /** Nanoseconds from now. */
  readonly offset?: number;
  readonly created?: string;
}

interface CaseMetric {
  /** An empty array stands for no labels. */
  readonly labels: LabelRecord | readonly string[];
  readonly value: string;
}

export interface ReceiverCase {
  readonly test: string;
  readonly name?: string;
  readonly success?: boolean;
  readonly expectedParams?: {
    readonly success: boolean;
    readonly samples?: number;
    readonly exemplars?: number;
  };
  readonly written?: { readonly samples?: number; histograms?: number; exemplars?: number };
  readonly validSamples?: number;
  readonly values?: readonly string[];
  readonly variants?: readonly string[];
  readonly status?: string;
  readonly metric?: CaseMetric;
  readonly metrics?: readonly CaseMetric[];
  readonly labels?: LabelRecord;
  readonly exemplarLabels?: LabelRecord | readonly string[];
  readonly value?: number;
  readonly exemplar_value?: number | string;
  readonly includePositive?: boolean;
  readonly includeNegative?: boolean;
  readonly includeZero?: boolean;
  readonly useCustomBuckets?: boolean;
  readonly badCount?: boolean;
  readonly metricType?: string;
  readonly help?: string;
  readonly unit?: string;
  readonly request?: {
    readonly Samples?: readonly (CaseItem & { readonly value: number })[];
    readonly Histograms?: readonly (CaseItem & { readonly histogram: CaseHistogram })[];
    readonly Exemplars?: readonly (CaseItem & {
      readonly exemplar_labels: LabelRecord;
      readonly value: number;
    })[];
    readonly Metadata?: readonly (CaseItem & {
      readonly type: string;
      readonly help: string;
      readonly unit: string;
    })[];
  };
}

/** A request and what of it the receiver must say it has written. */
export interface WriteCaseRequest {
  readonly series: readonly SeriesParts[];
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
}

/** @param value the one of `values` that stands for `<value>` */
export function requestOf(one: ReceiverCase, value: string | undefined): WriteCaseRequest {
  const series = seriesOf(one, value);
  const count = (kind: 'samples' | 'histograms' | 'exemplars'): number =>
    series.reduce((sum, { [kind]: items }) => sum + (items?.length ?? 0), 0);
  const stated = one.written ?? one.expectedParams;
  return {
    series,
    samples: stated === undefined ? count('samples') : (stated.samples ?? 0),
    histograms: stated === undefined ? count('histograms') : (one.written?.histograms ?? 0),
    exemplars: stated === undefined ? count('exemplars') : (stated.exemplars ?? 0),
  };
}

function seriesOf(one: ReceiverCase, value: string | undefined): SeriesParts[] {
  const labels = one.labels ?? { __name__: 'test_metric' };
  switch (one.test) {
    case 'TestSingleMetric':
    case 'TestMultipleMetrics': {
      const metrics = one.metrics ?? (one.metric === undefined ? [] : [one.metric]);
      return metrics.map((metric) => sampleOf(recordOf(metric.labels), value ?? 0));
    }
    case 'TestHistograms':
      return [{ labels, histograms: [histogramOf(one)] }];
    case 'TestExemplars':
    case 'TestExemplarSpecialValues':
    case 'TestExemplarValidation': {
      const at = one.exemplar_value ?? one.value ?? 1;
      const exemplarLabels = recordOf(one.exemplarLabels ?? { trace_id: 'trace' });
      const exemplars = [{ labels: exemplarLabels, value: at, timestampMs: NOW_MS }];
      return [{ ...sampleOf(labels, at), exemplars }];
    }
    case 'TestMetadata':
    case 'TestMetadataValidation': {
      const data =
        one.metricType === 'histogram'
          ? { labels, histograms: [{ ...EMPTY_HISTOGRAM, hasPositive: true }] }
          : sampleOf(labels, 1);
      return [{ ...data, metadata: metadataOf(one.metricType, one.help, one.unit) }];
    }
    case 'TestEdgeCaseCombinations':
      return edgeCase(one.name ?? '');
    case 'TestManySamples':
      return many((name, index) => sampleOf({ __name__: name, series: `${index}` }, index));
    case 'TestManyHistograms':
      return many((name, index) => ({
        labels: { __name__: name, bucket: `bucket_${index}` },
        histograms: [
          { ...EMPTY_HISTOGRAM, sum: index, hasPositive: true, hasNegative: index % 2 === 0 },
        ],
      }));
    default:
      return fromRequest(one.request ?? {});
  }
}

const EMPTY_HISTOGRAM: HistogramParts = {
  timestampMs: NOW_MS,
  sum: 1,
  hasPositive: false,
  hasNegative: false,
  hasZero: false,
  isCustom: false,
  isCountWrong: false,
};

function recordOf(labels: LabelRecord | readonly string[]): LabelRecord {
  return Object.fromEntries(Object.entries(labels));
}

function sampleOf(labels: LabelRecord, value: number | string, timestampMs = NOW_MS): SeriesParts {
  return { labels, samples: [{ value, timestampMs }] };
}

function histogramOf(one: ReceiverCase): HistogramParts {
  return {
    timestampMs: NOW_MS,
    sum: 1,
    hasPositive: one.includePositive === true,
    hasNegative: one.includeNegative === true,
    hasZero: one.includeZero === true,
    isCustom: one.useCustomBuckets === true,
    isCountWrong: one.badCount === true,
  };
}

function metadataOf(type = 'counter', help = 'Help.', unit = 'unit') {
  return { type: METADATA_TYPES.indexOf(type), help, unit };
}

function edgeCase(name: string): SeriesParts[] {
  const orphan = { __name__: 'orphan_metric' };
  const exemplar = { labels: { trace_id: 'trace' }, value: 42, timestampMs: NOW_MS };
  switch (name) {
    case 'metadata_without_data':
      return [{ labels: orphan, metadata: metadataOf() }];
    case 'exemplars_without_data':
      return [{ labels: orphan, exemplars: [exemplar] }];
    case 'mixed_timestamp_data':
      return [
        {
          ...sampleOf({ __name__: 'old_metric' }, 1, NOW_MS - HOUR_MS),
          exemplars: [{ ...exemplar, timestampMs: NOW_MS - HOUR_MS / 2 }],
        },
        sampleOf({ __name__: 'new_metric' }, 2),
      ];
    default:
      throw new Error(`no request known for the edge case ${name}`);
  }
}

function many(make: (name: string, index: number) => SeriesParts): SeriesParts[] {
  return Array.from({ length: MANY }, (_, index) => ({
    ...make(`metric_${index}`, index),
    metadata: metadataOf('histogram', `Metric number ${index}`, 'seconds'),
    exemplars: [{ labels: { trace_id: `trace_${index}` }, value: index, timestampMs: NOW_MS }],
  }));
}

function fromRequest(request: ReceiverCase['request'] & object): SeriesParts[] {
  const series = new Map<string, Mutable<SeriesParts>>();
  const seriesFor = (item: CaseItem): Mutable<SeriesParts> => {
    const labels = labelsOf(item);
    const key = JSON.stringify(labels);
    const known = series.get(key) ?? { labels };
    series.set(key, known);
    return known;
  };
  for (const item of request.Samples ?? []) {
    const one = seriesFor(item);
    one.samples = [...(one.samples ?? []), { value: item.value, ...timesOf(item) }];
  }
  for (const item of request.Histograms ?? []) {
    const one = seriesFor(item);
    one.histograms = [...(one.histograms ?? []), { ...timesOf(item), ...partsOf(item.histogram) }];
  }
  for (const item of request.Exemplars ?? []) {
    const one = seriesFor(item);
    const { timestampMs } = timesOf(item);
    const exemplar = { labels: item.exemplar_labels, value: item.value, timestampMs };
    one.exemplars = [...(one.exemplars ?? []), exemplar];
  }
  let all: SeriesParts[] = [...series.values()];
  for (const item of request.Metadata ?? []) {
    all = withMetadata(all, labelsOf(item), metadataOf(item.type, item.help, item.unit));
  }
  return all;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function labelsOf({ labels }: CaseItem): LabelRecord {
  return labels === FROM_REQUIREMENT ? COMPLEX_LABELS : labels;
}

function timesOf({ offset = 0, created }: CaseItem) {
  const startMs = created === undefined ? 0 : NOW_MS - HOUR_MS;
  return { timestampMs: NOW_MS + offset / 1e6, startMs };
}

function partsOf(histogram: CaseHistogram) {
  return {
    sum: histogram.sum,
    hasPositive: histogram.positive_buckets,
    hasNegative: histogram.negative_buckets,
    hasZero: histogram.zero_bucket,
    isCustom: histogram.custom_buckets,
    isCountWrong: histogram.wrong_count,
  };
}
