/** A SampleSink that keeps everything, for tests of what writes samples. */
import type { FloatHistogram } from '../model/histogram.ts';
import type { Labels } from '../model/labels.ts';
import {
  type AppendResult,
  type ExemplarSample,
  type HistogramSample,
  type MetricMetadata,
  type SampleBatch,
  type SampleSink,
  type ScrapeWriter,
  SeriesLimitError,
  type SeriesRef,
} from '../model/sink.ts';
import { isAbsentAt, isStaleAt, wordsOf } from '../model/value-bits.ts';

export interface RecordedSample {
  readonly timestampMs: number;
  readonly value: number | 'stale' | FloatHistogram;
}

export interface RecordingSinkOptions {
  /** A series beyond it is refused with SeriesLimitError. */
  readonly seriesMax?: number;
  /** Stands for the real sink's windows; samples outside are refused and counted. */
  readonly oldestMs?: number;
  readonly newestMs?: number;
}

export class RecordingSink implements SampleSink {
  /** By reference; entry 0 is unused. */
  readonly labels: (Labels | undefined)[] = [undefined];
  /** By reference, in the order of arrival. */
  readonly samples: RecordedSample[][] = [[]];
  readonly exemplars: ExemplarSample[] = [];
  readonly metadata: MetricMetadata[] = [];
  /** Counts of calls, to see that a fast path is one. */
  rows = 0;
  layouts = 0;
  batches = 0;
  commits = 0;
  openWriters = 0;
  readonly #refs = new Map<string, SeriesRef>();
  readonly #options: RecordingSinkOptions;

  constructor(options: RecordingSinkOptions = {}) {
    this.#options = options;
  }

  resolve(labels: Labels): SeriesRef {
    const known = this.#refs.get(labels.key);
    if (known !== undefined) return known;
    const max = this.#options.seriesMax ?? Number.POSITIVE_INFINITY;
    if (this.#refs.size >= max) {
      throw new SeriesLimitError(`series limit of ${max} reached: most values has label "id"`);
    }
    const ref = this.labels.length;
    this.labels.push(labels);
    this.samples.push([]);
    this.#refs.set(labels.key, ref);
    return ref;
  }

  openScrapeWriter(): ScrapeWriter {
    this.openWriters++;
    let layout = new Uint32Array(0);
    return {
      setLayout: (refs) => {
        this.layouts++;
        layout = refs.slice();
      },
      appendRow: (timestampMs, values) => {
        this.rows++;
        if (values.length < layout.length) throw new Error('row is shorter than the layout');
        return this.#appendRow(timestampMs, layout, values);
      },
      close: () => {
        this.openWriters--;
      },
    };
  }

  append(batch: SampleBatch): AppendResult {
    this.batches++;
    const tally = newTally();
    const words = wordsOf(batch.values);
    for (let index = 0; index < batch.count; index++) {
      const value = isStaleAt(words, index) ? 'stale' : (batch.values[index] as number);
      const ref = batch.refs[index] as number;
      this.#add(ref, batch.timestampsMs[index] as number, value, tally);
    }
    return tally;
  }

  appendHistograms(samples: readonly HistogramSample[]): AppendResult {
    const tally = newTally();
    for (const { ref, timestampMs, histogram } of samples) {
      this.#add(ref, timestampMs, histogram.isStale ? 'stale' : histogram, tally);
    }
    return tally;
  }

  appendExemplars(exemplars: readonly ExemplarSample[]): void {
    this.exemplars.push(...exemplars);
  }

  appendMetadata(metadata: readonly MetricMetadata[]): void {
    this.metadata.push(...metadata);
  }

  commit(): Promise<void> {
    this.commits++;
    return Promise.resolve();
  }

  /** All samples of the series whose labels print as `text`, e.g. `{__name__="up", job="x"}`. */
  of(text: string): readonly RecordedSample[] {
    const ref = this.labels.findIndex((labels) => labels?.toString() === text);
    if (ref < 0) throw new Error(`no series ${text}; there are ${this.labels.join(' ')}`);
    return this.samples[ref] as RecordedSample[];
  }

  /** Series text → `value@time` joined by spaces; a stale marker is `stale@time`. */
  dump(): Record<string, string> {
    const out: Record<string, string> = {};
    this.labels.forEach((labels, ref) => {
      if (labels === undefined) return;
      out[labels.toString()] = (this.samples[ref] as RecordedSample[])
        .map(({ value, timestampMs }) => `${valueText(value)}@${timestampMs}`)
        .join(' ');
    });
    return out;
  }

  #appendRow(timestampMs: number, layout: Uint32Array, values: Float64Array): AppendResult {
    const tally = newTally();
    const words = wordsOf(values);
    layout.forEach((ref, column) => {
      if (isAbsentAt(words, column)) return;
      const value = isStaleAt(words, column) ? 'stale' : (values[column] as number);
      this.#add(ref, timestampMs, value, tally);
    });
    return tally;
  }

  #add(ref: SeriesRef, timestampMs: number, value: RecordedSample['value'], tally: Tally): void {
    const list = this.samples[ref];
    if (list === undefined || ref === 0) throw new Error(`unknown series reference ${ref}`);
    if (timestampMs < (this.#options.oldestMs ?? Number.NEGATIVE_INFINITY)) tally.tooOld++;
    else if (timestampMs > (this.#options.newestMs ?? Number.POSITIVE_INFINITY)) tally.tooNew++;
    else {
      list.push({ timestampMs, value });
      tally.appended++;
    }
  }
}

interface Tally extends AppendResult {
  appended: number;
  tooOld: number;
  tooNew: number;
  duplicates: number;
}

function newTally(): Tally {
  return { appended: 0, tooOld: 0, tooNew: 0, duplicates: 0 };
}

function valueText(value: RecordedSample['value']): string {
  return typeof value === 'object' ? `histogram(${value.count})` : String(value);
}
