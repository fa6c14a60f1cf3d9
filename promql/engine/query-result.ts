/** What a query gives. Columns throughout, so that an answer can be written without an object per point. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';

interface ScalarResult {
  readonly kind: 'scalar';
  readonly timeMs: number;
  readonly value: number;
}

interface StringResult {
  readonly kind: 'string';
  readonly timeMs: number;
  readonly value: string;
}

/** One sample per series, all at the time of the query. The order is that of the query. */
export interface VectorResult {
  readonly kind: 'vector';
  readonly timeMs: number;
  readonly labels: readonly Labels[];
  /** Meaningless where `histograms` has an entry. */
  readonly values: Float64Array;
  readonly histograms: readonly (FloatHistogram | undefined)[] | undefined;
}

/** Floats and histograms apart, each with its own times; series without both do not occur. */
export interface ResultSeries {
  readonly labels: Labels;
  /** May be shared between series: not to be changed. */
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly histogramTimestampsMs: Float64Array;
  readonly histograms: readonly FloatHistogram[];
}

/** Series in the order of their labels. */
export interface MatrixResult {
  readonly kind: 'matrix';
  readonly series: readonly ResultSeries[];
}

export type ResultValue = ScalarResult | StringResult | VectorResult | MatrixResult;

/** Seconds spent, by the names of Prometheus' API. */
export interface QueryTimings {
  readonly evalTotalTime: number;
  readonly resultSortTime: number;
  readonly queryPreparationTime: number;
  readonly innerEvalTime: number;
  readonly execQueueTime: number;
  readonly execTotalTime: number;
}

interface QuerySampleStats {
  readonly totalQueryableSamples: number;
  readonly samplesRead: number;
  readonly peakSamples: number;
  /** One entry per step from `startMs` on; undefined unless asked for. */
  readonly totalQueryableSamplesPerStep: Float64Array | undefined;
  readonly samplesReadPerStep: Float64Array | undefined;
  readonly startMs: number;
  readonly stepMs: number;
}

export interface QueryStats {
  readonly timings: QueryTimings;
  readonly samples: QuerySampleStats;
}

export interface QueryResult {
  readonly value: ResultValue;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly stats: QueryStats;
}
