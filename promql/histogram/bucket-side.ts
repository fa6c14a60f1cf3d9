/** One side (positive or negative) of a histogram that is being summed. */
import type { Span } from '../../model/histogram.ts';
import { SpanCursor } from './bucket-walk.ts';
import { kahanError } from './kahan.ts';

export interface SideArrays {
  readonly spans: readonly Span[];
  readonly buckets: readonly number[];
}

/**
 * Buckets as a sorted list of indexes and counts, gaps left out. `errors` are the Kahan
 * compensations of the counts: the true count is count + error.
 */
export class BucketSide {
  #indexes: number[];
  #counts: number[];
  #errors: number[];

  private constructor(indexes: number[], counts: number[], errors: number[]) {
    this.#indexes = indexes;
    this.#counts = counts;
    this.#errors = errors;
  }

  static of(spans: readonly Span[], buckets: readonly number[]): BucketSide {
    const indexes: number[] = [];
    const cursor = new SpanCursor(spans, buckets.length);
    while (cursor.next()) indexes.push(cursor.index);
    const counts = buckets.slice(0, indexes.length);
    return new BucketSide(
      indexes,
      counts,
      counts.map(() => 0),
    );
  }

  clone(): BucketSide {
    return new BucketSide([...this.#indexes], [...this.#counts], [...this.#errors]);
  }

  get length(): number {
    return this.#indexes.length;
  }

  indexAt(position: number): number {
    return this.#indexes[position] as number;
  }

  countAt(position: number): number {
    return this.#counts[position] as number;
  }

  errorAt(position: number): number {
    return this.#errors[position] as number;
  }

  /**
   * Adds `sign` times the given buckets.
   * @param moved the index here for an index there; must not fall when the index rises
   * @param afterIndex buckets up to this index there are left out: the zero bucket has them
   */
  add(
    other: SideArrays,
    sign: 1 | -1,
    moved: ((index: number) => number) | undefined,
    afterIndex: number,
  ): void {
    const newIndexes: number[] = [];
    const newCounts: number[] = [];
    const cursor = new SpanCursor(other.spans, other.buckets.length);
    let at = 0;
    while (cursor.next()) {
      if (cursor.index <= afterIndex) continue;
      const count = sign * (other.buckets[cursor.position] as number);
      const index = moved === undefined ? cursor.index : moved(cursor.index);
      while (at < this.#indexes.length && (this.#indexes[at] as number) < index) at++;
      if (this.#indexes[at] === index) {
        this.#addAt(at, count);
      } else if (newIndexes.at(-1) === index) {
        newCounts[newCounts.length - 1] = (newCounts.at(-1) as number) + count;
      } else {
        newIndexes.push(index);
        newCounts.push(count);
      }
    }
    if (newIndexes.length > 0) this.#insert(newIndexes, newCounts);
  }

  /** Joins buckets: each goes to where `moved` says, which must not fall when the index rises. */
  move(moved: (index: number) => number): void {
    let last = -1;
    for (let at = 0; at < this.#indexes.length; at++) {
      const index = moved(this.#indexes[at] as number);
      const count = this.#counts[at] as number;
      const error = this.#errors[at] as number;
      if (last >= 0 && this.#indexes[last] === index) {
        this.#addAt(last, count);
        this.#addAt(last, error);
        continue;
      }
      last++;
      this.#indexes[last] = index;
      this.#counts[last] = count;
      this.#errors[last] = error;
    }
    this.#truncate(last + 1);
  }

  /** Drops the first `length` buckets, those next to zero. */
  dropFirst(length: number): void {
    this.#indexes.splice(0, length);
    this.#counts.splice(0, length);
    this.#errors.splice(0, length);
  }

  scale(factor: number): void {
    for (let at = 0; at < this.#counts.length; at++) {
      (this.#counts[at] as number) *= factor;
      (this.#errors[at] as number) *= factor;
    }
  }

  divide(divisor: number): void {
    for (let at = 0; at < this.#counts.length; at++) {
      (this.#counts[at] as number) /= divisor;
      (this.#errors[at] as number) /= divisor;
    }
  }

  hasInfinity(): boolean {
    return this.#counts.some((count) => Math.abs(count) === Number.POSITIVE_INFINITY);
  }

  /** Empty buckets are left out, so spans are as short as can be. */
  toArrays(): { spans: Span[]; buckets: number[] } {
    const buckets: number[] = [];
    const populated: number[] = [];
    for (let at = 0; at < this.#counts.length; at++) {
      const count = (this.#counts[at] as number) + (this.#errors[at] as number);
      if (count === 0) continue;
      buckets.push(count);
      populated.push(this.#indexes[at] as number);
    }
    return { spans: spansOf(populated), buckets };
  }

  #addAt(at: number, count: number): void {
    const before = this.#counts[at] as number;
    const after = before + count;
    this.#counts[at] = after;
    this.#errors[at] = kahanError(count, before, after, this.#errors[at] as number);
  }

  #insert(newIndexes: readonly number[], newCounts: readonly number[]): void {
    const indexes: number[] = [];
    const counts: number[] = [];
    const errors: number[] = [];
    let mine = 0;
    for (let theirs = 0; theirs <= newIndexes.length; theirs++) {
      const limit = newIndexes[theirs] ?? Number.POSITIVE_INFINITY;
      for (; mine < this.#indexes.length && (this.#indexes[mine] as number) < limit; mine++) {
        indexes.push(this.#indexes[mine] as number);
        counts.push(this.#counts[mine] as number);
        errors.push(this.#errors[mine] as number);
      }
      if (theirs === newIndexes.length) break;
      indexes.push(limit);
      counts.push(newCounts[theirs] as number);
      errors.push(0);
    }
    this.#indexes = indexes;
    this.#counts = counts;
    this.#errors = errors;
  }

  #truncate(length: number): void {
    this.#indexes.length = length;
    this.#counts.length = length;
    this.#errors.length = length;
  }
}

/** @param indexes ascending */
export function spansOf(indexes: readonly number[]): Span[] {
  const spans: { offset: number; length: number }[] = [];
  let end = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last !== undefined && index === end) last.length++;
    else spans.push({ offset: index - end, length: 1 });
    end = index + 1;
  }
  return spans;
}
