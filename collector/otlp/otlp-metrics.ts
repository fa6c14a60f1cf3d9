/**
 * An OTLP metrics request as data, the same for both encodings. Field by field it is
 * `opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest`, of which only what we
 * use is kept: attribute values are already texts (see any-value.ts), times are milliseconds.
 */

/** name, value, name, value … in the order of the message; a name may come twice. */
export type Attributes = readonly string[];

export interface OtlpResourceMetrics {
  readonly attributes: Attributes;
  readonly scopes: readonly OtlpScopeMetrics[];
}

export interface OtlpScopeMetrics {
  readonly name: string;
  readonly version: string;
  readonly schemaUrl: string;
  readonly attributes: Attributes;
  readonly metrics: readonly OtlpMetric[];
}

export type Temporality = 'unspecified' | 'delta' | 'cumulative';

export const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative'];

interface MetricHead {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
}

export type OtlpMetricData =
  | { readonly kind: 'gauge'; readonly points: readonly NumberPoint[] }
  | {
      readonly kind: 'sum';
      readonly points: readonly NumberPoint[];
      readonly temporality: Temporality;
      readonly isMonotonic: boolean;
    }
  | {
      readonly kind: 'histogram';
      readonly points: readonly HistogramPoint[];
      readonly temporality: Temporality;
    }
  | {
      readonly kind: 'exponential';
      readonly points: readonly ExponentialPoint[];
      readonly temporality: Temporality;
    }
  | { readonly kind: 'summary'; readonly points: readonly SummaryPoint[] }
  /** A type of metric newer than we are. */
  | { readonly kind: 'none'; readonly points: readonly [] };

export type OtlpMetric = MetricHead & OtlpMetricData;

export interface PointHead {
  readonly attributes: Attributes;
  readonly timestampMs: number;
  /** 0 when not given. */
  readonly startMs: number;
  /** The series ends here: the values mean nothing. */
  readonly hasNoValue: boolean;
}

export interface NumberPoint extends PointHead {
  readonly value: number;
  readonly exemplars: readonly OtlpExemplar[];
}

export interface HistogramPoint extends PointHead {
  readonly count: number;
  readonly sum: number | undefined;
  /** Of each bucket alone; one more than bounds, or none at all. */
  readonly bucketCounts: readonly number[];
  readonly bounds: readonly number[];
  readonly exemplars: readonly OtlpExemplar[];
}

export interface DenseBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

/** Bucket `offset + i` covers (base^index, base^(index+1)] with base = 2^(2^-scale). */
export interface ExponentialPoint extends PointHead {
  readonly count: number;
  readonly sum: number | undefined;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: DenseBuckets;
  readonly negative: DenseBuckets;
  readonly exemplars: readonly OtlpExemplar[];
}

export interface SummaryPoint extends PointHead {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

export interface OtlpExemplar {
  readonly attributes: Attributes;
  readonly timestampMs: number;
  readonly value: number;
  /** Hexadecimal, '' when there is none. */
  readonly traceId: string;
  readonly spanId: string;
}

/** A body that is no OTLP request; the text says why. */
export class OtlpFormatError extends Error {
  override readonly name = 'OtlpFormatError';
}

/** No histogram in earnest has more; a message with more is an attack on memory. */
export const OTLP_BUCKETS_MAX = 100_000;
