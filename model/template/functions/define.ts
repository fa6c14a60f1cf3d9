/** How functions for templates are written down. */
import type { GoFunction, GoType } from '../value/go-types.ts';
import type { GoValue, Maybe } from '../value/go-values.ts';

export type Args = readonly Maybe<GoValue>[];

/** A function of a fixed number of arguments. */
export function fixed(params: readonly GoType[], call: (args: Args) => Maybe<GoValue>): GoFunction {
  return { params, call };
}

/** A function whose last parameter takes any number of arguments. */
export function variadic(
  params: readonly GoType[],
  call: (args: Args) => Maybe<GoValue>,
): GoFunction {
  return { params, isVariadic: true, call };
}

/** The text of an argument whose parameter is a string. */
export function textArg(args: Args, index: number): string {
  const value = args[index];
  return value?.kind === 'string' ? value.value : '';
}

/** The texts of an argument whose parameter is a list of strings. */
export function textsArg(args: Args, index: number): readonly string[] {
  const value = args[index];
  if (value?.kind !== 'slice') return [];
  return value.items.map((item) => (item?.kind === 'string' ? item.value : ''));
}
