import type { FloatHistogram } from '../../model/histogram.ts';
import type {
  AppendResult,
  Exemplar,
  ExemplarSample,
  HistogramSample,
  SampleBatch,
  ScrapeWriter,
  SeriesRef,
} from '../../model/sink.ts';
import { wordsOf } from '../../model/value-bits.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import { Admission, type AdmissionOptions, AppendCounts } from './admission.ts';
import { SlabArena } from './byte-slab.ts';
import { HeadExemplars } from './head-exemplars.ts';
import { HeadHistograms } from './head-histograms.ts';
import { type HeadColumns, HeadSelect } from './head-select.ts';
import { Lineages } from './lineage.ts';
import { type LogLimits, LooseSamples } from './loose-samples.ts';
import { Memberships } from './memberships.ts';
import { type DrainedSamples, PendingSamples } from './pending-samples.ts';
import type { Row } from './row-block.ts';
import { RowPool } from './row-pool.ts';
import { RunBuilder } from './run-builder.ts';
import { ScrapeColumns, type ScrapeHead } from './scrape-columns.ts';

export interface HeadOptions extends AdmissionOptions {
  /** Above it blocks that the store has are dropped, oldest first. */
  readonly bytesMax: number;
  /** Exemplars of all series together; 0 keeps none. */
  readonly exemplarsMax: number;
  /** When single samples are packed; the default serves all but tests. */
  readonly logLimits?: LogLimits;
}

/** However little memory is allowed, this much of the newest time stays. */
export const HEAD_SPAN_MS_MIN = 900_000;
/** At this many times the budget blocks go although ClickHouse does not have them yet. */
const EMERGENCY_FACTOR = 2;

/** Columns of stored samples, series by series: how the store fills the head at start. */
export interface LoadedSamples {
  /** Ascending, each once. */
  readonly refs: Uint32Array;
  /** Samples of series i are the entries from `offsets[i]` to (excluding) `offsets[i + 1]`. */
  readonly offsets: Uint32Array;
  /** Strictly ascending within a series. */
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
}

/** The recent samples of all series, in memory. */
export class Head implements ScrapeHead {
  readonly index: SeriesIndex;
  readonly admission: Admission;
  readonly lineages: Lineages;
  readonly rows: RowPool = new RowPool();
  /** Of floats and of histograms, since the head was made. */
  readonly counts: AppendCounts = new AppendCounts();
  readonly histogramCounts: AppendCounts = new AppendCounts();
  #bytesMax: number;
  readonly #arena = new SlabArena();
  readonly #memberships = new Memberships();
  readonly #loose: LooseSamples;
  readonly #histograms = new HeadHistograms();
  readonly #exemplars: HeadExemplars;
  readonly #select: HeadSelect;
  readonly #pending: PendingSamples;
  #completeSinceMs = Number.NEGATIVE_INFINITY;
  #emergencyDrops = 0;

