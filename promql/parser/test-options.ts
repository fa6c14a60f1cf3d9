/** Parser options for tests. */
import type { ParserOptions } from '../ast.ts';

export const EVERYTHING_ON: ParserOptions = {
  experimentalFunctions: true,
  extendedRangeSelectors: true,
  binopFillModifiers: true,
  durationExpressions: true,
};

export const EVERYTHING_OFF: ParserOptions = {
  experimentalFunctions: false,
  extendedRangeSelectors: false,
  binopFillModifiers: false,
  durationExpressions: false,
};
