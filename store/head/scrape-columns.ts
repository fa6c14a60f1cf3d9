import type { AppendResult, ScrapeWriter, SeriesRef } from '../../model/sink.ts';
import { isAbsentAt, setAbsentAt, wordsOf } from '../../model/value-bits.ts';
import type { SeriesIndex } from '../index/series-index.ts';
import { type Admission, AppendCounts } from './admission.ts';
import type { Lineage, Lineages } from './lineage.ts';
import type { Row } from './row-block.ts';
import type { RowPool } from './row-pool.ts';

/** What a target's columns need of the head. */
export interface ScrapeHead {
  readonly index: SeriesIndex;
  readonly admission: Admission;
  readonly lineages: Lineages;
  readonly rows: RowPool;
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

/**
 * Columns of one lineage at most: a block of them is packed in under 10 ms, and the stripes of a
 * wider target are packed at different scrapes.
 */
const STRIPE_COLUMNS_MAX = 16_384;

/** The columns of one target in the head, in stripes of equal width. */
export class ScrapeColumns implements ScrapeWriter {
  readonly #head: ScrapeHead;
  #stripes: Lineage[] = [];
  #columnCount = 0;

  constructor(head: ScrapeHead) {
    this.#head = head;
  }

  setLayout(refs: Uint32Array): void {
    const { lineages } = this.#head;
    const stripeCount = Math.ceil(refs.length / STRIPE_COLUMNS_MAX);
    for (const stripe of this.#stripes.splice(stripeCount)) lineages.seal(stripe);
    for (let at = 0; at < stripeCount; at++) {
      const start = at * STRIPE_COLUMNS_MAX;
      const own = refs.subarray(start, start + STRIPE_COLUMNS_MAX);
      let stripe = this.#stripes[at];
      if (stripe === undefined || !stripe.isPrefixOf(own)) {
        if (stripe !== undefined) lineages.seal(stripe);
        stripe = lineages.open();
        this.#stripes[at] = stripe;
      }
      lineages.extend(stripe, own);
    }
    this.#columnCount = refs.length;
  }

  appendRow(timestampMs: number, values: Float64Array): AppendResult {
    if (values.length < this.#columnCount) {
      throw new RangeError(`row of ${values.length} values for ${this.#columnCount} columns`);
    }
    const counts = new AppendCounts();
    const latestMs = this.#head.admission.latestMs;
    this.#stripes.forEach((stripe, at) => {
      const start = at * STRIPE_COLUMNS_MAX;
      const own = values.subarray(start, start + stripe.columnCount);
      this.#appendStripe(stripe, timestampMs, own, latestMs, counts);
    });
    this.#head.counts.add(counts);
    return counts.result();
  }

  close(): void {
    for (const stripe of this.#stripes) this.#head.lineages.seal(stripe);
    this.#stripes = [];
    this.#columnCount = 0;
  }

  #appendStripe(
    lineage: Lineage,
    timestampMs: number,
    values: Float64Array,
    latestMs: number,
    counts: AppendCounts,
  ): void {
    const { admission, lineages, rows } = this.#head;
    const copy = rows.take(values.length);
    const { words } = copy;
    copy.values.set(values);
    const isNext =
      timestampMs > lineage.lastMs && timestampMs >= admission.oldestMs && timestampMs <= latestMs;
    const misfits: number[] = isNext ? [] : allColumns(lineage.columnCount);
    const taken = isNext ? this.#takeRow(lineage, timestampMs, copy.values, words, misfits) : 0;
    if (taken > 0) {
      if (timestampMs > admission.newestMs) admission.newestMs = timestampMs;
      counts.appended += taken;
      const row = { timestampMs, values: copy.values, words };
      lineages.append(lineage, row);
      this.#head.noteRow(lineage.refs, row);
    } else {
      rows.give(copy);
    }
    if (misfits.length === 0) return;
    this.#takeLoose(lineage, timestampMs, values, misfits, latestMs, counts);
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
