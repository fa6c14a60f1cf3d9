import type { SeriesRef } from '../model/sink.ts';
import type { TimeRangeMs } from '../model/source.ts';
import type { HiddenSamples } from './read/merge-columns.ts';

/** Deleted ranges by series, and the edge of retention. */
export class Tombstones implements HiddenSamples {
  readonly #now: () => number;
  readonly #byRef = new Map<SeriesRef, TimeRangeMs[]>();
  #retentionMs = 0;
  /** Retention of single series, by a rule; 0: that of all. */
  #retentionOf: ((ref: SeriesRef) => number) | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * @param retentionMs 0: for ever
   * @param retentionOf milliseconds for a series of its own, 0: none; undefined: no series has one
   */
  setRetention(retentionMs: number, retentionOf: ((ref: SeriesRef) => number) | undefined): void {
    this.#retentionMs = retentionMs;
    this.#retentionOf = retentionOf;
  }

  get beforeMs(): number {
    return this.#retentionMs === 0 ? Number.NEGATIVE_INFINITY : this.#now() - this.#retentionMs;
  }

  get isNothing(): boolean {
    return this.#byRef.size === 0 && this.#retentionOf === undefined;
  }

  of(ref: SeriesRef): readonly TimeRangeMs[] | undefined {
    const deleted = this.#byRef.get(ref);
    const retentionMs = this.#retentionOf?.(ref) ?? 0;
    if (retentionMs === 0) return deleted;
    const tooOld = { startMs: Number.NEGATIVE_INFINITY, endMs: this.#now() - retentionMs - 1 };
    return deleted === undefined ? [tooOld] : [...deleted, tooOld];
  }

  add(ref: SeriesRef, range: TimeRangeMs): void {
    const ranges = this.#byRef.get(ref);
    if (ranges === undefined) this.#byRef.set(ref, [range]);
    else ranges.push(range);
  }

  remove(ref: SeriesRef, range: TimeRangeMs): void {
    const ranges = this.#byRef.get(ref) ?? [];
    const rest = ranges.filter((r) => r.startMs !== range.startMs || r.endMs !== range.endMs);
    if (rest.length === 0) this.#byRef.delete(ref);
    else this.#byRef.set(ref, rest);
  }

  /** The number is free for another series. */
  forget(ref: SeriesRef): void {
    this.#byRef.delete(ref);
  }

  get count(): number {
    return this.#byRef.size;
  }
}
