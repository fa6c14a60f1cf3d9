/** From plan nodes to values. */
import type { SampleSource } from '../../model/source.ts';
import type { AggregateOperator } from '../ast.ts';
import { scaleHistogram } from '../histogram/scale.ts';
import { aggregateCountValues } from './aggregate-count-values.ts';
import { aggregateQuantile } from './aggregate-quantile.ts';
import { aggregateRows } from './aggregate-rows.ts';
import { aggregateLimit, aggregateRatio, aggregateTop } from './aggregate-top.ts';
import { scalarBinary, vectorScalarBinary } from './binary-scalar.ts';
import { vectorBinary } from './binary-vectors.ts';
import { Block } from './block.ts';
import type { EvalContext } from './eval-context.ts';
import { evaluateCall } from './evaluate-call.ts';
import { type Evaluation, scalar, type Value, vector } from './evaluation.ts';
import { infoRows } from './info-rows.ts';
import { InvariantRows } from './invariant-rows.ts';
import { type LoadedColumns, NO_COLUMNS } from './loaded-columns.ts';
import { MappedRows } from './mapped-rows.ts';
import { mergeAfterDrop } from './merge-rows.ts';
import type { AggregateNode, BinaryNode, Load, PlanNode, SelectorNode } from './plan.ts';
import { StoredSeries } from './range-source.ts';
import { FLOAT, HISTOGRAM, histogramAt, type RowSource } from './rows.ts';
import type { SampleStats } from './sample-stats.ts';
import { SelectorRows } from './selector-rows.ts';
import { setOperation } from './set-operators.ts';
import { SmoothedRows } from './smoothed-rows.ts';

export class Evaluator implements Evaluation {
  readonly context: EvalContext;
  readonly source: SampleSource;
  readonly #loaded: ReadonlyMap<Load, LoadedColumns>;

  constructor(
    context: EvalContext,
    source: SampleSource,
    loaded: ReadonlyMap<Load, LoadedColumns>,
  ) {
    this.context = context;
    this.source = source;
    this.#loaded = loaded;
  }

  columnsOf(load: Load): LoadedColumns {
    return this.#loaded.get(load) ?? NO_COLUMNS;
  }

  /** @throws QueryError */
  async evaluate(node: PlanNode, stats: SampleStats): Promise<Value> {
    this.context.check();
    switch (node.kind) {
      case 'number':
        return scalar(new Float64Array(node.grid.steps).fill(node.value));
      case 'string':
        return { kind: 'string', value: node.value };
      case 'selector':
        return vector(this.#selectorRows(node, stats));
      case 'negate':
        return this.#negate(await this.evaluate(node.expr, stats));
      case 'binary':
        return this.#binary(node, stats);
      case 'aggregate':
        return vector(await this.#aggregate(node, stats));
      case 'call':
        return evaluateCall(this, node, stats);
      case 'info':
        return vector(await infoRows(this, node, await this.vectorOf(node.expr, stats), stats));
      case 'invariant':
        return this.#repeat(
          await this.evaluate(node.expr, stats.invariantChild()),
          node.grid.steps,
        );
      case 'window':
      case 'subquery':
        throw new Error('a range vector is evaluated by the function it is given to');
    }
  }

  async vectorOf(node: PlanNode, stats: SampleStats): Promise<RowSource> {
    const value = await this.evaluate(node, stats);
    if (value.kind !== 'vector') throw new Error(`${value.kind} where a vector belongs`);
    return value.rows;
  }

  async scalarOf(node: PlanNode, stats: SampleStats): Promise<Float64Array> {
    const value = await this.evaluate(node, stats);
    if (value.kind !== 'scalar') throw new Error(`${value.kind} where a scalar belongs`);
    return value.values;
  }

  #selectorRows(node: SelectorNode, stats: SampleStats): RowSource {
    const loaded = this.columnsOf(node.load);
    if (!node.smoothed) return new SelectorRows(node, loaded, stats);
    return new SmoothedRows(node, new StoredSeries(node, loaded, false), this.context);
  }

