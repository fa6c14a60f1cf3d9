/** The samples of one page, by slot: gathered while it is read, handed on when it was good. */
import type { FloatHistogram } from '../../model/histogram.ts';
import {
  type AppendResult,
  type ExemplarSample,
  type HistogramSample,
  NO_SERIES,
  type SampleSink,
  type SeriesLimitError,
} from '../../model/sink.ts';
import type { ParsedExemplar } from '../exposition/exposition-parser.ts';
import type { IngestOptions } from './ingest-options.ts';
import { OutsideSeries } from './outside-series.ts';
import { OwnTimeSamples } from './own-time-samples.ts';
import { resolveSeries } from './resolve-series.ts';
import type { ScrapeColumns } from './scrape-columns.ts';
import { NO_COLUMN, type SeriesSlots } from './series-slots.ts';
import { STALE_HISTOGRAM } from './stale-histogram.ts';

/** OpenMetrics: the names and values of an exemplar's labels have no more characters. */
const EXEMPLAR_CHARS_MAX = 128;

interface SlotHistogram {
  readonly slot: number;
  /** Undefined: the scrape's time. */
  readonly timestampMs: number | undefined;
  readonly histogram: FloatHistogram;
}

interface SlotExemplar {
  readonly slot: number;
  readonly exemplar: ParsedExemplar;
  /** Of the sample; undefined: the scrape's time. */
  readonly timestampMs: number | undefined;
}

export class PageSamples {
  /** Number of the page being read. */
  page = 0;
  scraped = 0;
  kept = 0;
  /** Kept samples as `sample_limit` counts them. */
  appended = 0;
  duplicates = 0;
  seriesAdded = 0;
  seriesRefused = 0;
  refusal: SeriesLimitError | undefined = undefined;
  /** True when the page has a series twice, so that its lines do not stand for themselves. */
  hasRepeats = false;
  readonly #slots: SeriesSlots;
  readonly #columns: ScrapeColumns;
  readonly #options: Pick<IngestOptions, 'honorTimestamps' | 'trackTimestampsStaleness'>;
  #honorTimestamps = false;
  #tracksOwnTime = false;
  readonly #ownTime = new OwnTimeSamples();
  readonly #ownTimeSeries = new OutsideSeries();
  readonly #histograms: SlotHistogram[] = [];
  readonly #histogramSeries = new OutsideSeries();
  readonly #exemplars: SlotExemplar[] = [];
  /** Slots whose sample has no column yet, and those samples. */
  readonly #unplacedSlots: number[] = [];
  readonly #unplacedValues: number[] = [];
  readonly #unresolved: number[] = [];

  constructor(
    slots: SeriesSlots,
    columns: ScrapeColumns,
    options: Pick<IngestOptions, 'honorTimestamps' | 'trackTimestampsStaleness'>,
  ) {
    this.#slots = slots;
    this.#columns = columns;
    this.#options = options;
    this.trustTimestamps(true);
  }

  /** From the next page on. @returns whether that is a change */
  trustTimestamps(isTrusted: boolean): boolean {
    const { honorTimestamps, trackTimestampsStaleness } = this.#options;
    const before = this.#honorTimestamps;
    this.#honorTimestamps = honorTimestamps && isTrusted;
    this.#tracksOwnTime = this.#honorTimestamps && trackTimestampsStaleness;
    return this.#honorTimestamps !== before;
  }

  begin(page: number): void {
    this.page = page;
    this.scraped = 0;
    this.kept = 0;
    this.appended = 0;
    this.duplicates = 0;
    this.seriesAdded = 0;
    this.seriesRefused = 0;
    this.refusal = undefined;
    this.hasRepeats = false;
    this.#ownTime.clear();
    this.#ownTimeSeries.forgetPage();
    this.#histograms.length = 0;
    this.#histogramSeries.forgetPage();
    this.#exemplars.length = 0;
    this.#unplacedSlots.length = 0;
    this.#unplacedValues.length = 0;
    this.#unresolved.length = 0;
  }

  /** @param timestampMs NaN when the line has none */
  add(slot: number, value: number, timestampMs: number): void {
    const slots = this.#slots;
    this.scraped++;
    const wasSeen = slots.page[slot] === this.page;
    slots.page[slot] = this.page;
    if (slots.dropped[slot] === 1) return;
    this.kept++;
    if (wasSeen) this.hasRepeats = true;
    if (this.#honorTimestamps && !Number.isNaN(timestampMs)) {
      this.#addOwnTime(slot, value, timestampMs);
      return;
    }
    if (wasSeen) {
      this.duplicates++;
      return;
    }
    this.appended++;
    const column = slots.column[slot] as number;
    if (column === NO_COLUMN) this.#addUnplaced(slot, value);
    else this.#place(column, value);
  }

