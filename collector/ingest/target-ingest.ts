/** What a scrape loop hands its pages to: samples into the store, ended series marked stale. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Labels } from '../../model/labels.ts';
import {
  type AppendResult,
  type MetricMetadata,
  type SampleSink,
  SeriesLimitError,
  type SeriesRef,
} from '../../model/sink.ts';
import { type ExpositionFormat, formatOf } from '../exposition/content-type.ts';
import { ExpositionError } from '../exposition/exposition-error.ts';
import { EntryIndex } from './entry-index.ts';
import { IngestError, type IngestOptions, type IngestStats } from './ingest-options.ts';
import { MetadataMemory } from './metadata-memory.ts';
import { PageMemory } from './page-memory.ts';
import type { PageReader } from './page-reader.ts';
import { newPageReader } from './page-readers.ts';
import { PageSamples } from './page-samples.ts';
import { ScrapeColumns } from './scrape-columns.ts';
import { SeriesIndex } from './series-index.ts';
import { SeriesMaker } from './series-maker.ts';
import { NO_COLUMN, SeriesSlots } from './series-slots.ts';

/** A sample about the scrape itself, such as `up`. */
export interface ReportSample {
  /** Final labels. The same object in every scrape is looked up once. */
  readonly labels: Labels;
  readonly value: number;
}

/** Some four milliseconds. */
const SLICE_STEPS = 40_000;

const NOTHING_APPENDED: AppendResult = { appended: 0, tooOld: 0, tooNew: 0, duplicates: 0 };

/**
 * One target. A scrape is `ingest` or `fail`, then `report`, with one time; `report` writes the
 * row of both. Times ascend from scrape to scrape.
 *
 * Memory: the last page's bytes (with an eighth to spare) and about 150 bytes per line and
 * series; a page has at most as many as `body_size_limit` lets through.
 */
export class TargetIngest {
  readonly #sink: SampleSink;
  readonly #options: IngestOptions;
  readonly #slots = new SeriesSlots();
  readonly #memory = new PageMemory();
  readonly #metadata = new MetadataMemory();
  readonly #columns: ScrapeColumns;
  readonly #samples: PageSamples;
  readonly #index: SeriesIndex;
  readonly #entries = new EntryIndex(this.#slots);
  readonly #maker: SeriesMaker;
  readonly #readers = new Map<ExpositionFormat, PageReader>();
  readonly #reportRefs = new WeakMap<Labels, SeriesRef>();
  #page = 0;
  /** The page whose values the row holds, when it was good and its lines stand for themselves. */
  #rowPage = 0;
  #format: ExpositionFormat | undefined = undefined;
  #rowTimeMs: number | undefined = undefined;
  /** Of the page that is being read. */
  #reader: PageReader | undefined = undefined;

  constructor(sink: SampleSink, options: IngestOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#columns = new ScrapeColumns(sink);
    this.#samples = new PageSamples(this.#slots, this.#columns, options);
    this.#index = new SeriesIndex(this.#slots, this.#memory);
    this.#maker = new SeriesMaker(this.#slots, options);
  }

  /** Metric families as last exposed. */
  get metadata(): Iterable<MetricMetadata> {
    return this.#metadata.all;
  }

