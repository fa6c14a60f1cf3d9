import type { AppendResult, ScrapeWriter, SeriesRef } from '../../model/sink.ts';
import { isAbsentAt, setAbsentAt, wordsOf } from '../../model/value-bits.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import { type Admission, AppendCounts } from './admission.ts';
import type { Lineage, Lineages } from './lineage.ts';
import type { Row } from './row-block.ts';

/** What a target's columns need of the head. */
export interface ScrapeHead {
  readonly index: SeriesIndex;
  readonly admission: Admission;
  readonly lineages: Lineages;
  readonly counts: AppendCounts;
  /** A single sample that does not fit into its row. */
  appendLoose(
    ref: SeriesRef,
    timestampMs: number,
    lowWord: number,
    highWord: number,
    latestMs: number,
    counts: AppendCounts,
  ): void;
  /** A row to be drained. */
  noteRow(refs: Uint32Array, row: Row): void;
}

/** The columns of one target in the head. */
export class ScrapeColumns implements ScrapeWriter {
  readonly #head: ScrapeHead;
  #lineage: Lineage | undefined;

  constructor(head: ScrapeHead) {
    this.#head = head;
  }

  setLayout(refs: Uint32Array): void {
    const { lineages } = this.#head;
    if (this.#lineage !== undefined && !this.#lineage.isPrefixOf(refs)) {
      lineages.seal(this.#lineage);
      this.#lineage = undefined;
    }
    this.#lineage ??= lineages.open();
    lineages.extend(this.#lineage, refs);
  }

  appendRow(timestampMs: number, values: Float64Array): AppendResult {
    const lineage = this.#lineage;
    const counts = new AppendCounts();
    if (lineage === undefined || lineage.columnCount === 0) return counts.result();
    if (values.length < lineage.columnCount) {
      throw new RangeError(`row of ${values.length} values for ${lineage.columnCount} columns`);
    }
    const { admission, lineages } = this.#head;
    const latestMs = admission.latestMs;
    const copy = values.slice(0, lineage.columnCount);
    const words = wordsOf(copy);
    const isNext =
      timestampMs > lineage.lastMs && timestampMs >= admission.oldestMs && timestampMs <= latestMs;
    const misfits: number[] = isNext ? [] : allColumns(lineage.columnCount);
    const taken = isNext ? this.#takeRow(lineage, timestampMs, copy, words, misfits) : 0;
    if (taken > 0) {
      if (timestampMs > admission.newestMs) admission.newestMs = timestampMs;
      counts.appended += taken;
      const row = { timestampMs, values: copy, words };
      lineages.append(lineage, row);
      this.#head.noteRow(lineage.refs, row);
    }
    if (misfits.length > 0)
      this.#takeLoose(lineage, timestampMs, values, misfits, latestMs, counts);
    this.#head.counts.add(counts);
    return counts.result();
  }

  close(): void {
    if (this.#lineage !== undefined) this.#head.lineages.seal(this.#lineage);
    this.#lineage = undefined;
  }

  /**
   * The way of nearly all samples: later than the last of their series. The columns of any other
   * go to `misfits`, and their samples out of the row.
   * @returns samples left in the row
   */
  #takeRow(
    lineage: Lineage,
    timestampMs: number,
    values: Float64Array,
    words: Uint32Array,
    misfits: number[],
  ): number {
    const { refs, columnCount } = lineage;
    const { lastSeenMs, firstSeenMs } = this.#head.index;
    let taken = 0;
    for (let column = 0; column < columnCount; column++) {
      const value = values[column] as number;
      if (value !== value && isAbsentAt(words, column)) continue;
      const ref = refs[column] as number;
      const lastMs = lastSeenMs[ref] as number;
      if (lastMs >= timestampMs) {
        misfits.push(column);
        setAbsentAt(words, column);
        continue;
      }
      lastSeenMs[ref] = timestampMs;
      if (lastMs === Number.NEGATIVE_INFINITY) firstSeenMs[ref] = timestampMs;
      taken++;
    }
    return taken;
  }

  #takeLoose(
    lineage: Lineage,
    timestampMs: number,
    values: Float64Array,
    columns: readonly number[],
    latestMs: number,
    counts: AppendCounts,
  ): void {
    const words = wordsOf(values);
    for (const column of columns) {
      if (isAbsentAt(words, column)) continue;
      const ref = lineage.refs[column] as number;
      const low = words[2 * column] as number;
      const high = words[2 * column + 1] as number;
      this.#head.appendLoose(ref, timestampMs, low, high, latestMs, counts);
    }
  }
}

function allColumns(count: number): number[] {
  return Array.from({ length: count }, (_, column) => column);
}
