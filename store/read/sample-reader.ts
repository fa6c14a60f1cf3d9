import { METRIC_NAME } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { SeriesRef } from '../../model/sink.ts';
import {
  type Selection,
  type SelectionEstimate,
  type SeriesColumns,
  TooManySamplesError,
} from '../../model/source.ts';
import type { Engine, LaneName } from '../clickhouse/engine.ts';
import type { Head } from '../head/head.ts';
import { TOO_MANY_SAMPLES } from '../head/head-select.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import { fixedColumn, integersOf } from '../native/native-column.ts';
import { readNative } from '../native/read-native.ts';
import type { SeenDays } from '../seen-days.ts';
import { type HiddenSamples, mergeColumns } from './merge-columns.ts';
import { readStoredHistograms, type StoredHistogram } from './stored-histograms.ts';
import {
  readStoredSamples,
  type StoredIds,
  type StoredRange,
  type StoredRuns,
  whereStored,
} from './stored-samples.ts';

export interface SampleReaderOptions {
  readonly engine: Engine;
  readonly index: SeriesIndex;
  readonly head: Head;
  readonly seen: SeenDays;
  readonly hidden: HiddenSamples;
  /** False when no table has a native histogram, which spares a query. */
  readonly hasStoredHistograms: () => boolean;
  readonly onStoredRead: (rowCount: number, seconds: number) => void;
}

interface StoredPart {
  readonly stored: StoredRuns;
  readonly storedHistograms: ReadonlyMap<SeriesRef, readonly StoredHistogram[]> | undefined;
}

/** With this share of a metric's series selected, reading all of them is cheaper than looking up. */
const WHOLE_METRIC_RATIO = 0.6;
const WHOLE_METRIC_SERIES_MIN = 200;

/** One selector, one read: from memory what it has, the rest from ClickHouse. */
export class SampleReader {
  readonly #options: SampleReaderOptions;

  constructor(options: SampleReaderOptions) {
    this.#options = options;
  }

  /** @throws TooManySamplesError, StoreUnavailableError, QueryError, the signal's reason */
  async select(selection: Selection, lane: LaneName, signal: AbortSignal): Promise<SeriesColumns> {
    signal.throwIfAborted();
    const { index, head, hidden } = this.#options;
    const { startMs, endMs, refs } = this.#resolve(selection);
    const storedRange = this.#storedRange(selection.matchers, refs, startMs, endMs);
    // Memory first: what leaves it meanwhile is in ClickHouse already.
    const recent = head.select(refs, startMs, endMs, selection.samplesMax);
    if (storedRange === undefined) {
      return mergeColumns({
        index,
        refs,
        head: recent,
        stored: undefined,
        storedHistograms: undefined,
        hidden,
      });
    }
    const rowsMax = selection.samplesMax - recent.timestampsMs.length;
    const part = await this.#readStored(storedRange, refs, rowsMax, lane, signal);
    return mergeColumns({
      index,
      refs,
      head: recent,
      ...part,
      hidden,
    });
  }

  async estimate(
    selection: Selection,
    lane: LaneName,
    signal: AbortSignal,
  ): Promise<SelectionEstimate> {
    const { startMs, endMs, refs } = this.#resolve(selection);
    const recentCount = this.#options.head.count(refs, startMs, endMs);
    const range = this.#storedRange(selection.matchers, refs, startMs, endMs);
    const storedCount = range === undefined ? 0 : await this.#countStored(range, lane, signal);
    return { seriesCount: refs.length, sampleCount: recentCount + storedCount };
  }

  #resolve(selection: Selection): { refs: Uint32Array; startMs: number; endMs: number } {
    const { index, seen, hidden } = this.#options;
    const startMs = Math.max(selection.startMs, hidden.beforeMs);
    const { endMs } = selection;
    const sorted = index.selectSorted(selection.matchers);
    return { refs: seen.seenBetween(index, sorted, startMs, endMs), startMs, endMs };
  }

  /** The part of the range that memory does not have whole; undefined: it has it all. */
  #storedRange(
    matchers: readonly Matcher[],
    refs: Uint32Array,
    startMs: number,
    endMs: number,
  ): StoredRange | undefined {
    const untilMs = Math.min(endMs, this.#options.head.completeSinceMs - 1);
    if (refs.length === 0 || startMs > untilMs) return undefined;
    return { ids: this.#storedIds(matchers, refs), startMs, endMs: untilMs };
  }

  #storedIds(matchers: readonly Matcher[], refs: Uint32Array): StoredIds {
    const { index } = this.#options;
    const words = this.#idWords(refs);
    const name = matchers.find((matcher) => matcher.name === METRIC_NAME && matcher.type === '=');
    if (name === undefined || refs.length < WHOLE_METRIC_SERIES_MIN) return { kind: 'list', words };
    if (refs.length < index.select([name]).length * WHOLE_METRIC_RATIO)
      return { kind: 'list', words };
    const ids = new BigUint64Array(words.buffer);
    let lowest = ids[0] as bigint;
    let highest = lowest;
    for (const id of ids) {
      if (id < lowest) lowest = id;
      if (id > highest) highest = id;
    }
    const halves = (id: bigint) => ({ low: Number(id & 0xffffffffn), high: Number(id >> 32n) });
    return { kind: 'range', lowest: halves(lowest), highest: halves(highest) };
  }

  async #readStored(
    range: StoredRange,
    refs: Uint32Array,
    rowsMax: number,
    lane: LaneName,
    signal: AbortSignal,
  ): Promise<StoredPart> {
    const { engine, index, hasStoredHistograms, onStoredRead } = this.#options;
    const startMs = performance.now();
    const samples = readStoredSamples(engine, range, rowsMax + 1, lane, signal);
    const histograms = hasStoredHistograms()
      ? readStoredHistograms(engine, index, range, rowsMax + 1, lane, signal)
      : undefined;
    const [stored, storedHistograms] = await Promise.all([samples, histograms]);
    let { rowCount } = stored;
    for (const list of storedHistograms?.values() ?? []) rowCount += list.length;
    onStoredRead(rowCount, (performance.now() - startMs) / 1000);
    if (rowCount > rowsMax && range.ids.kind === 'range') {
      // Series that were not asked for may have filled the limit.
      const words = this.#idWords(refs);
      const exact: StoredRange = { ...range, ids: { kind: 'list', words } };
      return this.#readStored(exact, refs, rowsMax, lane, signal);
    }
    if (rowCount > rowsMax) throw new TooManySamplesError(TOO_MANY_SAMPLES);
    return { stored, storedHistograms };
  }

  #idWords(refs: Uint32Array): Uint32Array {
    const { idLow, idHigh } = this.#options.index;
    const words = new Uint32Array(refs.length * 2);
    for (let at = 0; at < refs.length; at++) {
      words[2 * at] = idLow[refs[at] as number] as number;
      words[2 * at + 1] = idHigh[refs[at] as number] as number;
    }
    return words;
  }

  async #countStored(range: StoredRange, lane: LaneName, signal: AbortSignal): Promise<number> {
    const where = whereStored(range);
    const count = async (table: string) => {
      const bytes = await this.#options.engine.read(
        { sql: `SELECT count() FROM ${table} WHERE ${where.sql}`, params: where.params },
        { lane, signal },
      );
      const [block] = readNative(bytes);
      return block === undefined ? 0 : (integersOf(fixedColumn(block, 0))[0] as number);
    };
    const counts = [count('samples')];
    if (this.#options.hasStoredHistograms()) counts.push(count('histograms'));
    return (await Promise.all(counts)).reduce((sum, n) => sum + n, 0);
  }
}
