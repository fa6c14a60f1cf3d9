/** What a target's page is read with, and what comes of it. */
import type { Labels } from '../../model/labels.ts';
import type { SeriesLimitError } from '../../model/sink.ts';

/** Each limit: 0 is none. */
export interface IngestLimits {
  /** Samples left after relabelling; a page with more is refused whole. */
  readonly sampleLimit: number;
  readonly labelLimit: number;
  /** Bytes. */
  readonly labelNameLengthLimit: number;
  /** Bytes. */
  readonly labelValueLengthLimit: number;
  /** Buckets of a native histogram; one with more loses resolution until it fits. */
  readonly bucketLimit: number;
  /** Smallest growth factor between buckets of a native histogram that is kept. */
  readonly minBucketFactor: number;
}

const NO_LIMITS: IngestLimits = {
  sampleLimit: 0,
  labelLimit: 0,
  labelNameLengthLimit: 0,
  labelValueLengthLimit: 0,
  bucketLimit: 0,
  minBucketFactor: 0,
};

export interface IngestOptions {
  /**
   * Target labels and metric relabelling; undefined drops the series. Called once per series, not
   * per sample: when its result would change, make a new TargetIngest.
   */
  readonly mutate: (scraped: Labels) => Labels | undefined;
  readonly limits: IngestLimits;
  /** `legacy`: names must be those of Prometheus 2. */
  readonly validationScheme: 'utf8' | 'legacy';
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly scrapeNativeHistograms: boolean;
  readonly alwaysScrapeClassicHistograms: boolean;
  readonly convertClassicHistogramsToNhcb: boolean;
  /** Media type of `fallback_scrape_protocol`, '' when none is set. */
  readonly fallbackContentType: string;
}

/** The defaults of a scrape configuration. */
export const INGEST_DEFAULTS: Omit<IngestOptions, 'mutate'> = {
  limits: NO_LIMITS,
  validationScheme: 'utf8',
  honorTimestamps: true,
  trackTimestampsStaleness: false,
  scrapeNativeHistograms: false,
  alwaysScrapeClassicHistograms: false,
  convertClassicHistogramsToNhcb: false,
  fallbackContentType: '',
};

/** What one page came to. Counts are Prometheus' of the same names in `scrapeLoop.append`. */
export interface IngestStats {
  /** Why nothing of the page was kept; the counts go as far as it was read. */
  readonly error: IngestError | undefined;
  /** `scrape_samples_scraped`. */
  readonly scraped: number;
  /** `scrape_samples_post_metric_relabeling`. */
  readonly kept: number;
  /** `scrape_series_added`. */
  readonly seriesAdded: number;
  /** Series given twice with different values, of which the first counts. */
  readonly duplicates: number;
  /** Samples with own timestamps that the store takes no more, or not yet. */
  readonly tooOld: number;
  readonly tooNew: number;
  /** New series that the store refused; known ones are kept. */
  readonly seriesRefused: number;
  readonly refusal: SeriesLimitError | undefined;
}

export type IngestErrorKind =
  | 'parse'
  | 'content_type'
  | 'invalid_labels'
  | 'sample_limit'
  | 'label_limits'
  | 'bucket_limit'
  | 'abandoned';

/** A page that is refused whole. */
export class IngestError extends Error {
  override readonly name = 'IngestError';
  readonly kind: IngestErrorKind;

  constructor(kind: IngestErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
