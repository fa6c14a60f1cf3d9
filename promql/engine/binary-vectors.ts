/** Binary operators between two instant vectors, but for the set operators. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { Labels } from '../../model/labels.ts';
import type { VectorMatching } from '../ast.ts';
import {
  changesMetric,
  compareFloats,
  floatOperation,
  isComparison,
  mixedOperation,
  type ValueOperator,
} from './binary-operators.ts';
import { type Block, collect } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { fullRowOperation } from './full-row-operation.ts';
import { matchedLabels, numberSignatures } from './match-signature.ts';
import { hasTypeOrUnit, withoutMetadata } from './metadata-labels.ts';
import { NO_ROW, OneSide } from './one-side.ts';
import type { BinaryNode } from './plan.ts';
import { executionError } from './query-error.ts';
import { RowCollector } from './row-collector.ts';
import { ABSENT, FLOAT, histogramAt, type Row, type RowSource } from './rows.ts';

export async function vectorBinary(
  node: BinaryNode,
  op: ValueOperator,
  matching: VectorMatching,
  sides: { readonly lhs: RowSource; readonly rhs: RowSource },
  context: EvalContext,
): Promise<RowSource> {
  // From here on the right side is the one whose series are unique per match group.
  const isSwapped = matching.card === 'one-to-many';
  const many = isSwapped ? sides.rhs : sides.lhs;
  const one = await collect(isSwapped ? sides.lhs : sides.rhs, context);
  return new VectorBinary(node, op, matching, many, one, context).run();
}

const GROUPING_NOT_UNIQUE =
  'multiple matches for labels: grouping labels must ensure unique matches';
const NOT_ONE_TO_ONE =
  'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)';

class VectorBinary {
  readonly #node: BinaryNode;
  readonly #op: ValueOperator;
  readonly #matching: VectorMatching;
  readonly #isSwapped: boolean;
  readonly #isOneToOne: boolean;
  readonly #losesMetadata: boolean;
  readonly #matchingNames: ReadonlySet<string>;
  /** The labels of a result are those its operands match by. */
  readonly #matchesByResult: boolean;
  readonly #many: RowSource;
  readonly #one: Block;
  readonly #context: EvalContext;
  readonly #out: RowCollector;
  readonly #ofMany: Int32Array;
  readonly #oneSide: OneSide;
  /** One to one: 1 where the match group has a result at the step. Else made when needed. */
  readonly #isMatched: Uint8Array;
  /** 1 where the match group has a result at any step. */
  readonly #hasMatch: Uint8Array;
  /** Many to one: match groups and result labels seen at a step, as texts. */
  readonly #matchedPairs = new Map<string, Uint8Array>();

  constructor(
    node: BinaryNode,
    op: ValueOperator,
    matching: VectorMatching,
    many: RowSource,
    one: Block,
    context: EvalContext,
  ) {
    this.#node = node;
    this.#op = op;
    this.#matching = matching;
    this.#isSwapped = matching.card === 'one-to-many';
    this.#isOneToOne = matching.card === 'one-to-one';
    const { delayedNameRemoval } = context.modes;
    this.#losesMetadata = changesMetric(op) || (node.returnBool && !delayedNameRemoval);
    this.#matchingNames = new Set(matching.matchingLabels);
    this.#matchesByResult =
      this.#isOneToOne && this.#losesMetadata && !many.fullLabels.some(hasTypeOrUnit);
    this.#many = many;
    this.#one = one;
    this.#context = context;
    this.#out = new RowCollector(many.steps, context.modes);
    const signatures = numberSignatures([many.labels, one.labels], matching);
    const [ofMany = new Int32Array(0), ofOne = new Int32Array(0)] = signatures.numbers;
    this.#ofMany = ofMany;
    this.#oneSide = new OneSide(one, ofOne, signatures.count, matching);
    this.#isMatched = new Uint8Array(signatures.count * many.steps);
    this.#hasMatch = new Uint8Array(signatures.count);
  }

  async run(): Promise<RowSource> {
    const many = this.#many;
    if (this.#fillOfOne() !== undefined || this.#fillOfMany() !== undefined) {
      this.#oneSide.refuseDuplicates();
    }
    await this.#context.inSlices(many.labels.length, (index) => {
      const row = many.read(index);
      if (!this.#matchFullRow(index, row)) this.#matchRow(index, row);
    });
    if (this.#fillOfMany() !== undefined) this.#fillUnmatched();
    return this.#out.block;
  }

  /**
   * The value in place of a missing sample of the "one" side. Prometheus takes `fill_right` for it
   * also when `group_right` makes the left side the "one".
   */
  #fillOfOne(): number | undefined {
    return this.#matching.fillRhs;
  }

  #fillOfMany(): number | undefined {
    return this.#matching.fillLhs;
  }

  /**
   * The usual case in one loop: floats at each step on both sides, one series each, and no other
   * with the same result.
   * @returns false when the row is another case
   */
  #matchFullRow(index: number, row: Row): boolean {
    const { steps } = this.#many;
    const signature = this.#ofMany[index] as number;
    const one = this.#oneSide.soleFullRow[signature] as number;
    const operate = fullRowOperation(this.#op);
    if (!row.isFull || one === NO_ROW || operate === undefined) return false;
    if (this.#oneSide.hasDuplicates) return false;
    const first = signature * steps;
    if (this.#isOneToOne && this.#hasMatch[signature] === 1) return false;
    const manyLabels = this.#many.labels[index] as Labels;
    const pair = this.#pair(signature, manyLabels, this.#one.labels[one] as Labels);
    if (!this.#isOneToOne && pair.isMatched.includes(1)) return false;
    const target = this.#addRow(pair.labels);
    if (target === undefined) return false;
    this.#isMatched.fill(1, first, first + steps);
    this.#hasMatch[signature] = 1;
    if (!this.#isOneToOne) pair.isMatched.fill(1);
    const many = row.values.subarray(row.base, row.base + steps);
    const ones = this.#one.values.subarray(one * steps, (one + 1) * steps);
    const [lhs, rhs] = this.#isSwapped ? [ones, many] : [many, ones];
    this.#out.block.setFloats(target, (results) => operate(lhs, rhs, results));
    this.#context.hold(steps);
    return true;
  }

  /** @returns undefined when there is a row with these labels */
  #addRow(labels: Labels): number | undefined {
    // Then another match group has other labels, and this one has no more to give.
    return this.#matchesByResult
      ? this.#out.block.addRow(labels, false)
      : this.#out.addUnique(labels);
  }

  #matchRow(index: number, row: Row): void {
    const { steps } = this.#many;
    const signature = this.#ofMany[index] as number;
    const manyLabels = this.#many.labels[index] as Labels;
    const fill = this.#fillOfOne();
    const first = signature * steps;
    const ones = this.#oneSide.rowAt;
    let lastOne = NO_ROW - 1;
    let pair: Pair | undefined;
    let count = 0;
    for (let step = 0; step < steps; step++) {
      const cell = row.base + step;
      const kind = row.kinds[cell];
      if (kind === ABSENT) continue;
      this.#oneSide.refuseDuplicatesAt(step);
      const one = ones[first + step] as number;
      if (one === NO_ROW && fill === undefined) continue;
      if (one !== lastOne || pair === undefined) {
        lastOne = one;
        const oneLabels =
          one === NO_ROW
            ? matchedLabels(manyLabels, this.#matching)
            : (this.#one.labels[one] as Labels);
        pair = this.#pair(signature, manyLabels, oneLabels);
      }
      const manyValue = kind === FLOAT ? (row.values[cell] as number) : histogramAt(row, cell);
      const oneValue = one === NO_ROW ? (fill ?? 0) : this.#oneValue(one, step);
      this.#apply(pair, signature, step, manyValue, oneValue);
      count++;
    }
    this.#context.hold(count);
  }

  #oneValue(row: number, step: number): number | FloatHistogram {
    const one = this.#one;
    if (one.kindAt(row, step) === FLOAT) return one.floatAt(row, step);
    return histogramAt(one.read(row), row * one.steps + step);
  }

  /** Samples of the "one" side that no sample of the other matched. */
  #fillUnmatched(): void {
    const { steps } = this.#one;
    const fill = this.#fillOfMany() ?? 0;
    const { signatureOf } = this.#oneSide;
    for (let index = 0; index < this.#one.labels.length; index++) {
      const signature = signatureOf[index] as number;
      const oneLabels = this.#one.labels[index] as Labels;
      const manyLabels = matchedLabels(oneLabels, this.#matching);
      let pair: Pair | undefined;
      for (let step = 0; step < steps; step++) {
        if (this.#one.kindAt(index, step) === ABSENT) continue;
        if (this.#isMatched[signature * steps + step] === 1) continue;
        pair ??= this.#pair(signature, manyLabels, oneLabels);
        this.#apply(pair, signature, step, fill, this.#oneValue(index, step));
      }
    }
  }

  #pair(signature: number, manyLabels: Labels, oneLabels: Labels): Pair {
    const labels = this.#resultLabels(manyLabels, oneLabels);
    if (this.#isOneToOne) return { labels, row: undefined, isMatched: this.#isMatched };
    const key = `${signature}\uffff${labels.key}`;
    let isMatched = this.#matchedPairs.get(key);
    if (isMatched === undefined) {
      isMatched = new Uint8Array(this.#many.steps);
      this.#matchedPairs.set(key, isMatched);
    }
    return { labels, row: undefined, isMatched };
  }

  #apply(
    pair: Pair,
    signature: number,
    step: number,
    many: number | FloatHistogram,
    one: number | FloatHistogram,
  ): void {
    const lhs = this.#isSwapped ? one : many;
    const rhs = this.#isSwapped ? many : one;
    const result = this.#operate(lhs, rhs);
    if (result === undefined) return;
    this.#noteMatch(pair, signature, step);
    const { returnBool } = this.#node;
    if (result === false && !returnBool) return;
    pair.row ??= this.#out.rowFor(pair.labels, returnBool);
    const value = typeof result !== 'boolean' ? result : returnBool ? Number(result) : lhs;
    if (typeof value === 'number') this.#out.setFloat(pair.row, step, value);
    else this.#out.setHistogram(pair.row, step, value);
  }

  #operate(
    lhs: number | FloatHistogram,
    rhs: number | FloatHistogram,
  ): number | FloatHistogram | boolean | undefined {
    const op = this.#op;
    if (typeof lhs !== 'number' || typeof rhs !== 'number' || op === '</' || op === '>/') {
      return mixedOperation(op, lhs, rhs, this.#node.pos, this.#context);
    }
    return isComparison(op) ? compareFloats(op, lhs, rhs) : floatOperation(op, lhs, rhs);
  }

  /** @throws QueryError when another sample has already given this result */
  #noteMatch(pair: Pair, signature: number, step: number): void {
    const cell = signature * this.#many.steps + step;
    if (this.#isOneToOne) {
      if (this.#isMatched[cell] === 1) throw executionError(NOT_ONE_TO_ONE);
    } else {
      if (pair.isMatched[step] === 1) throw executionError(GROUPING_NOT_UNIQUE);
      pair.isMatched[step] = 1;
    }
    this.#isMatched[cell] = 1;
    this.#hasMatch[signature] = 1;
  }

  #resultLabels(many: Labels, one: Labels): Labels {
    const { include } = this.#matching;
    const kept = this.#keptLabels(many);
    if (include.length === 0) return kept;
    const entries = new Map(kept.entries());
    for (const name of include) entries.set(name, one.get(name));
    return Labels.fromEntries(entries);
  }

  #keptLabels(many: Labels): Labels {
    const { on } = this.#matching;
    const named = this.#losesMetadata ? withoutMetadata(many) : many;
    if (!this.#isOneToOne) return named;
    return on ? named.only(this.#matchingNames) : named.without(this.#matchingNames);
  }
}

interface Pair {
  readonly labels: Labels;
  /** Row of the result, from its first sample on. */
  row: number | undefined;
  readonly isMatched: Uint8Array;
}
