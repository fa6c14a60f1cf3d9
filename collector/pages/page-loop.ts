/** A target whose page we make ourselves: read again and again, stored as a scrape is. */

import type { Clock } from '../../model/clock.ts';
import type { Labels } from '../../model/labels.ts';
import type { Logger } from '../../model/logger.ts';
import type { SampleSink } from '../../model/sink.ts';
import { INGEST_DEFAULTS } from '../ingest/ingest-options.ts';
import { TargetIngest } from '../ingest/target-ingest.ts';
import { Relabeler } from '../relabel/relabeler.ts';
import { ReportSamples } from '../scrape/report-samples.ts';
import { mutateSampleLabels } from '../scrape/sample-labels.ts';
import { firstDelayMs, ScrapeGrid } from '../scrape/scrape-grid.ts';

/** Content type of a page in Prometheus' text format. */
export const TEXT_PAGE = 'text/plain; version=0.0.4';

export interface Page {
  /** Not kept, but must not change until it is stored. */
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Samples of this cycle that the maker has stored by other ways; counted in `scrape_samples_scraped`. */
  readonly samplesBeside?: number;
}

export interface PageLoopOptions {
  readonly sink: SampleSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Those of the target: `job`, `instance`, … Labels on the page win (`honor_labels`). */
  readonly labels: Labels;
  readonly intervalMs: number;
  /**
   * At multiples of the interval, or at the place in it that belongs to the labels, so that many
   * targets are spread.
   */
  readonly start: 'aligned' | 'spread';
  /**
   * Makes the page of one cycle. A failure makes `up` 0 and ends the series of the page, as that of
   * a scrape does. The signal fires after an interval, and when the loop ends.
   */
  readonly read: (timestampMs: number, signal: AbortSignal) => Promise<Page>;
}

export interface PageLoopStatus {
  /** undefined: not read yet. */
  readonly lastReadMs: number | undefined;
  readonly lastDurationMs: number;
  /** '' when all went well. */
  readonly lastError: string;
}

/** What `up` and its like are made from. */
interface Outcome {
  readonly error: string;
  readonly scraped: number;
  readonly kept: number;
  readonly seriesAdded: number;
}

/** One self-made target. `start` it once; `end` when it is gone, `close` when the program stops. */
export class PageLoop {
  readonly #options: PageLoopOptions;
  readonly #ingest: TargetIngest;
  readonly #reports: ReportSamples;
  #status: PageLoopStatus = { lastReadMs: undefined, lastDurationMs: 0, lastError: '' };
  #cancelTimer: () => void = () => undefined;
  #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(options: PageLoopOptions) {
    this.#options = options;
    const { labels } = options;
    const relabeler = new Relabeler([]);
    this.#ingest = new TargetIngest(options.sink, {
      ...INGEST_DEFAULTS,
      mutate: (scraped) => mutateSampleLabels(scraped, labels, true, relabeler),
    });
    this.#reports = new ReportSamples(labels);
  }

  get status(): PageLoopStatus {
    return this.#status;
  }

  start(): void {
    const { clock, intervalMs, labels, start } = this.#options;
    const nowMs = clock.nowMs();
    const delayMs =
      start === 'aligned'
        ? (intervalMs - (nowMs % intervalMs)) % intervalMs
        : firstDelayMs(labels.key, 0n, intervalMs, nowMs);
    this.#cancelTimer = clock.schedule(delayMs, () => {
      this.#tick(new ScrapeGrid(intervalMs, clock.nowMs(), clock.monotonicMs()));
    });
  }

  /** The target is gone: its series are marked stale now. Resolves when nothing comes any more. */
  async end(): Promise<void> {
    await this.#stop();
    const lastMs = this.#status.lastReadMs;
    if (lastMs === undefined) this.#ingest.close();
    else this.#ingest.end(Math.max(this.#options.clock.nowMs(), lastMs + 1));
  }

  /** The program stops: nothing is marked stale, since the next one goes on. */
  async close(): Promise<void> {
    await this.#stop();
    this.#ingest.close();
  }

  async #stop(): Promise<void> {
    this.#isOver = true;
    this.#cancelTimer();
    this.#abort.abort();
    await this.#running;
  }

  #tick(grid: ScrapeGrid): void {
    const { clock } = this.#options;
    this.#running = this.#cycle(grid).then(() => {
      if (this.#isOver) return;
      this.#cancelTimer = clock.schedule(grid.nextDelayMs(clock.monotonicMs()), () =>
        this.#tick(grid),
      );
    });
  }

  async #cycle(grid: ScrapeGrid): Promise<void> {
    const { clock, logger, labels } = this.#options;
    const startMs = clock.monotonicMs();
    const timestampMs = grid.timestampMs(clock.nowMs(), startMs);
    let outcome: Outcome;
    try {
      outcome = await this.#readAndStore(timestampMs);
      if (this.#isOver) return;
      const durationMs = clock.monotonicMs() - startMs;
      this.#report(timestampMs, durationMs, outcome);
    } catch (error) {
      // Not what is read: the store, or a bug.
      logger.error('a page could not be stored', { target: labels.toString(), error });
      outcome = failed(error);
    }
    const lastDurationMs = clock.monotonicMs() - startMs;
    this.#status = { lastReadMs: timestampMs, lastDurationMs, lastError: outcome.error };
  }

  async #readAndStore(timestampMs: number): Promise<Outcome> {
    const { clock, intervalMs, read } = this.#options;
    const abort = new AbortController();
    this.#abort = abort;
    const cancelDeadline = clock.schedule(intervalMs, () =>
      abort.abort(new Error(`not read within ${intervalMs} ms`)),
    );
    let page: Page;
    try {
      page = await read(timestampMs, abort.signal);
    } catch (error) {
      if (!this.#isOver) this.#ingest.fail(timestampMs);
      return failed(abort.signal.aborted ? abort.signal.reason : error);
    } finally {
      cancelDeadline();
    }
    if (this.#isOver) return NOTHING;
    const stats = await this.#ingest.ingestInSlices(page.body, page.contentType, timestampMs);
    if (this.#isOver) return NOTHING;
    if (stats.error !== undefined) {
      this.#ingest.fail(timestampMs);
      return failed(stats.error);
    }
    const beside = page.samplesBeside ?? 0;
    const { scraped, kept, seriesAdded } = stats;
    return { error: '', scraped: scraped + beside, kept: kept + beside, seriesAdded };
  }

  #report(timestampMs: number, durationMs: number, outcome: Outcome): void {
    const { error, scraped, kept, seriesAdded } = outcome;
    const isUp = error === '';
    const report = { isUp, durationSeconds: durationMs / 1000, scraped, kept, seriesAdded };
    this.#ingest.report(timestampMs, this.#reports.of(report, undefined));
    if (isUp) return;
    const target = this.#options.labels.toString();
    this.#options.logger.debug('a page could not be read', { target, error });
  }
}

const NOTHING: Outcome = { error: '', scraped: 0, kept: 0, seriesAdded: 0 };

function failed(error: unknown): Outcome {
  return { ...NOTHING, error: error instanceof Error ? error.message : String(error) };
}