  /**
   * Reads a page. All or nothing: with an `error` in the stats nothing was kept, and the caller
   * goes on with `fail`.
   * @param body uncompressed; not kept
   * @param contentType header of the answer, '' when it has none
   */
  ingest(body: Uint8Array, contentType: string, scrapeTimeMs: number): IngestStats {
    this.#begin();
    try {
      this.#open(body, contentType);
      while (this.#advance(Number.POSITIVE_INFINITY));
      return this.#accept(body, scrapeTimeMs);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  /**
   * The same, in slices of a few milliseconds with others' turns between them. What is called on
   * this target in between ends the page, which then comes back as abandoned: the caller must not
   * go on with `fail`.
   * @param body must not change until the promise settles
   */
  async ingestInSlices(
    body: Uint8Array,
    contentType: string,
    scrapeTimeMs: number,
  ): Promise<IngestStats> {
    const page = this.#begin();
    try {
      this.#open(body, contentType);
      while (this.#advance(SLICE_STEPS)) {
        await othersTurn();
        if (this.#page !== page) return ABANDONED;
      }
      return this.#accept(body, scrapeTimeMs);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  /**
   * Timestamps of pages to come count only while they are trusted (and the options honour them);
   * what is not trusted gets the scrape's time.
   */
  setTimestampsTrusted(isTrusted: boolean): void {
    // Lines are not compared with those of a page that was read in another way.
    if (this.#samples.trustTimestamps(isTrusted)) this.#rowPage = 0;
  }

  /** The scrape failed: every series that the target had ends now. */
  fail(scrapeTimeMs: number): void {
    this.#begin();
    this.#rowPage = 0;
    this.#samples.settle(this.#sink, scrapeTimeMs);
    this.#rowTimeMs = scrapeTimeMs;
  }

  /**
   * Adds the samples about the scrape and writes its row.
   * @throws SeriesLimitError, after the row is written, when a series about the scrape is new and
   *   the store takes no more
   */
  report(scrapeTimeMs: number, entries: readonly ReportSample[]): AppendResult {
    if (this.#rowTimeMs !== scrapeTimeMs) this.#finishRow();
    this.#rowTimeMs = scrapeTimeMs;
    let refusal: SeriesLimitError | undefined;
    for (const entry of entries) {
      try {
        this.#addReport(entry);
      } catch (error) {
        if (!(error instanceof SeriesLimitError)) throw error;
        refusal = error;
      }
    }
    const result = this.#finishRow();
    if (refusal !== undefined) throw refusal;
    return result;
  }

  /** The target is gone: all its series end, those about the scrape too. Nothing comes after. */
  end(timestampMs: number): void {
    this.fail(timestampMs);
    this.close();
  }

  /** Nothing comes after, and nothing is marked stale: another process goes on with the series. */
  close(): void {
    this.#begin();
    this.#columns.close();
    this.#memory.forget();
  }

  /** Makes way for a new page. @returns its number */
  #begin(): number {
    this.#abandon();
    this.#finishRow();
    this.#samples.begin(++this.#page);
    this.#maker.begin();
    return this.#page;
  }

  #open(body: Uint8Array, contentType: string): void {
    // An empty answer is an empty page, whatever its type.
    if (body.length === 0) return;
    const reader = this.#readerOf(contentType);
    this.#reader = reader;
    reader.start(body, this.#rowPage);
  }

  /** @returns false when the page is read */
  #advance(steps: number): boolean {
    return this.#reader !== undefined && !this.#reader.advance(steps);
  }

  #accept(body: Uint8Array, scrapeTimeMs: number): IngestStats {
    const samples = this.#samples;
    this.#checkSampleLimit();
    this.#reader?.keep(body);
    this.#reader?.release();
    this.#reader = undefined;
    const result = samples.settle(this.#sink, scrapeTimeMs);
    this.#forgetUnseen(this.#page);
    const metadata = this.#metadata.takeChanged();
    if (metadata.length > 0) this.#sink.appendMetadata(metadata);
    this.#rowPage = samples.hasRepeats || samples.seriesRefused > 0 ? 0 : this.#page;
    this.#rowTimeMs = scrapeTimeMs;
    return this.#stats(result ?? NOTHING_APPENDED, undefined);
  }

  #refuse(error: unknown): IngestStats {
    this.#abandon();
    this.#rowPage = 0;
    return this.#stats(NOTHING_APPENDED, toIngestError(error));
  }

  /** The page that is open, if one is, never was. */
  #abandon(): void {
    if (this.#reader === undefined) return;
    this.#reader.release();
    this.#reader = undefined;
    this.#index.restore(this.#maker.made);
    this.#entries.sweep();
    this.#rowPage = 0;
  }

  #readerOf(contentType: string): PageReader {
    const format = this.#formatOf(contentType);
    if (format !== this.#format) {
      // The same bytes mean something else now.
      this.#memory.forget();
      this.#forgetUnseen(this.#page);
      this.#format = format;
      this.#rowPage = 0;
    }
    let reader = this.#readers.get(format);
    if (reader === undefined) {
      const parts = {
        slots: this.#slots,
        memory: this.#memory,
        index: this.#index,
        entries: this.#entries,
        samples: this.#samples,
        metadata: this.#metadata,
        maker: this.#maker,
        limits: this.#options.limits,
      };
      reader = newPageReader(format, parts, this.#options);
      this.#readers.set(format, reader);
    }
    return reader;
  }

  #forgetUnseen(page: number): void {
    if (this.#index.removeUnseen(page) > 0) this.#entries.sweep();
  }

  #formatOf(contentType: string): ExpositionFormat {
    try {
      return formatOf(contentType, this.#options.fallbackContentType);
    } catch (error) {
      if (!(error instanceof ExpositionError)) throw error;
      throw new IngestError('content_type', error.message, { cause: error });
    }
  }

  #checkSampleLimit(): void {
    const { sampleLimit } = this.#options.limits;
    if (sampleLimit > 0 && this.#samples.appended > sampleLimit) {
      throw new IngestError('sample_limit', 'sample limit exceeded');
    }
  }

  #addReport({ labels, value }: ReportSample): void {
    // Compaction moves columns, but the store knows a series by the same reference for ever.
    const known = this.#reportRefs.get(labels);
    const ref = known ?? this.#sink.resolve(labels);
    if (known === undefined) this.#reportRefs.set(labels, ref);
    // A target that exposes the series itself was first.
    if (this.#columns.has(ref, this.#page)) return;
    this.#columns.setLate(this.#columns.columnOf(ref), value, this.#page);
  }

  #finishRow(): AppendResult {
    if (this.#rowTimeMs === undefined) return NOTHING_APPENDED;
    const result = this.#columns.writeRow(this.#rowTimeMs);
    this.#rowTimeMs = undefined;
    const moved = this.#columns.compact();
    if (moved !== undefined) this.#moveColumns(moved);
    return result;
  }

  #moveColumns(moved: Int32Array): void {
    const { column, count } = this.#slots;
    for (let slot = 0; slot < count; slot++) {
      const at = column[slot] as number;
      if (at !== NO_COLUMN) column[slot] = moved[at] ?? NO_COLUMN;
    }
  }

  #stats(result: AppendResult, error: IngestError | undefined): IngestStats {
    const { scraped, kept, seriesAdded, duplicates, seriesRefused, refusal } = this.#samples;
    const { tooOld, tooNew } = result;
    return {
      error,
      scraped,
      kept,
      seriesAdded,
      duplicates,
      tooOld,
      tooNew,
      seriesRefused,
      refusal,
    };
  }
}

const ABANDONED: IngestStats = {
  error: new IngestError('abandoned', 'the target was taken over while its page was read'),
  scraped: 0,
  kept: 0,
  seriesAdded: 0,
  duplicates: 0,
  tooOld: 0,
  tooNew: 0,
  seriesRefused: 0,
  refusal: undefined,
};

function toIngestError(error: unknown): IngestError {
  if (error instanceof IngestError) return error;
  if (error instanceof ExpositionError) {
    return new IngestError('parse', error.message, { cause: error });
  }
  throw error;
}
