/** Scrapes one target again and again. */
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/logger.ts';
import type { BodyBufferPool } from '../http/body-buffer.ts';
import type { HttpRequester } from '../http/http-client.ts';
import { BodySizeError, CanceledError, DeadlineError } from '../http/http-error.ts';
import type { IngestStats } from '../ingest/ingest-options.ts';
import type { ReportSample } from '../ingest/target-ingest.ts';
import { type FetchSettings, fetchPage } from './fetch-page.ts';
import { goDurationText } from './go-duration.ts';
import type { IngestSlot } from './ingest-slot.ts';
import type { OpenPreparer, PagePreparer } from './page-preparer.ts';
import { ReportSamples } from './report-samples.ts';
import { ScrapeGrid } from './scrape-grid.ts';
import { countRefusals, type ScrapeMetrics } from './scrape-metrics.ts';
import type { Target } from './target.ts';

/** What all loops share. */
export interface LoopContext {
  readonly clock: Clock;
  readonly metrics: ScrapeMetrics;
  readonly buffers: BodyBufferPool;
}

/** What the loops of one pool share; replaced as a whole when the configuration changes. */
export interface LoopSettings {
  readonly client: HttpRequester;
  /** Makes pages ready to be read; pages are read as they come when absent. */
  readonly openPreparer: OpenPreparer | undefined;
  readonly fetch: FetchSettings;
  readonly sampleLimit: number;
  readonly hasExtraMetrics: boolean;
  readonly logger: Logger;
  /** Takes failed scrapes, for `scrape_failure_log_file`. */
  readonly onFailure: (target: Target, error: string) => void;
}

/** Of the interval, waited on top before a target that is gone is declared so. */
const END_MARGIN_RATIO = 0.1;

export class ScrapeLoop {
  readonly target: Target;
  readonly slot: IngestSlot;
  readonly #context: LoopContext;
  readonly #samples: ReportSamples;
  #settings: LoopSettings;
  #preparer: PagePreparer | undefined;
  /** Every scrape fails with it, unasked; '' for none. */
  forcedError = '';
  #grid: ScrapeGrid | undefined;
  #lastStartMs: number | undefined;
  #lastBodyBytes = 0;
  #cancelTimer: () => void = () => undefined;
  #abort: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  #state: 'scraping' | 'ending' | 'over' = 'scraping';
  readonly #intervalMetrics: readonly { observe(seconds: number): void }[];

