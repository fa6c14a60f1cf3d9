/** What a page goes through before it is read, for targets that do not expose what is wanted as it is wanted. */
import type { ReportSample } from '../ingest/target-ingest.ts';
import type { Page } from './fetch-page.ts';
import type { Target } from './target.ts';

export interface PreparedPage extends Page {
  /** False: all samples get the scrape's time, even if the page says otherwise. */
  readonly trustsTimestamps: boolean;
  /** Samples about the page, stored with `up`. The label sets are the same objects each time. */
  readonly also: readonly ReportSample[];
}

/** Of one target; may remember what it saw. */
export interface PagePreparer {
  /**
   * @param page may be changed in place, and what is returned may be a part of it
   * @throws Error for a page that is not what the target should expose: the scrape has failed
   */
  prepare(page: Page, scrapeTimeMs: number): PreparedPage;
}

export type OpenPreparer = (target: Target) => PagePreparer;
