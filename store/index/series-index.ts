import { compareUtf8, type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { NO_SERIES, type SeriesRef } from '../../model/sink.ts';
import { type Cardinality, readCardinality } from './cardinality.ts';
import { FreeRefs } from './free-refs.ts';
import { LabelPairs } from './label-pairs.ts';
import { LabelsCache } from './labels-cache.ts';
import { PairReader, type PersistedSeries } from './persisted-series.ts';
import { Postings } from './postings.ts';
import { SeriesSelector } from './select-series.ts';
import { SelectionCache } from './selection-cache.ts';
import { type HashWords, hashPairs, seriesIdHigh } from './series-hash.ts';
import { SeriesLimit } from './series-limit.ts';
import { SeriesTable } from './series-table.ts';
import { sortByLabels } from './sort-series.ts';

/** Labels of one series; Prometheus has no such limit, our columns count them in 16 bits. */
const LABELS_PER_SERIES_MAX = 65_535;
const LABELS_CACHE_SLOTS = 1 << 16;

export interface SeriesIndexOptions {
  /** Series in all; a new one above it is refused. */
  readonly seriesMax: number;
  /** Label sets kept as objects; a power of two. */
  readonly labelsCacheSlots?: number;
}

/** All series in memory: label set to number and back, and matchers to numbers. */
export class SeriesIndex {
  readonly #pairs = new LabelPairs();
  readonly #postings = new Postings();
  readonly #table = new SeriesTable();
  readonly #selector = new SeriesSelector(this.#pairs, this.#postings, this.#table);
  readonly #selections = new SelectionCache(
    this.#pairs,
    this.#postings,
    () => this.#createdCount + this.#removedCount,
  );
  readonly #cache: LabelsCache;
  readonly #limit: SeriesLimit;
  readonly #free = new FreeRefs();
  readonly #words: HashWords = { high: 0, low: 0 };
  #scratch: Uint32Array = new Uint32Array(64);
  #unsaved: SeriesRef[] = [];
  #createdCount = 0;
  #removedCount = 0;

  constructor(options: SeriesIndexOptions) {
    this.#limit = new SeriesLimit(options.seriesMax);
    const slots = options.labelsCacheSlots ?? LABELS_CACHE_SLOTS;
    this.#cache = new LabelsCache(this.#table, this.#pairs, slots);
  }

  /** Series that are there stay, whatever their number. */
  setSeriesMax(seriesMax: number): void {
    this.#limit.seriesMax = seriesMax;
  }

  get seriesCount(): number {
    return this.#table.count;
  }

  /** All references are below. */
  get refEnd(): number {
    return this.#table.end;
  }

  /** Series ever made and removed in this process. */
  get createdCount(): number {
    return this.#createdCount;
  }

  get removedCount(): number {
    return this.#removedCount;
  }

  /** An estimate of the memory held, strings included. */
  get bytes(): number {
    return this.#pairs.bytes + this.#postings.bytes + this.#table.bytes;
  }

  /**
   * Columns by reference, for loops over many series: ids as two words, times of the first and
   * last sample (to be kept by whoever writes samples; ±Infinity at first). They grow: take them
   * anew after a series was added.
   */
  get idHigh(): Uint32Array {
    return this.#table.idHigh;
  }

  get idLow(): Uint32Array {
    return this.#table.idLow;
  }

  get firstSeenMs(): Float64Array {
    return this.#table.firstSeenMs;
  }

  get lastSeenMs(): Float64Array {
    return this.#table.lastSeenMs;
  }

  /**
   * The number of a label set; a new series is made when there is none.
   * @throws SeriesLimitError naming the label with the most values
   * @throws RangeError for no label at all, or too many: the caller has let bad input through
   */
  resolve(labels: Labels): SeriesRef {
    const pairs = labels.pairs;
    const count = pairs.length / 2;
    if (count === 0 || count > LABELS_PER_SERIES_MAX) {
      throw new RangeError(`a series cannot have ${count} labels`);
    }
    if (count > this.#scratch.length) this.#scratch = new Uint32Array(count * 2);
    const scratch = this.#scratch;
    // A refused series must leave no labels behind, so at the limit nothing is interned.
    if (this.#table.count >= this.#limit.seriesMax) {
      const known = this.find(labels);
      if (known !== NO_SERIES) return known;
      throw this.#limitError(labels.get(METRIC_NAME));
    }
    for (let at = 0; at < count; at++) {
      const name = this.#pairs.internName(pairs[2 * at] as string);
      scratch[at] = this.#pairs.intern(name, pairs[2 * at + 1] as string);
    }
    this.#hash(scratch, count, 0);
    const hash = this.#words.low;
    const known = this.#table.findSet(hash, scratch, count);
    if (known !== NO_SERIES) return known;
    const metricHash = this.#metricHash(scratch, count);
    let idHigh = seriesIdHigh(metricHash, this.#words.high);
    let idLow = hash;
    for (let salt = 1; this.#table.findId(idHigh >>> 0, idLow) !== NO_SERIES; salt++) {
      this.#hash(scratch, count, salt);
      idHigh = seriesIdHigh(metricHash, this.#words.high);
      idLow = this.#words.low;
    }
    const ref = this.#add(hash, scratch, count, idHigh, idLow);
    this.#unsaved.push(ref);
    return ref;
  }

  /** @returns NO_SERIES when there is none */
  find(labels: Labels): SeriesRef {
    const pairs = labels.pairs;
    const count = pairs.length / 2;
    const found = new Uint32Array(count);
    for (let at = 0; at < count; at++) {
      const pair = this.#pairs.find(pairs[2 * at] as string, pairs[2 * at + 1] as string);
      if (pair === 0) return NO_SERIES;
      found[at] = pair;
    }
    this.#hash(found, count, 0);
    return this.#table.findSet(this.#words.low, found, count);
  }

  /** @returns NO_SERIES when no series in memory has the id */
  findId(idHigh: number, idLow: number): SeriesRef {
    return this.#table.findId(idHigh, idLow);
  }

  isLive(ref: SeriesRef): boolean {
    return this.#table.isLive(ref);
  }

  /** @param ref a live series */
  labels(ref: SeriesRef): Labels {
    return this.#cache.get(ref);
  }

  seriesId(ref: SeriesRef): bigint {
    const table = this.#table;
    return (BigInt(table.idHigh[ref] as number) << 32n) | BigInt(table.idLow[ref] as number);
  }

  /** Makes room for so many more series at once. */
  reserve(seriesCount: number): void {
    this.#table.reserve(this.#table.end + seriesCount);
  }

  /** For `load`, batch after batch, when nothing is removed meanwhile. */
  openReader(): PairReader {
    return new PairReader(this.#pairs);
  }

  /** Takes over series from the store with the ids they have there. Known label sets stay. */
  load(batch: PersistedSeries, reader: PairReader = this.openReader()): void {
    reader.begin(batch.names, batch.values);
    let label = 0;
    for (let series = 0; series < batch.count; series++) {
      const end = batch.labelEnds[series] as number;
      const count = end - label;
      if (count > this.#scratch.length) this.#scratch = new Uint32Array(count * 2);
      const scratch = this.#scratch;
      for (let at = 0; at < count; at++) scratch[at] = reader.read(label++, at);
      if (count === 0 || count > LABELS_PER_SERIES_MAX) continue;
      this.#hash(scratch, count, 0);
      const hash = this.#words.low;
      let ref = this.#table.findSet(hash, scratch, count);
      if (ref === NO_SERIES) {
        const idLow = batch.idWords[2 * series] as number;
        const idHigh = batch.idWords[2 * series + 1] as number;
        if (this.#table.findId(idHigh, idLow) !== NO_SERIES) continue;
        ref = this.#add(hash, scratch, count, idHigh, idLow);
      }
      this.#seen(ref, batch.firstSeenMs?.[series], batch.lastSeenMs?.[series]);
    }
  }

  /** Series made by `resolve` since the last call: what the store has to write down. */
  takeUnsaved(): readonly SeriesRef[] {
    const refs = this.#unsaved;
    this.#unsaved = [];
    return refs;
  }

  /** @returns ascending references; the caller's own */
  select(matchers: readonly Matcher[]): Uint32Array {
    return this.#selector.select(matchers);
  }

  /** @returns references in the order of `Labels.compare`; kept for the next caller, read only */
  selectSorted(matchers: readonly Matcher[]): Uint32Array {
    return this.#selections.get(matchers, () => {
      const refs = this.#selector.select(matchers);
      this.sortByLabels(refs);
      return refs;
    });
  }

  /** Into the order of `Labels.compare`, in place. */
  sortByLabels(refs: Uint32Array): void {
    sortByLabels(refs, this.#table, this.#pairs);
  }

  /** Those with a sample in the range, as far as first and last times tell; the order stays. */
  seenBetween(refs: Uint32Array, startMs: number, endMs: number): Uint32Array {
    const { firstSeenMs, lastSeenMs } = this.#table;
    return refs.filter(
      (ref) => (firstSeenMs[ref] as number) <= endMs && (lastSeenMs[ref] as number) >= startMs,
    );
  }

  /** @param refs only of these series; undefined: of all. @returns ascending */
  labelNames(refs?: Uint32Array): string[] {
    const names: string[] = [];
    if (refs === undefined) {
      for (const name of this.#pairs.names()) if (name.pairs.length > 0) names.push(name.name);
      return names.sort(compareUtf8);
    }
    const isSeen = new Set<number>();
    this.#markPairs(refs, (pair) => isSeen.add(this.#pairs.nameId[pair] as number));
    for (const name of this.#pairs.names()) if (isSeen.has(name.id)) names.push(name.name);
    return names.sort(compareUtf8);
  }

  /** @see labelNames */
  labelValues(labelName: string, refs?: Uint32Array): string[] {
    const name = this.#pairs.findName(labelName);
    if (name === undefined) return [];
    const values: string[] = [];
    if (refs === undefined) {
      for (const pair of name.pairs) values.push(this.#pairs.value(pair));
    } else {
      this.#markPairs(refs, (pair) => {
        if (this.#pairs.nameId[pair] === name.id) values.push(this.#pairs.value(pair));
      });
    }
    return values.sort(compareUtf8);
  }

  cardinality(limit: number): Cardinality {
    return readCardinality(this.#pairs, this.#postings, this.#table.count, limit);
  }

  /**
   * Removes series without a sample since `beforeMs`, at most `seriesMax` of them so that one call
   * stays short. Their rows in ClickHouse stay; the same labels later get the same id again.
   * @param isHeld true for a series that is still referred to
   * @returns the removed references; fewer than `seriesMax` when none is left
   */
  removeIdle(
    beforeMs: number,
    nowMs: number,
    seriesMax: number,
    isHeld: (ref: SeriesRef) => boolean,
  ): readonly SeriesRef[] {
    this.#free.tick(nowMs);
    const { lastSeenMs, setLength } = this.#table;
    const unsaved = new Set(this.#unsaved);
    const removed: SeriesRef[] = [];
    for (let ref = 1; ref < this.#table.end && removed.length < seriesMax; ref++) {
      if (setLength[ref] === 0 || (lastSeenMs[ref] as number) >= beforeMs) continue;
      if (!isHeld(ref) && !unsaved.has(ref)) removed.push(ref);
    }
    if (removed.length > 0) this.#remove(removed, nowMs);
    return removed;
  }

  #remove(refs: readonly SeriesRef[], nowMs: number): void {
    const isDead = new Uint8Array(this.#table.end);
    for (const ref of refs) isDead[ref] = 1;
    const touched: number[] = [];
    this.#markPairs(Uint32Array.from(refs), (pair) => touched.push(pair));
    const emptied = touched.filter((pair) => this.#postings.removeDead(pair, isDead) === 0);
    for (const ref of refs) {
      this.#table.remove(ref);
      this.#cache.remove(ref);
      this.#free.put(ref, nowMs);
    }
    this.#pairs.remove(emptied);
    this.#removedCount += refs.length;
  }

  /** Calls back once for every label that one of the series carries. */
  #markPairs(refs: Uint32Array, onPair: (pair: number) => void): void {
    const isSeen = new Uint8Array(this.#pairs.end);
    const { setStart, setLength, sets } = this.#table;
    for (const ref of refs) {
      const start = setStart[ref] as number;
      const page = sets.pageOf(start);
      const index = sets.indexOf(start);
      const end = index + (setLength[ref] as number);
      for (let at = index; at < end; at++) {
        const pair = page[at] as number;
        if (isSeen[pair] === 1) continue;
        isSeen[pair] = 1;
        onPair(pair);
      }
    }
  }

  #add(hash: number, pairs: Uint32Array, count: number, idHigh: number, idLow: number): SeriesRef {
    const ref = this.#free.take() ?? this.#table.end;
    this.#table.add(ref, hash, pairs, count, idHigh, idLow);
    for (let at = 0; at < count; at++) this.#postings.add(pairs[at] as number, ref);
    this.#createdCount++;
    return ref;
  }

  #seen(ref: SeriesRef, firstMs: number | undefined, lastMs: number | undefined): void {
    const { firstSeenMs, lastSeenMs } = this.#table;
    if (firstMs !== undefined && firstMs < (firstSeenMs[ref] as number)) firstSeenMs[ref] = firstMs;
    if (lastMs !== undefined && lastMs > (lastSeenMs[ref] as number)) lastSeenMs[ref] = lastMs;
  }

  #hash(pairs: Uint32Array, count: number, salt: number): void {
    hashPairs(pairs, 0, count, this.#pairs.hashHigh, this.#pairs.hashLow, salt, this.#words);
  }

  #metricHash(pairs: Uint32Array, count: number): number {
    const metricName = this.#pairs.findName(METRIC_NAME)?.id;
    for (let at = 0; at < count; at++) {
      const pair = pairs[at] as number;
      if (this.#pairs.nameId[pair] === metricName) return this.#pairs.hashHigh[pair] as number;
    }
    return 0;
  }

  #limitError(metricName: string): Error {
    const pair = this.#pairs.find(METRIC_NAME, metricName);
    return this.#limit.error(metricName, pair, this.#pairs, this.#table, this.#postings);
  }
}