  async #negate(value: Value): Promise<Value> {
    if (value.kind === 'scalar') return scalar(value.values.map((number) => -number));
    if (value.kind === 'string') throw new Error('a string cannot be negated');
    const { steps } = value.rows;
    const { modes } = this.context;
    const negated = new MappedRows(value.rows, 'drop', modes, (row, out) => {
      for (let step = 0; step < steps; step++) {
        const cell = row.base + step;
        const kind = row.kinds[cell];
        if (kind === FLOAT) out.setFloat(step, -(row.values[cell] as number));
        else if (kind === HISTOGRAM)
          out.setHistogram(step, scaleHistogram(histogramAt(row, cell), -1));
      }
    });
    return vector(await mergeAfterDrop(negated, this.context));
  }

  /** Chains of operators can be thousands long, so they are evaluated in a loop. */
  async #binary(top: BinaryNode, stats: SampleStats): Promise<Value> {
    const held = this.context.currentSamples;
    const chain = [top];
    let left = top.lhs;
    for (; left.kind === 'binary'; left = left.lhs) chain.push(left);
    let value = await this.evaluate(left, stats);
    for (const node of chain.reverse()) {
      value = await this.#operate(node, value, await this.evaluate(node.rhs, stats), held);
    }
    return value;
  }

  /** @param held what was held before the operands were evaluated */
  async #operate(node: BinaryNode, lhs: Value, rhs: Value, held: number): Promise<Value> {
    const { op, matching } = node;
    if (lhs.kind === 'string' || rhs.kind === 'string') throw new Error('an operator on strings');
    if (op === 'and' || op === 'or' || op === 'unless') {
      if (lhs.kind !== 'vector' || rhs.kind !== 'vector' || matching === undefined) {
        throw new Error('a set operator on scalars');
      }
      const rows = await setOperation(op, lhs.rows, rhs.rows, matching, this.context);
      return this.#hold(held, rows);
    }
    if (lhs.kind === 'scalar') {
      if (rhs.kind === 'scalar') return scalar(scalarBinary(op, lhs.values, rhs.values));
      const rows = vectorScalarBinary(node, op, rhs.rows, lhs.values, true, this.context);
      return vector(await mergeAfterDrop(rows, this.context));
    }
    if (rhs.kind === 'scalar') {
      const rows = vectorScalarBinary(node, op, lhs.rows, rhs.values, false, this.context);
      return vector(await mergeAfterDrop(rows, this.context));
    }
    if (matching === undefined) throw new Error('an operator on vectors without matching');
    const sides = { lhs: lhs.rows, rhs: rhs.rows };
    return this.#hold(held, await vectorBinary(node, op, matching, sides, this.context));
  }

  async #aggregate(node: AggregateNode, stats: SampleStats): Promise<RowSource> {
    const held = this.context.currentSamples;
    const param = node.param;
    if (node.op === 'count_values') {
      const label = param?.kind === 'string' ? param.value : '';
      const rows = await this.vectorOf(node.expr, stats);
      return this.#settle(held, await aggregateCountValues(node, rows, label, this.context));
    }
    const numbers = param === undefined ? new Float64Array(0) : await this.scalarOf(param, stats);
    const rows = await this.vectorOf(node.expr, stats);
    return this.#settle(held, await this.#aggregateBy(node, node.op, rows, numbers));
  }

  #aggregateBy(
    node: AggregateNode,
    op: Exclude<AggregateOperator, 'count_values'>,
    rows: RowSource,
    numbers: Float64Array,
  ): Promise<RowSource> {
    switch (op) {
      case 'topk':
      case 'bottomk':
        return aggregateTop(node, op, rows, numbers, this.context);
      case 'limitk':
        return aggregateLimit(node, rows, numbers, this.context);
      case 'limit_ratio':
        return aggregateRatio(node, rows, numbers, this.context);
      case 'quantile':
        return aggregateQuantile(node, rows, numbers, this.context);
      default:
        return aggregateRows(node, op, rows, this.context);
    }
  }

  /** What was held for the operands is free; the result is held. */
  #settle(held: number, rows: RowSource): RowSource {
    this.context.releaseTo(held);
    if (rows instanceof Block) this.context.hold(rows.countSamples());
    return rows;
  }

  #hold(held: number, rows: RowSource): Value {
    return vector(this.#settle(held, rows));
  }

  #repeat(value: Value, steps: number): Value {
    if (value.kind === 'scalar') {
      return scalar(new Float64Array(steps).fill(value.values[0] ?? Number.NaN));
    }
    return value.kind === 'vector' ? vector(new InvariantRows(value.rows, steps)) : value;
  }
}
