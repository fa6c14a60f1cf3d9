/** Binary operators on single values. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { compactHistogram } from '../../model/histogram-buckets.ts';
import type { BinaryOperator, PositionRange } from '../ast.ts';
import { addHistograms, subtractHistograms } from '../histogram/arithmetic.ts';
import { equalHistograms } from '../histogram/equality.ts';
import { divideHistogram, scaleHistogram } from '../histogram/scale.ts';
import { IncompatibleSchemaError } from '../histogram/schema.ts';
import { trimHistogram } from '../histogram/trim.ts';
import {
  counterResetCollisionWarning,
  incompatibleBucketLayoutWarning,
  incompatibleTypesInBinOpInfo,
  mismatchedCustomBucketsInfo,
} from './annotation-texts.ts';
import type { EvalContext } from './eval-context.ts';

/** All but the set operators. */
export type ValueOperator = Exclude<BinaryOperator, 'and' | 'or' | 'unless'>;
export type ComparisonOperator = '==' | '!=' | '>' | '<' | '>=' | '<=';

export function isComparison(op: BinaryOperator): op is ComparisonOperator {
  return op in COMPARISONS;
}

/** Operators whose result is another metric than their operands. */
export function changesMetric(op: BinaryOperator): boolean {
  return ['+', '-', '*', '/', '^', '%', 'atan2'].includes(op);
}

/** Arithmetic, or 1 and 0 for a comparison. `</` and `>/` have no meaning for two floats: NaN. */
export function floatOperation(op: ValueOperator, lhs: number, rhs: number): number {
  if (isComparison(op)) return COMPARISONS[op](lhs, rhs) ? 1 : 0;
  return op === '</' || op === '>/' ? Number.NaN : ARITHMETIC[op](lhs, rhs);
}

type ArithmeticOperator = Exclude<ValueOperator, ComparisonOperator | '</' | '>/'>;
type Arithmetic = (lhs: number, rhs: number) => number;

const ARITHMETIC: Readonly<Record<ArithmeticOperator, Arithmetic>> = {
  '+': (lhs, rhs) => lhs + rhs,
  '-': (lhs, rhs) => lhs - rhs,
  '*': (lhs, rhs) => lhs * rhs,
  '/': (lhs, rhs) => lhs / rhs,
  '%': (lhs, rhs) => lhs % rhs,
  '^': power,
  atan2: Math.atan2,
};

const COMPARISONS: Readonly<Record<ComparisonOperator, (lhs: number, rhs: number) => boolean>> = {
  '==': (lhs, rhs) => lhs === rhs,
  '!=': (lhs, rhs) => lhs !== rhs,
  '>': (lhs, rhs) => lhs > rhs,
  '<': (lhs, rhs) => lhs < rhs,
  '>=': (lhs, rhs) => lhs >= rhs,
  '<=': (lhs, rhs) => lhs <= rhs,
};

/** For loops, which look the operator up once. */
export function arithmetic(op: ArithmeticOperator): Arithmetic {
  return ARITHMETIC[op];
}

export function comparison(op: ComparisonOperator): (lhs: number, rhs: number) => boolean {
  return COMPARISONS[op];
}

export function compareFloats(op: ComparisonOperator, lhs: number, rhs: number): boolean {
  return COMPARISONS[op](lhs, rhs);
}

/** Go says that 1 to any power and (-1) to ±Inf are 1, where JavaScript says NaN. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && Math.abs(exponent) === Infinity) return 1;
  return base ** exponent;
}

type Operand = number | FloatHistogram;

/**
 * An operation of which at least one side is a histogram, or that floats do not have.
 * @returns the value; for a comparison, whether it holds; undefined when there is no result, which
 *   an annotation then says
 */
export function mixedOperation(
  op: ValueOperator,
  lhs: Operand,
  rhs: Operand,
  pos: PositionRange,
  context: EvalContext,
): Operand | boolean | undefined {
  const lhsIsFloat = typeof lhs === 'number';
  const rhsIsFloat = typeof rhs === 'number';
  if (!lhsIsFloat && !rhsIsFloat) {
    if (op === '+' || op === '-') return addOrSubtract(op, lhs, rhs, pos, context);
    if (op === '==') return equalHistograms(lhs, rhs);
    if (op === '!=') return !equalHistograms(lhs, rhs);
  } else if (!lhsIsFloat && rhsIsFloat) {
    if (op === '*') return compactHistogram(scaleHistogram(lhs, rhs));
    if (op === '/') return compactHistogram(divideHistogram(lhs, rhs));
    if (op === '</') return trimHistogram(lhs, rhs, 'below');
    if (op === '>/') return trimHistogram(lhs, rhs, 'above');
  } else if (lhsIsFloat && !rhsIsFloat && op === '*') {
    return compactHistogram(scaleHistogram(rhs, lhs));
  }
  const kinds = [lhs, rhs].map((side) => (typeof side === 'number' ? 'float' : 'histogram'));
  const [lhsKind = '', rhsKind = ''] = kinds;
  context.annotate(incompatibleTypesInBinOpInfo(lhsKind, op, rhsKind, pos));
  return undefined;
}

function addOrSubtract(
  op: '+' | '-',
  lhs: FloatHistogram,
  rhs: FloatHistogram,
  pos: PositionRange,
  context: EvalContext,
): FloatHistogram | undefined {
  const operation = op === '+' ? 'addition' : 'subtraction';
  try {
    const result = op === '+' ? addHistograms(lhs, rhs) : subtractHistograms(lhs, rhs);
    if (result.resetCollision) context.annotate(counterResetCollisionWarning(pos, operation));
    if (result.boundsReconciled) context.annotate(mismatchedCustomBucketsInfo(pos, operation));
    return op === '+' ? result.histogram : { ...result.histogram, counterResetHint: 'gauge' };
  } catch (error) {
    if (!(error instanceof IncompatibleSchemaError)) throw error;
    context.annotate(incompatibleBucketLayoutWarning(op, pos));
    return undefined;
  }
}
