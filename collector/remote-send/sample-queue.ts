/** Samples that wait to be sent, oldest first, in a ring that grows up to its limit. */
import type { ExemplarSample, HistogramSample, SeriesRef } from '../../model/sink.ts';
import { type FloatColumn, floatColumn } from '../../model/value-bits.ts';

const ENTRIES_MIN = 1024;

/** What is sent at once. */
export interface OutgoingBatch {
  readonly count: number;
  readonly refs: Uint32Array;
  readonly timestampsMs: Float64Array;
  readonly column: FloatColumn;
  readonly histograms: readonly HistogramSample[];
  readonly exemplars: readonly ExemplarSample[];
}

export class SampleQueue {
  /** Entries that were pushed out by newer ones. */
  droppedSamples = 0;
  droppedHistograms = 0;
  readonly #entriesMax: number;
  #refs = new Uint32Array(ENTRIES_MIN);
  #timestampsMs = new Float64Array(ENTRIES_MIN);
  #column = floatColumn(ENTRIES_MIN);
  #head = 0;
  #count = 0;
  #histograms: HistogramSample[] = [];
  #exemplars: ExemplarSample[] = [];

  constructor(entriesMax: number) {
    this.#entriesMax = Math.max(entriesMax, ENTRIES_MIN);
  }

  /** Samples and histograms. */
  get length(): number {
    return this.#count + this.#histograms.length;
  }

  get hasExemplars(): boolean {
    return this.#exemplars.length > 0;
  }

  /** At the limit the oldest sample makes room. */
  push(ref: SeriesRef, timestampMs: number, low: number, high: number): void {
    if (this.#count === this.#refs.length) {
      if (this.#count < this.#entriesMax) this.#grow();
      else {
        this.#head = (this.#head + 1) % this.#refs.length;
        this.#count--;
        this.droppedSamples++;
      }
    }
    const at = (this.#head + this.#count) % this.#refs.length;
    this.#refs[at] = ref;
    this.#timestampsMs[at] = timestampMs;
    this.#column.words[2 * at] = low;
    this.#column.words[2 * at + 1] = high;
    this.#count++;
  }

  pushHistogram(sample: HistogramSample): void {
    if (this.#histograms.length >= this.#entriesMax) {
      this.#histograms.shift();
      this.droppedHistograms++;
    }
    this.#histograms.push(sample);
  }

  /** Exemplars are a help, not data: at the limit new ones are left out. */
  pushExemplar(exemplar: ExemplarSample): void {
    if (this.#exemplars.length < this.#entriesMax) this.#exemplars.push(exemplar);
  }

  /** @param entriesMax of samples, of histograms and of exemplars */
  take(entriesMax: number): OutgoingBatch {
    const count = Math.min(this.#count, entriesMax);
    const refs = new Uint32Array(count);
    const timestampsMs = new Float64Array(count);
    const column = floatColumn(count);
    for (let index = 0; index < count; index++) {
      const at = (this.#head + index) % this.#refs.length;
      refs[index] = this.#refs[at] as number;
      timestampsMs[index] = this.#timestampsMs[at] as number;
      column.words[2 * index] = this.#column.words[2 * at] as number;
      column.words[2 * index + 1] = this.#column.words[2 * at + 1] as number;
    }
    this.#head = (this.#head + count) % this.#refs.length;
    this.#count -= count;
    const histograms = this.#histograms.splice(0, entriesMax);
    const exemplars = this.#exemplars.splice(0, entriesMax);
    return { count, refs, timestampsMs, column, histograms, exemplars };
  }

  #grow(): void {
    const old = { refs: this.#refs, timestampsMs: this.#timestampsMs, words: this.#column.words };
    const length = Math.min(old.refs.length * 2, this.#entriesMax);
    this.#refs = new Uint32Array(length);
    this.#timestampsMs = new Float64Array(length);
    this.#column = floatColumn(length);
    for (let index = 0; index < this.#count; index++) {
      const at = (this.#head + index) % old.refs.length;
      this.#refs[index] = old.refs[at] as number;
      this.#timestampsMs[index] = old.timestampsMs[at] as number;
      this.#column.words[2 * index] = old.words[2 * at] as number;
      this.#column.words[2 * index + 1] = old.words[2 * at + 1] as number;
    }
    this.#head = 0;
  }
}
