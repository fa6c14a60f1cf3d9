/** The seam into the store: how collector and rules hand samples over. */
import type { FloatHistogram } from './histogram.ts';
import type { Labels } from './labels.ts';

/** Dense number of a series in this process, from 1; 0 is no series. Valid until the process ends. */
export type SeriesRef = number;
export const NO_SERIES: SeriesRef = 0;

/** A new series refused because a series limit is reached. Known series go on. */
export class SeriesLimitError extends Error {
  override readonly name = 'SeriesLimitError';
}

/** Why single samples of a batch were not taken. All are counted in metrics by the sink. */
export interface AppendResult {
  readonly appended: number;
  /** Older than the out-of-order window. */
  readonly tooOld: number;
  /** Further in the future than the sink accepts. */
  readonly tooNew: number;
  /** Same series and timestamp as a stored sample, another value. */
  readonly duplicates: number;
}

/** Rows of any series and times, e.g. a remote write request. The sink copies what it keeps. */
export interface SampleBatch {
  readonly count: number;
  readonly refs: Uint32Array;
  readonly timestampsMs: Float64Array;
  /** May hold stale markers (see value-bits.ts). */
  readonly values: Float64Array;
}

export interface HistogramSample {
  readonly ref: SeriesRef;
  readonly timestampMs: number;
  readonly histogram: FloatHistogram;
}

export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Its own timestamp, or that of the sample it came with. */
  readonly timestampMs: number;
}

export interface ExemplarSample extends Exemplar {
  readonly ref: SeriesRef;
}

export type MetricType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'unknown';

export interface MetricMetadata {
  readonly metricName: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
}

/**
 * The columns of one scrape target: every scrape is one row, and row after row has the same
 * columns. The fast way in.
 */
export interface ScrapeWriter {
  /**
   * Sets the series of the columns. Cheap when the old layout is a prefix of the new one, so a
   * caller adds columns at the end and leaves ended ones absent until it lays them out anew.
   * @param refs copied
   */
  setLayout(refs: Uint32Array): void;
  /**
   * One scrape. `values[i]` belongs to column i; a column without a sample holds the absent
   * marker, an ended one the stale marker (value-bits.ts). Rows whose time is not after the row
   * before are taken as out-of-order samples.
   * @param values at least as long as the layout; copied
   */
  appendRow(timestampMs: number, values: Float64Array): AppendResult;
  close(): void;
}

export interface SampleSink {
  /**
   * The reference of a label set; a new series is made when there is none.
   * @throws SeriesLimitError naming the label that has the most values
   */
  resolve(labels: Labels): SeriesRef;
  openScrapeWriter(): ScrapeWriter;
  append(batch: SampleBatch): AppendResult;
  appendHistograms(samples: readonly HistogramSample[]): AppendResult;
  appendExemplars(exemplars: readonly ExemplarSample[]): void;
  appendMetadata(metadata: readonly MetricMetadata[]): void;
  /**
   * Resolves when all that was appended before the call survives kill -9.
   * @throws StoreUnavailableError when it cannot be kept now (disk full, spool full)
   */
  commit(): Promise<void>;
}

/** The store cannot take or give data now; the caller should come again after `retryAfterMs`. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