  constructor(target: Target, slot: IngestSlot, settings: LoopSettings, context: LoopContext) {
    this.target = target;
    this.slot = slot;
    this.#settings = settings;
    this.#preparer = settings.openPreparer?.(target);
    this.#context = context;
    this.#samples = new ReportSamples(target.labels);
    const interval = goDurationText(target.intervalMs);
    this.#intervalMetrics = [
      context.metrics.intervalSeconds.labels(interval),
      context.metrics.intervalHistogramSeconds.labels(interval),
    ];
  }

  /**
   * @param delayMs waited before the first scrape
   * @param extraAfterMs a scrape beside those of the interval comes so long after the first
   */
  start(delayMs: number, extraAfterMs?: number): void {
    const { clock } = this.#context;
    const { intervalMs } = this.target;
    this.#cancelTimer = clock.schedule(delayMs, () => {
      this.#grid = new ScrapeGrid(intervalMs, clock.nowMs(), clock.monotonicMs());
      const isEarly = extraAfterMs !== undefined && extraAfterMs < intervalMs;
      this.#tick(this.#grid, isEarly ? extraAfterMs : undefined);
    });
  }

  /** From the next scrape on. */
  configure(settings: LoopSettings): void {
    const isSame = settings.openPreparer === this.#settings.openPreparer;
    if (!isSame) this.#preparer = settings.openPreparer?.(this.target);
    this.#settings = settings;
  }

  /**
   * The target is gone. A scrape under way is finished; its series are marked stale a good two
   * intervals later, unless another loop takes the slot over until then.
   */
  end(onOver: () => void): void {
    if (this.#state !== 'scraping') return;
    this.#state = 'ending';
    this.#cancelTimer();
    void this.#running.then(() => {
      if (this.#state === 'ending') this.#awaitEnd(onOver);
    });
  }

  /** Gives the slot away: nothing more is written by this loop. */
  release(): IngestSlot {
    this.#stopNow();
    return this.slot;
  }

  /** The program ends: no stale markers, since the next one goes on. Resolves when all is still. */
  async shutdown(): Promise<void> {
    this.#stopNow();
    await this.#running;
    this.slot.close();
  }

  #stopNow(): void {
    this.#state = 'over';
    this.#cancelTimer();
    this.#abort?.abort(new CanceledError());
  }

  #tick(grid: ScrapeGrid, extraAfterMs?: number): void {
    const { clock } = this.#context;
    this.#running = this.#scrape(grid).then(() => {
      if (this.#state !== 'scraping') return;
      const delayMs = extraAfterMs ?? grid.nextDelayMs(clock.monotonicMs());
      this.#cancelTimer = clock.schedule(delayMs, () => this.#tick(grid));
    });
  }

  async #scrape(grid: ScrapeGrid): Promise<void> {
    const { clock, metrics } = this.#context;
    const startMs = clock.monotonicMs();
    const timestampMs = grid.timestampMs(clock.nowMs(), startMs);
    if (this.#lastStartMs !== undefined) {
      const seconds = (startMs - this.#lastStartMs) / 1000;
      for (const metric of this.#intervalMetrics) metric.observe(seconds);
    }
    this.#lastStartMs = startMs;
    const settings = this.#settings;
    try {
      const outcome = await this.#fetchAndIngest(timestampMs, settings);
      if (this.#state === 'over') return;
      this.#report(timestampMs, clock.monotonicMs() - startMs, outcome, settings);
    } catch (error) {
      // Nothing that a target or the network does ends here: the store, or a bug.
      settings.logger.error('scrape could not be stored', { target: this.target.url, error });
      this.#setStatus(timestampMs, clock.monotonicMs() - startMs, errorText(error));
    }
    metrics.durationSeconds.observe((clock.monotonicMs() - startMs) / 1000);
  }

  async #fetchAndIngest(timestampMs: number, settings: LoopSettings): Promise<ScrapeOutcome> {
    if (this.forcedError !== '') {
      this.slot.at(timestampMs).fail(timestampMs);
      return { ...NOTHING, error: this.forcedError };
    }
    const { buffers, clock, metrics } = this.#context;
    const abort = new AbortController();
    this.#abort = abort;
    const cancelDeadline = clock.schedule(this.target.timeoutMs, () =>
      abort.abort(new DeadlineError()),
    );
    const buffer = buffers.take();
    try {
      const page = await fetchPage(
        settings.client,
        this.target,
        settings.fetch,
        buffer,
        this.#lastBodyBytes,
        abort.signal,
      );
      if (this.#isOver()) return NOTHING;
      if (page.body.length > 0) this.#lastBodyBytes = page.body.length;
      const prepared = this.#preparer?.prepare(page, timestampMs);
      const { body, contentType } = prepared ?? page;
      const ingest = this.slot.at(timestampMs);
      if (prepared !== undefined) ingest.setTimestampsTrusted(prepared.trustsTimestamps);
      const stats = await ingest.ingestInSlices(body, contentType, timestampMs);
      // Another loop may have taken the slot over between two slices.
      if (this.#isOver()) return NOTHING;
      countRefusals(stats, metrics);
      if (stats.error !== undefined) ingest.fail(timestampMs);
      const error = stats.error?.message ?? '';
      return { stats, error, bodyBytes: page.body.length, also: prepared?.also ?? [] };
    } catch (error) {
      if (this.#isOver()) return NOTHING;
      const isTooLarge = error instanceof BodySizeError;
      if (isTooLarge) metrics.exceededBodySizeLimit.inc();
      this.slot.at(timestampMs).fail(timestampMs);
      return { ...NOTHING, error: errorText(error), bodyBytes: isTooLarge ? -1 : 0 };
    } finally {
      cancelDeadline();
      this.#abort = undefined;
      buffers.give(buffer);
    }
  }

  /** To be asked anew after every wait. */
  #isOver(): boolean {
    return this.#state === 'over';
  }

  #report(
    timestampMs: number,
    durationMs: number,
    outcome: ScrapeOutcome,
    settings: LoopSettings,
  ): void {
    this.#setStatus(timestampMs, durationMs, outcome.error);
    const { scraped, kept, seriesAdded } = outcome.stats;
    const isUp = outcome.error === '';
    const extra = settings.hasExtraMetrics
      ? {
          timeoutSeconds: this.target.timeoutMs / 1000,
          sampleLimit: settings.sampleLimit,
          bodyBytes: outcome.bodyBytes,
        }
      : undefined;
    const durationSeconds = durationMs / 1000;
    const samples = { isUp, durationSeconds, scraped, kept, seriesAdded };
    const entries = [...this.#samples.of(samples, extra), ...outcome.also];
    this.slot.at(timestampMs).report(timestampMs, entries);
    if (isUp) return;
    settings.logger.debug('scrape failed', { target: this.target.url, error: outcome.error });
    settings.onFailure(this.target, outcome.error);
  }

  #setStatus(lastScrapeMs: number, lastScrapeDurationMs: number, lastError: string): void {
    const health = lastError === '' ? 'up' : 'down';
    this.target.status = { health, lastError, lastScrapeMs, lastScrapeDurationMs };
  }

  #awaitEnd(onOver: () => void): void {
    const { clock } = this.#context;
    const { intervalMs } = this.target;
    if (this.#grid === undefined) {
      // Never scraped: nothing to mark.
      this.#state = 'over';
      this.slot.close();
      return onOver();
    }
    const toNextMs = this.#grid.nextDelayMs(clock.monotonicMs());
    const staleMs = Math.round(clock.nowMs() + toNextMs);
    // Had the target come back under another address, it would have been scraped by then.
    this.#cancelTimer = clock.schedule(toNextMs + intervalMs * (1 + END_MARGIN_RATIO), () => {
      this.#state = 'over';
      this.slot.end(staleMs);
      onOver();
    });
  }
}

interface ScrapeOutcome {
  readonly stats: Pick<IngestStats, 'scraped' | 'kept' | 'seriesAdded'>;
  /** '' when all went well. */
  readonly error: string;
  /** -1 when the page was too large. */
  readonly bodyBytes: number;
  /** What the preparer says beside the page. */
  readonly also: readonly ReportSample[];
}

const NOTHING: ScrapeOutcome = {
  stats: { scraped: 0, kept: 0, seriesAdded: 0 },
  error: '',
  bodyBytes: 0,
  also: [],
};

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
