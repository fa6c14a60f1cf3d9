/** Puts cells together to rows by their labels. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { Block } from './block.ts';
import type { EvalModes } from './eval-context.ts';
import { DUPLICATE_LABELSET, executionError } from './query-error.ts';
import { ABSENT, type Row } from './rows.ts';

/**
 * Cells with equal labels make one row. Two at the same step are an error, but for a single step
 * under delayed name removal: there they stay apart until the names are gone.
 */
export class RowCollector {
  readonly block: Block;
  readonly #rowOf = new Map<string, number>();
  readonly #toleratesEqual: boolean;

  constructor(steps: number, modes: EvalModes) {
    this.block = new Block(steps);
    this.#toleratesEqual = steps === 1 && modes.delayedNameRemoval;
    this.block.isUnique = !this.#toleratesEqual;
  }

  rowFor(labels: Labels, dropsName: boolean): number {
    const { key } = labels;
    let row = this.#rowOf.get(key);
    if (row === undefined) {
      row = this.block.addRow(labels, dropsName);
      this.#rowOf.set(key, row);
    }
    return row;
  }

  /** @returns a new row, or undefined when there is one with these labels */
  addUnique(labels: Labels): number | undefined {
    return this.#rowOf.has(labels.key) ? undefined : this.rowFor(labels, false);
  }

  setFloat(row: number, step: number, value: number): void {
    this.block.setFloat(this.#freeRow(row, step), step, value);
  }

  setHistogram(row: number, step: number, histogram: FloatHistogram): void {
    this.block.setHistogram(this.#freeRow(row, step), step, histogram);
  }

  copyCell(row: number, step: number, from: Row): void {
    this.block.copyCell(this.#freeRow(row, step), step, from);
  }

  /** @throws QueryError when the cell is taken and may not be */
  #freeRow(row: number, step: number): number {
    const { block } = this;
    if (block.kindAt(row, step) === ABSENT) return row;
    if (!this.#toleratesEqual) throw executionError(DUPLICATE_LABELSET);
    return block.addRow(block.labels[row] as Labels, block.dropsName[row] === 1);
  }
}
