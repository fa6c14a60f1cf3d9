/** `up` and its like: samples about a scrape. */
import type { Labels } from '../../model/labels.ts';
import type { ReportSample } from '../ingest/target-ingest.ts';
import { reportLabels } from './sample-labels.ts';

export interface ScrapeReport {
  readonly isUp: boolean;
  readonly durationSeconds: number;
  readonly scraped: number;
  readonly kept: number;
  readonly seriesAdded: number;
}

/** Only with `extra_scrape_metrics`. */
export interface ExtraReport {
  readonly timeoutSeconds: number;
  readonly sampleLimit: number;
  /** -1 for a page above its limit. */
  readonly bodyBytes: number;
}

const NAMES = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
];
const EXTRA_NAMES = ['scrape_timeout_seconds', 'scrape_sample_limit', 'scrape_body_size_bytes'];

/** Makes the samples of one target; their labels are the same objects each time. */
export class ReportSamples {
  readonly #labels: readonly Labels[];

  constructor(target: Labels) {
    this.#labels = [...NAMES, ...EXTRA_NAMES].map((name) => reportLabels(name, target));
  }

  of(report: ScrapeReport, extra: ExtraReport | undefined): readonly ReportSample[] {
    const { isUp, durationSeconds, scraped, kept, seriesAdded } = report;
    const values = [isUp ? 1 : 0, durationSeconds, scraped, kept, seriesAdded];
    if (extra !== undefined) values.push(extra.timeoutSeconds, extra.sampleLimit, extra.bodyBytes);
    return values.map((value, index) => ({ labels: this.#labels[index] as Labels, value }));
  }
}
