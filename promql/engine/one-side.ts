/** The side of a binary operation whose series are to be unique in each match group. */
import type { Labels } from '../../model/labels.ts';
import type { VectorMatching } from '../ast.ts';
import type { Block } from './block.ts';
import { matchedLabels } from './match-signature.ts';
import { executionError } from './query-error.ts';
import { ABSENT } from './rows.ts';

export const NO_ROW = -1;

export class OneSide {
  /** Row of the match group at each step, or NO_ROW: entry `signature · steps + step`. */
  readonly rowAt: Int32Array;
  readonly signatureOf: Int32Array;
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
    for (let index = 0; index < rows.labels.length; index++) {
      const first = (signatureOf[index] as number) * steps;
      for (let step = 0; step < steps; step++) {
        if (rows.kindAt(index, step) === ABSENT) continue;
        const earlier = this.rowAt[first + step] as number;
        if (earlier !== NO_ROW) this.#noteDuplicate(step, index, earlier);
        this.rowAt[first + step] = index;
      }
    }
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
