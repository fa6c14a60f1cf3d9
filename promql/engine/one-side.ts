/** The side of a binary operation whose series are to be unique in each match group. */
import type { Labels } from '../../model/labels.ts';
import type { VectorMatching } from '../ast.ts';
import type { Block } from './block.ts';
import { matchedLabels } from './match-signature.ts';
import { executionError } from './query-error.ts';
import { ABSENT, FLOAT } from './rows.ts';

export const NO_ROW = -1;

export class OneSide {
  /** Row of the match group at each step, or NO_ROW: entry `signature · steps + step`. */
  readonly rowAt: Int32Array;
  readonly signatureOf: Int32Array;
  /** The row of a match group that has but one, with a float at each step; else NO_ROW. */
  readonly soleFullRow: Int32Array;
  readonly #rows: Block;
  readonly #matching: VectorMatching;
  /** Two rows of one match group with samples at the same step, for the steps that have such. */
  readonly #duplicates = new Map<number, readonly [Labels, Labels]>();

  constructor(
    rows: Block,
    signatureOf: Int32Array,
    signatureCount: number,
    matching: VectorMatching,
  ) {
    const { steps } = rows;
    this.#rows = rows;
    this.#matching = matching;
    this.signatureOf = signatureOf;
    this.rowAt = new Int32Array(signatureCount * steps).fill(NO_ROW);
    this.soleFullRow = new Int32Array(signatureCount).fill(NO_ROW);
    const rowCounts = new Int32Array(signatureCount);
    for (let index = 0; index < rows.labels.length; index++) {
      const signature = signatureOf[index] as number;
      const floatCount = this.#place(index, signature);
      const isSole = rowCounts[signature] === 0 && floatCount === steps;
      this.soleFullRow[signature] = isSole ? index : NO_ROW;
      (rowCounts[signature] as number) += 1;
    }
  }

  /** @returns the number of floats in the row */
  #place(index: number, signature: number): number {
    const { steps, kinds } = this.#rows;
    const first = signature * steps;
    const { rowAt } = this;
    let floatCount = 0;
    for (let step = 0; step < steps; step++) {
      const kind = kinds[index * steps + step];
      if (kind === ABSENT) continue;
      if (kind === FLOAT) floatCount++;
      const earlier = rowAt[first + step] as number;
      if (earlier !== NO_ROW) this.#noteDuplicate(step, index, earlier);
      rowAt[first + step] = index;
    }
    return floatCount;
  }

  get hasDuplicates(): boolean {
    return this.#duplicates.size > 0;
  }

  #noteDuplicate(step: number, index: number, earlier: number): void {
    if (this.#duplicates.has(step)) return;
    const { labels } = this.#rows;
    this.#duplicates.set(step, [labels[index] as Labels, labels[earlier] as Labels]);
  }

  /** @throws QueryError when any step has duplicates */
  refuseDuplicates(): void {
    for (const step of this.#duplicates.keys()) this.refuseDuplicatesAt(step);
  }

  /** Duplicates matter only at steps where the other side has a sample. @throws QueryError */
  refuseDuplicatesAt(step: number): void {
    if (this.#duplicates.size === 0) return;
    const duplicate = this.#duplicates.get(step);
    if (duplicate === undefined) return;
    const [labels] = duplicate;
    const side = this.#matching.card === 'one-to-many' ? 'left' : 'right';
    const group = matchedLabels(labels, this.#matching).toString();
    const series = duplicate.map(String).sort().join(', ');
    throw executionError(
      `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${series}];many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }
}