  /**
   * A line that is byte for byte that of the last page, whose value is in the row already.
   * @param lastPage the page before: good, without repeats
   */
  addUnchanged(slot: number, lastPage: number): void {
    const slots = this.#slots;
    const { page } = this;
    this.scraped++;
    const wasSeen = slots.page[slot] === page;
    slots.page[slot] = page;
    if (slots.dropped[slot] === 1) return;
    this.kept++;
    if (wasSeen) {
      this.hasRepeats = true;
      this.duplicates++;
      return;
    }
    this.appended++;
    if (slots.ownTimePage[slot] === lastPage) {
      slots.ownTimePage[slot] = page;
      if (this.#tracksOwnTime) this.#ownTimeSeries.see(slots.ref[slot] as number);
      return;
    }
    this.#columns.page[slots.column[slot] as number] = page;
  }

  addHistogram(slot: number, histogram: FloatHistogram, timestampMs: number | undefined): void {
    const slots = this.#slots;
    this.scraped++;
    const wasSeen = slots.page[slot] === this.page;
    slots.page[slot] = this.page;
    if (slots.dropped[slot] === 1) return;
    this.kept++;
    const ownTimeMs = this.#honorTimestamps ? timestampMs : undefined;
    if (wasSeen && ownTimeMs === undefined) {
      this.duplicates++;
      return;
    }
    this.appended++;
    if (slots.ref[slot] === NO_SERIES) this.#unresolved.push(slot);
    this.#histograms.push({ slot, timestampMs: ownTimeMs, histogram });
  }

  /** @param timestampMs of the sample that they came with; NaN when it has none */
  addExemplars(slot: number, exemplars: readonly ParsedExemplar[], timestampMs: number): void {
    if (this.#slots.dropped[slot] === 1) return;
    const ownTimeMs = Number.isNaN(timestampMs) || !this.#honorTimestamps ? undefined : timestampMs;
    for (const exemplar of exemplars) {
      if (charCount(exemplar.labels.pairs) > EXEMPLAR_CHARS_MAX) continue;
      this.#exemplars.push({ slot, exemplar, timestampMs: ownTimeMs });
    }
  }

  /**
   * The page was good: its new series go to the store, its samples into their columns, and what
   * has none to the sink. The row is left to the caller.
   * @returns what became of the samples with own timestamps
   */
  settle(sink: SampleSink, scrapeTimeMs: number): AppendResult | undefined {
    this.#resolve(sink);
    this.#placeUnplaced();
    this.#ownTime.resolve(this.#slots.ref);
    if (this.#tracksOwnTime) this.#ownTime.forEachRef((ref) => this.#ownTimeSeries.see(ref));
    const histograms = this.#settledHistograms(scrapeTimeMs);
    const exemplars = this.#settledExemplars(scrapeTimeMs);
    this.#endSeries(scrapeTimeMs, histograms);
    if (histograms.length > 0) sink.appendHistograms(histograms);
    const result = this.#ownTime.count > 0 ? sink.append(this.#ownTime.batch()) : undefined;
    if (exemplars.length > 0) sink.appendExemplars(exemplars);
    return result;
  }

  #addOwnTime(slot: number, value: number, timestampMs: number): void {
    this.appended++;
    this.#slots.ownTimePage[slot] = this.page;
    this.#ownTime.add(slot, timestampMs, value);
    if (this.#slots.ref[slot] === NO_SERIES) this.#unresolved.push(slot);
  }

  #addUnplaced(slot: number, value: number): void {
    this.#unplacedSlots.push(slot);
    this.#unplacedValues.push(value);
    if (this.#slots.ref[slot] === NO_SERIES) this.#unresolved.push(slot);
  }

  #place(column: number, value: number): void {
    const columns = this.#columns;
    if (columns.page[column] !== this.page) {
      columns.set(column, value, this.page);
      return;
    }
    // Another spelling of the same series, or two that relabelling made one.
    this.hasRepeats = true;
    if (!Object.is(columns.row.values[column], value)) this.duplicates++;
  }

  #resolve(sink: SampleSink): void {
    const { added, refused, refusal } = resolveSeries(
      sink,
      this.#slots,
      this.#unresolved,
      this.page,
    );
    this.seriesAdded = added;
    this.seriesRefused = refused;
    this.refusal = refusal;
  }

  #placeUnplaced(): void {
    const { ref, column } = this.#slots;
    for (let index = 0; index < this.#unplacedSlots.length; index++) {
      const slot = this.#unplacedSlots[index] as number;
      if (ref[slot] === NO_SERIES) continue;
      const at = this.#columns.columnOf(ref[slot] as number);
      column[slot] = at;
      this.#place(at, this.#unplacedValues[index] as number);
    }
  }

  #settledHistograms(scrapeTimeMs: number): HistogramSample[] {
    const settled: HistogramSample[] = [];
    for (const { slot, timestampMs, histogram } of this.#histograms) {
      const ref = this.#slots.ref[slot] as number;
      if (ref === NO_SERIES) continue;
      if (timestampMs === undefined || this.#tracksOwnTime) this.#histogramSeries.see(ref);
      settled.push({ ref, timestampMs: timestampMs ?? scrapeTimeMs, histogram });
    }
    return settled;
  }

  #settledExemplars(scrapeTimeMs: number): ExemplarSample[] {
    const settled: ExemplarSample[] = [];
    for (const { slot, exemplar, timestampMs } of this.#exemplars) {
      const ref = this.#slots.ref[slot] as number;
      if (ref === NO_SERIES) continue;
      settled.push({
        ref,
        labels: exemplar.labels,
        value: exemplar.value,
        timestampMs: exemplar.timestampMs ?? timestampMs ?? scrapeTimeMs,
      });
    }
    return settled;
  }

  /** Marks what the last page had and this one has not, wherever it was and is. */
  #endSeries(scrapeTimeMs: number, histograms: HistogramSample[]): void {
    const columns = this.#columns;
    const ownTime = this.#ownTimeSeries;
    const native = this.#histogramSeries;
    for (const ref of ownTime.ended()) {
      if (!native.sees(ref) && !columns.has(ref, this.page)) {
        this.#ownTime.addStale(ref, scrapeTimeMs);
      }
    }
    for (const ref of native.ended()) {
      if (ownTime.sees(ref) || columns.has(ref, this.page)) continue;
      histograms.push({ ref, timestampMs: scrapeTimeMs, histogram: STALE_HISTOGRAM });
    }
    columns.closePage(this.page, (ref) => ownTime.sees(ref) || native.sees(ref));
    ownTime.turn();
    native.turn();
  }
}

function charCount(pairs: readonly string[]): number {
  let chars = 0;
  for (const text of pairs) chars += text.length;
  return chars;
}
