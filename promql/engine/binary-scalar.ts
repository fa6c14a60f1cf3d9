/** Binary operators between an instant vector and a scalar, and between two scalars. */
import {
  arithmetic,
  changesMetric,
  compareFloats,
  comparison,
  floatOperation,
  isComparison,
  mixedOperation,
  type ValueOperator,
} from './binary-operators.ts';
import type { EvalContext } from './eval-context.ts';
import { MappedRows } from './mapped-rows.ts';
import type { BinaryNode } from './plan.ts';
import { FLOAT, HISTOGRAM, histogramAt, type Row, type RowBuffer, type RowSource } from './rows.ts';

export function scalarBinary(
  op: ValueOperator,
  lhs: Float64Array,
  rhs: Float64Array,
): Float64Array {
  return lhs.map((value, step) => floatOperation(op, value, rhs[step] as number));
}

/** @param isScalarLeft the scalar is the left operand */
export function vectorScalarBinary(
  node: BinaryNode,
  op: ValueOperator,
  rows: RowSource,
  scalar: Float64Array,
  isScalarLeft: boolean,
  context: EvalContext,
): RowSource {
  const nameRule = changesMetric(op) || node.returnBool ? 'drop' : 'keep';
  const { steps } = rows;
  const fillOther = (row: Row, out: RowBuffer): void => {
    for (let step = 0; step < steps; step++) {
      const cell = row.base + step;
      const kind = row.kinds[cell];
      if (kind !== FLOAT && kind !== HISTOGRAM) continue;
      const operand = kind === FLOAT ? (row.values[cell] as number) : histogramAt(row, cell);
      const number = scalar[step] as number;
      const lhs = isScalarLeft ? number : operand;
      const rhs = isScalarLeft ? operand : number;
      const result =
        kind === FLOAT && isFloatOperator(op)
          ? floatResult(op, lhs as number, rhs as number)
          : mixedOperation(op, lhs, rhs, node.pos, context);
      if (result === undefined) continue;
      // A comparison keeps the vector's value, whichever side it is on.
      if (typeof result === 'boolean') {
        if (node.returnBool) out.setFloat(step, result ? 1 : 0);
        else if (result && typeof operand === 'number') out.setFloat(step, operand);
        else if (result && typeof operand !== 'number') out.setHistogram(step, operand);
      } else if (typeof result === 'number') out.setFloat(step, result);
      else out.setHistogram(step, result);
    }
  };
  const fillFloats = floatFill(op, scalar, isScalarLeft, node.returnBool);
  return new MappedRows(rows, nameRule, context.modes, (row, out) => {
    if (row.histograms === undefined && fillFloats !== undefined) fillFloats(row, out);
    else fillOther(row, out);
  });
}

function isFloatOperator(op: ValueOperator): op is Exclude<ValueOperator, '</' | '>/'> {
  return op !== '</' && op !== '>/';
}

function floatResult(op: ValueOperator, lhs: number, rhs: number): number | boolean {
  return isComparison(op) ? compareFloats(op, lhs, rhs) : floatOperation(op, lhs, rhs);
}

/** The loop for rows of floats only; undefined for operators that floats do not have. */
function floatFill(
  op: ValueOperator,
  scalar: Float64Array,
  isScalarLeft: boolean,
  returnBool: boolean,
): ((row: Row, out: RowBuffer) => void) | undefined {
  if (!isFloatOperator(op)) return undefined;
  if (isComparison(op)) {
    const compare = comparison(op);
    return ({ base, kinds, values }, out) => {
      for (let step = 0; step < scalar.length; step++) {
        if (kinds[base + step] !== FLOAT) continue;
        const value = values[base + step] as number;
        const number = scalar[step] as number;
        const holds = isScalarLeft ? compare(number, value) : compare(value, number);
        if (!holds && !returnBool) continue;
        out.values[step] = returnBool ? Number(holds) : value;
        out.kinds[step] = FLOAT;
      }
    };
  }
  const operate = arithmetic(op);
  return ({ base, kinds, values, isFull }, out) => {
    for (let step = 0; step < scalar.length; step++) {
      if (!isFull) {
        if (kinds[base + step] !== FLOAT) continue;
        out.kinds[step] = FLOAT;
      }
      const value = values[base + step] as number;
      const number = scalar[step] as number;
      out.values[step] = isScalarLeft ? operate(number, value) : operate(value, number);
    }
    if (isFull) out.markFull();
  };
}
