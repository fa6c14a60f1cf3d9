import { type FloatColumn, floatColumn } from '../../model/value-bits.ts';
import type { Row } from './row-block.ts';

/** Memory kept for rows to come. What is packed in a second is taken again in the next. */
const KEPT_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Memory of rows, used again: a row lives half a minute, which makes it garbage of the dear kind.
 * A row that is packed may still wait to be drained, so it is free only after the drain.
 */
export class RowPool {
  #free = new Map<number, FloatColumn[]>();
  #freeBytes = 0;
  #packed: FloatColumn[] = [];

  /** A column of that length with anything in it. */
  take(length: number): FloatColumn {
    const found = this.#free.get(length)?.pop();
    if (found === undefined) return floatColumn(length);
    this.#freeBytes -= found.values.byteLength;
    return found;
  }

  /** Nobody else holds it. */
  give(column: FloatColumn): void {
    const { length, byteLength } = column.values;
    if (this.#freeBytes + byteLength > KEPT_BYTES_MAX) {
      // Perhaps of lengths that are no more.
      this.#free = new Map();
      this.#freeBytes = 0;
    }
    const same = this.#free.get(length);
    if (same === undefined) this.#free.set(length, [column]);
    else same.push(column);
    this.#freeBytes += byteLength;
  }

  /** The rows are packed; only what has to be drained may still hold them. */
  retire(rows: readonly Row[]): void {
    for (const { values, words } of rows) this.#packed.push({ values, words });
  }

  /** Everything that was appended is drained. */
  drained(): void {
    for (const column of this.#packed) this.give(column);
    this.#packed = [];
  }
}