  constructor(index: SeriesIndex, options: HeadOptions) {
    this.index = index;
    this.#bytesMax = options.bytesMax;
    this.admission = new Admission(index, options);
    this.lineages = new Lineages(this.#arena, this.#memberships, this.rows);
    this.#loose = new LooseSamples(this.#arena, options.logLimits);
    this.#exemplars = new HeadExemplars(options.exemplarsMax);
    this.#pending = new PendingSamples(index, this.#loose);
    this.#select = new HeadSelect(this.lineages, this.#memberships, this.#loose, this.#histograms);
  }

  configure(bytesMax: number, outOfOrderWindowMs: number): void {
    this.#bytesMax = bytesMax;
    this.admission.setWindow(outOfOrderWindowMs);
  }

  openScrapeWriter(): ScrapeWriter {
    return new ScrapeColumns(this);
  }

  append(batch: SampleBatch): AppendResult {
    const counts = new AppendCounts();
    const words = wordsOf(batch.values);
    const latestMs = this.admission.latestMs;
    for (let at = 0; at < batch.count; at++) {
      const ref = batch.refs[at] as number;
      const timestampMs = batch.timestampsMs[at] as number;
      const low = words[2 * at] as number;
      this.appendLoose(ref, timestampMs, low, words[2 * at + 1] as number, latestMs, counts);
    }
    this.counts.add(counts);
    return counts.result();
  }

  appendLoose(
    ref: SeriesRef,
    timestampMs: number,
    lowWord: number,
    highWord: number,
    latestMs: number,
    counts: AppendCounts,
  ): void {
    const verdict = this.admission.judge(ref, timestampMs, latestMs);
    if (verdict === 'same-time' || verdict === 'late') {
      const twin = this.#twin(ref, timestampMs, lowWord, highWord);
      if (twin === 'same') {
        counts.appended++;
        return;
      }
      if (twin === 'other') {
        counts.duplicates++;
        return;
      }
      if (verdict === 'same-time' && this.#isForgotten(timestampMs)) {
        counts.appended++;
        return;
      }
    }
    if (!countVerdict(verdict, counts)) return;
    this.admission.note(ref, timestampMs);
    this.#loose.log.add(ref, timestampMs, lowWord, highWord, this.admission.newestMs);
  }

  appendHistograms(samples: readonly HistogramSample[]): AppendResult {
    const counts = new AppendCounts();
    const latestMs = this.admission.latestMs;
    for (const sample of samples) {
      const { ref, timestampMs } = sample;
      const verdict = this.admission.judge(ref, timestampMs, latestMs);
      if (verdict === 'same-time' || verdict === 'late') {
        const stored = this.#histograms.at(ref, timestampMs);
        if (stored !== undefined && isSameHistogram(stored, sample.histogram)) {
          counts.appended++;
          continue;
        }
        if (stored !== undefined || this.#hasAt(ref, timestampMs)) {
          counts.duplicates++;
          continue;
        }
        if (verdict === 'same-time' && this.#isForgotten(timestampMs)) {
          counts.appended++;
          continue;
        }
      }
      if (!countVerdict(verdict, counts)) continue;
      this.admission.note(ref, timestampMs);
      this.#histograms.add(sample, true);
    }
    this.histogramCounts.add(counts);
    return counts.result();
  }

  appendExemplars(exemplars: readonly ExemplarSample[]): void {
    for (const exemplar of exemplars) {
      if (this.index.isLive(exemplar.ref)) this.#exemplars.add(exemplar, true);
    }
  }

  noteRow(refs: Uint32Array, row: Row): void {
    this.#pending.add(refs, row);
  }

  /**
   * All samples since the last call, each once: the caller has to keep them, also when writing
   * them fails. Not sorted: rows of scrapes first, then single samples as they came.
   */
  drain(): DrainedSamples {
    const drained = this.#pending.drain();
    this.rows.drained();
    return drained;
  }

  drainHistograms(): readonly HistogramSample[] {
    return this.#histograms.takePending();
  }

  drainExemplars(): readonly ExemplarSample[] {
    return this.#exemplars.takePending();
  }

  /**
   * Samples of the series in the range, both ends included. Of a time before `completeSinceMs`
   * there may be some and others not.
   * @param refs in any order, each once; the columns come in this order, series without samples
   *   among them
   * @throws TooManySamplesError
   */
  select(refs: Uint32Array, startMs: number, endMs: number, samplesMax: number): HeadColumns {
    return this.#select.select(refs, startMs, endMs, samplesMax);
  }

  /** An upper bound of the samples that `select` would give, near the true count. */
  count(refs: Uint32Array, startMs: number, endMs: number): number {
    return this.#select.count(refs, startMs, endMs);
  }

  exemplars(ref: SeriesRef, startMs: number, endMs: number): readonly Exemplar[] {
    return this.#exemplars.read(ref, startMs, endMs);
  }

  /** From this time on the head has every sample there is. -Infinity until told otherwise. */
  get completeSinceMs(): number {
    return this.#completeSinceMs;
  }

  /** The store says since when: after it filled the head, or when it found older samples. */
  markCompleteSince(timeMs: number): void {
    this.#completeSinceMs = timeMs;
  }

  /** Samples that the store has already. At start, before any is appended for these series. */
  load(samples: LoadedSamples): void {
    const { refs, offsets, timestampsMs, values } = samples;
    const builder = new RunBuilder(this.#arena);
    const words = wordsOf(values);
    let seriesCount = 0;
    for (let series = 0; series < refs.length; series++) {
      const start = offsets[series] as number;
      const end = offsets[series + 1] as number;
      if (start === end) continue;
      const ref = refs[series] as number;
      builder.add(ref, timestampsMs, words, start, end);
      this.admission.note(ref, timestampsMs[start] as number);
      this.admission.note(ref, timestampsMs[end - 1] as number);
      seriesCount++;
    }
    if (seriesCount > 0) this.#loose.addRun(builder.finish());
  }

  loadHistograms(samples: readonly HistogramSample[]): void {
    for (const sample of samples) {
      this.#histograms.add(sample, false);
      this.admission.note(sample.ref, sample.timestampMs);
    }
  }

  loadExemplars(exemplars: readonly ExemplarSample[]): void {
    for (const exemplar of exemplars) this.#exemplars.add(exemplar, false);
  }

  /**
   * Packs single samples that have piled up; call it every second or so, after `drain`.
   * @param samplesMax bounds the time it takes: some 20 ns per sample
   * @returns true when there is more to do
   */
  pack(samplesMax: number): boolean {
    return this.#loose.pack(samplesMax, this.admission.newestMs);
  }

  /**
   * Drops whole blocks, oldest first, while the head is over its budget.
   * @param evictableBeforeMs all that is older is confirmed in ClickHouse
   * @returns dropped blocks
   */
  evict(evictableBeforeMs: number): number {
    const keepFromMs = this.admission.newestMs - HEAD_SPAN_MS_MIN;
    let dropped = 0;
    while (this.bytes > this.#bytesMax) {
      const isEmergency = this.bytes > this.#bytesMax * EMERGENCY_FACTOR;
      const beforeMs = isEmergency ? keepFromMs : Math.min(keepFromMs, evictableBeforeMs);
      const endMs = this.#dropOldest(beforeMs);
      if (endMs === undefined) break;
      this.#completeSinceMs = Math.max(this.#completeSinceMs, endMs + 1);
      if (endMs >= evictableBeforeMs) this.#emergencyDrops++;
      dropped++;
    }
    if (dropped > 0) this.#histograms.dropBefore(this.#completeSinceMs);
    return dropped;
  }

  /** @returns the end of what was dropped; undefined: nothing ends before `beforeMs` */
  #dropOldest(beforeMs: number): number | undefined {
    const rowsEndMs = this.lineages.oldestEndMs ?? Number.POSITIVE_INFINITY;
    const runEndMs = this.#loose.oldestEndMs ?? Number.POSITIVE_INFINITY;
    const endMs = Math.min(rowsEndMs, runEndMs);
    if (endMs < beforeMs) {
      if (rowsEndMs <= runEndMs) this.lineages.dropOldest();
      else this.#loose.dropOldest();
      return endMs;
    }
    if (this.#histograms.bytes * 2 < this.#bytesMax) return undefined;
    return this.#histograms.dropOlderHalf(beforeMs);
  }

  /** True for a series that has samples here or a column of a target: the index must keep it. */
  isHeld(ref: SeriesRef): boolean {
    return (
      this.#memberships.has(ref) ||
      this.#loose.has(ref) ||
      this.#histograms.has(ref) ||
      this.#exemplars.has(ref)
    );
  }

  get bytes(): number {
    return (
      this.#arena.bytes +
      this.lineages.bytes +
      this.#loose.bytes +
      this.#histograms.bytes +
      this.#memberships.bytes
    );
  }

  /** Blocks dropped for want of memory before ClickHouse had them. */
  get emergencyDropCount(): number {
    return this.#emergencyDrops;
  }

  get exemplarCount(): number {
    return this.#exemplars.count;
  }

  get histogramCount(): number {
    return this.#histograms.count;
  }

  /** What stands at this very time: a sample with the same bits, another, or none. */
  #twin(
    ref: SeriesRef,
    timestampMs: number,
    lowWord: number,
    highWord: number,
  ): 'same' | 'other' | 'none' {
    const found = this.#select.select(Uint32Array.of(ref), timestampMs, timestampMs, 1000);
    if (found.values.length === 0) return 'none';
    if (found.histograms?.[0] !== undefined) return 'other';
    const words = wordsOf(found.values);
    return words[0] === lowWord && words[1] === highWord ? 'same' : 'other';
  }

  /**
   * True for the time of a series' last sample when memory has let go of that sample: what comes
   * for it again is a sender's repeat, and ClickHouse has it.
   */
  #isForgotten(timestampMs: number): boolean {
    return timestampMs < this.#completeSinceMs;
  }

  #hasAt(ref: SeriesRef, timestampMs: number): boolean {
    return this.#twin(ref, timestampMs, 0, 0) !== 'none';
  }
}

/** @returns true when the sample is taken */
function countVerdict(verdict: ReturnType<Admission['judge']>, counts: AppendCounts): boolean {
  switch (verdict) {
    case 'too-old':
      counts.tooOld++;
      return false;
    case 'too-new':
      counts.tooNew++;
      return false;
    case 'no-series':
      counts.unknown++;
      return false;
    case 'late':
      counts.outOfOrder++;
      break;
    case 'newer':
    case 'same-time':
      break;
  }
  counts.appended++;
  return true;
}

function isSameHistogram(a: FloatHistogram, b: FloatHistogram): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
