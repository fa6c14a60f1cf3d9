/** Arithmetic on two rows that have a float at each step. */
import { arithmetic, isComparison, type ValueOperator } from './binary-operators.ts';

export type FullRowOperation = (
  lhs: Float64Array,
  rhs: Float64Array,
  results: Float64Array,
) => void;

/** A loop for the operators people use most, one with a call per value for the others. */
export function fullRowOperation(op: ValueOperator): FullRowOperation | undefined {
  if (isComparison(op) || op === '</' || op === '>/') return undefined;
  switch (op) {
    case '/':
      return divide;
    case '-':
      return subtract;
    case '+':
      return add;
    case '*':
      return multiply;
    default: {
      const operate = arithmetic(op);
      return (lhs, rhs, results) => {
        for (let step = 0; step < results.length; step++) {
          results[step] = operate(lhs[step] as number, rhs[step] as number);
        }
      };
    }
  }
}

function divide(lhs: Float64Array, rhs: Float64Array, results: Float64Array): void {
  for (let step = 0; step < results.length; step++) {
    results[step] = (lhs[step] as number) / (rhs[step] as number);
  }
}

function subtract(lhs: Float64Array, rhs: Float64Array, results: Float64Array): void {
  for (let step = 0; step < results.length; step++) {
    results[step] = (lhs[step] as number) - (rhs[step] as number);
  }
}

function add(lhs: Float64Array, rhs: Float64Array, results: Float64Array): void {
  for (let step = 0; step < results.length; step++) {
    results[step] = (lhs[step] as number) + (rhs[step] as number);
  }
}

function multiply(lhs: Float64Array, rhs: Float64Array, results: Float64Array): void {
  for (let step = 0; step < results.length; step++) {
    results[step] = (lhs[step] as number) * (rhs[step] as number);
  }
}
