import { type FloatColumn, floatColumn } from '../../model/value-bits.ts';
import { growFloat64, growUint32 } from '../grow-column.ts';

const INITIAL_SAMPLES = 1024;

/**
 * Samples of any series in the order they came: remote-written ones, and scraped ones that were
 * late. Samples of a series are chained from its newest entry backwards.
 */
export class SampleLog {
  refs: Uint32Array = new Uint32Array(INITIAL_SAMPLES);
  timestampsMs: Float64Array = new Float64Array(INITIAL_SAMPLES);
  column: FloatColumn = floatColumn(INITIAL_SAMPLES);
  count = 0;
  /** Entries already drained. */
  drained = 0;
  /** Distinct series. */
  seriesCount = 0;
  /** The head's newest sample when the first entry came. */
  openedMs = 0;
  /** By entry: the entry before of the same series, plus 1; 0: none. */
  #before: Uint32Array = new Uint32Array(INITIAL_SAMPLES);
  /** By reference: its newest entry, plus 1. */
  #newest: Uint32Array = new Uint32Array(INITIAL_SAMPLES);

  get bytes(): number {
    return this.refs.length * 24 + this.#newest.length * 4;
  }

  /** References with samples are below. */
  get refEnd(): number {
    return this.#newest.length;
  }

  has(ref: number): boolean {
    return ref < this.#newest.length && this.#newest[ref] !== 0;
  }

  add(ref: number, timestampMs: number, lowWord: number, highWord: number, newestMs: number): void {
    const at = this.count;
    if (at === 0) this.openedMs = newestMs;
    if (at >= this.refs.length) this.#grow(at * 2);
    if (ref >= this.#newest.length) this.#newest = growUint32(this.#newest, ref + 1);
    const newest = this.#newest[ref] as number;
    if (newest === 0) this.seriesCount++;
    this.refs[at] = ref;
    this.timestampsMs[at] = timestampMs;
    this.column.words[2 * at] = lowWord;
    this.column.words[2 * at + 1] = highWord;
    this.#before[at] = newest;
    this.#newest[ref] = at + 1;
    this.count = at + 1;
  }

  /** Samples of a series in the range. */
  countOf(ref: number, startMs: number, endMs: number): number {
    if (!this.has(ref)) return 0;
    const times = this.timestampsMs;
    let count = 0;
    for (let entry = this.#newest[ref] as number; entry !== 0; ) {
      const timeMs = times[entry - 1] as number;
      if (timeMs >= startMs && timeMs <= endMs) count++;
      entry = this.#before[entry - 1] as number;
    }
    return count;
  }

  /**
   * Appends the samples of a series in the range, in the order they came.
   * @returns the index after the last one written
   */
  read(
    ref: number,
    startMs: number,
    endMs: number,
    timestampsMs: Float64Array,
    out: FloatColumn,
    to: number,
  ): number {
    const end = to + this.countOf(ref, startMs, endMs);
    if (end === to) return to;
    const times = this.timestampsMs;
    const { words } = this.column;
    let at = end;
    for (let entry = this.#newest[ref] as number; entry !== 0; ) {
      const from = entry - 1;
      const timeMs = times[from] as number;
      if (timeMs >= startMs && timeMs <= endMs) {
        at--;
        timestampsMs[at] = timeMs;
        out.words[2 * at] = words[2 * from] as number;
        out.words[2 * at + 1] = words[2 * from + 1] as number;
      }
      entry = this.#before[from] as number;
    }
    return end;
  }

  #grow(length: number): void {
    this.refs = growUint32(this.refs, length);
    this.timestampsMs = growFloat64(this.timestampsMs, length);
    this.#before = growUint32(this.#before, length);
    const column = floatColumn(length);
    column.words.set(this.column.words);
    this.column = column;
  }
}
