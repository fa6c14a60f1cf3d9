/** Functions of one number, applied to each float; histograms give nothing. */
import { dateFunctions } from './date-functions.ts';

const RADIANS_PER_DEGREE = Math.PI / 180;

export const FLOAT_FUNCTIONS: ReadonlyMap<string, (value: number) => number> = new Map([
  ['abs', Math.abs],
  ['acos', Math.acos],
  ['acosh', Math.acosh],
  ['asin', Math.asin],
  ['asinh', Math.asinh],
  ['atan', Math.atan],
  ['atanh', Math.atanh],
  ['ceil', Math.ceil],
  ['cos', Math.cos],
  ['cosh', Math.cosh],
  ['deg', (value: number) => (value * 180) / Math.PI],
  ['exp', Math.exp],
  ['floor', Math.floor],
  ['ln', Math.log],
  ['log10', Math.log10],
  ['log2', Math.log2],
  ['rad', (value: number) => value * RADIANS_PER_DEGREE],
  ['sgn', (value: number) => (value < 0 ? -1 : value > 0 ? 1 : value)],
  ['sin', Math.sin],
  ['sinh', Math.sinh],
  ['sqrt', Math.sqrt],
  ['tan', Math.tan],
  ['tanh', Math.tanh],
  ...dateFunctions,
]);

/** Rounds to the nearest multiple, ties up. */
export function roundTo(value: number, toNearest: number): number {
  // The inverse gives fewer rounding errors: most people round to 0.1 or 0.01.
  const inverse = 1 / toNearest;
  return Math.floor(value * inverse + 0.5) / inverse;
}

/** Undefined when the bounds are the wrong way round. */
export function clampTo(value: number, min: number, max: number): number | undefined {
  return max < min ? undefined : Math.max(min, Math.min(max, value));
}
