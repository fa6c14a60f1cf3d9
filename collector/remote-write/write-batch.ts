/** What a write request holds, gathered in columns while it is decoded. */
import type { Labels } from '../../model/labels.ts';
import {
  type ExemplarSample,
  type HistogramSample,
  type MetricMetadata,
  NO_SERIES,
  type SampleSink,
  SeriesLimitError,
  type SeriesRef,
} from '../../model/sink.ts';
import { type FloatColumn, floatColumn } from '../../model/value-bits.ts';

/** Samples further ahead than this are refused, as in Prometheus' write handler. */
const AHEAD_MS_MAX = 10 * 60_000;

/** Problems told to the client; the rest is counted. */
const PROBLEMS_MAX = 10;

const ROWS_MIN = 1024;

/** What of a request was stored. */
export interface Written {
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
  /** Why the rest was not, for the client; empty when all was. */
  readonly problems: readonly string[];
}

/** Reused from request to request; `clear` empties it. */
export class WriteBatch {
  count = 0;
  refs = new Uint32Array(ROWS_MIN);
  timestampsMs = new Float64Array(ROWS_MIN);
  column: FloatColumn = floatColumn(ROWS_MIN);
  readonly histograms: HistogramSample[] = [];
  readonly exemplars: ExemplarSample[] = [];
  readonly metadata: MetricMetadata[] = [];
  /** Samples and histograms of series whose labels cannot be. */
  invalidLabelSamples = 0;
  readonly #sink: SampleSink;
  readonly #problems: string[] = [];
  #problemCount = 0;
  #newestMs = 0;

  constructor(sink: SampleSink) {
    this.#sink = sink;
  }

  clear(nowMs: number): void {
    this.count = 0;
    this.histograms.length = 0;
    this.exemplars.length = 0;
    this.metadata.length = 0;
    this.invalidLabelSamples = 0;
    this.#problems.length = 0;
    this.#problemCount = 0;
    this.#newestMs = nowMs + AHEAD_MS_MAX;
  }

  problem(text: string): void {
    this.#problemCount++;
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(text);
  }

  /**
   * A row for a sample whose time and value the caller writes at the index returned; its series
   * comes with `assign`.
   */
  addRow(): number {
    if (this.count === this.refs.length) this.#grow();
    return this.count++;
  }

  /**
   * Gives rows from `firstRow` on their series. Rows of no series, and those too far in the
   * future, are taken out again.
   */
  assign(firstRow: number, ref: SeriesRef, describe: () => string): void {
    if (ref === NO_SERIES) {
      this.count = firstRow;
      return;
    }
    let to = firstRow;
    for (let row = firstRow; row < this.count; row++) {
      const timestampMs = this.timestampsMs[row] as number;
      if (timestampMs > this.#newestMs) {
        this.problem(`out of bounds: timestamp is too far in the future for series ${describe()}`);
        continue;
      }
      this.refs[to] = ref;
      this.timestampsMs[to] = timestampMs;
      this.column.words.copyWithin(2 * to, 2 * row, 2 * row + 2);
      to++;
    }
    this.count = to;
  }

  isTooNew(timestampMs: number): boolean {
    return timestampMs > this.#newestMs;
  }

  /** The reference of a valid label set, or NO_SERIES when a limit refuses it. */
  resolve(labels: Labels): SeriesRef {
    try {
      return this.#sink.resolve(labels);
    } catch (error) {
      if (!(error instanceof SeriesLimitError)) throw error;
      this.problem(`${error.message} for series ${labels.toString()}`);
      return NO_SERIES;
    }
  }

  /** Hands everything to the sink; `commit` of the sink is the caller's. */
  store(): Written {
    const samples = this.#sink.append({
      count: this.count,
      refs: this.refs,
      timestampsMs: this.timestampsMs,
      values: this.column.values,
    });
    const histograms = this.#sink.appendHistograms(this.histograms);
    this.#sink.appendExemplars(this.exemplars);
    if (this.metadata.length > 0) this.#sink.appendMetadata(this.metadata);
    this.#refused(samples.tooOld + histograms.tooOld, 'too old sample');
    this.#refused(samples.tooNew + histograms.tooNew, 'out of bounds');
    this.#refused(samples.duplicates + histograms.duplicates, 'duplicate sample for timestamp');
    const unsaid = this.#problemCount - this.#problems.length;
    const rest = unsaid > 0 ? [`and ${unsaid} more problems`] : [];
    return {
      samples: samples.appended,
      histograms: histograms.appended,
      exemplars: this.exemplars.length,
      problems: [...this.#problems, ...rest],
    };
  }

  #refused(count: number, why: string): void {
    if (count > 0) this.problem(`${why}: ${count} samples`);
  }

  #grow(): void {
    const length = this.refs.length * 2;
    const refs = new Uint32Array(length);
    refs.set(this.refs);
    const timestampsMs = new Float64Array(length);
    timestampsMs.set(this.timestampsMs);
    const column = floatColumn(length);
    column.words.set(this.column.words);
    this.refs = refs;
    this.timestampsMs = timestampsMs;
    this.column = column;
  }
}
