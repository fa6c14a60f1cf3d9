/** Functions every template has. `and`, `or` and `call` are the evaluator's own. */
import { sprint, sprintln } from '../format/printer.ts';
import { sprintf } from '../format/printf.ts';
import { type Args, fixed, variadic } from '../functions/define.ts';
import { TEMPLATE_OUTPUT_MAX } from '../limits.ts';
import { FunctionError } from '../template-error.ts';
import { ANY, type GoFunction, REFLECT_VALUE, STRING } from '../value/go-types.ts';
import { type GoValue, goBool, goInt, goString, isTrue } from '../value/go-values.ts';
import { isEqualToAny, isLess, isLessOrEqual } from './comparison.ts';
import { indexInto, lengthOf, sliceOfValue } from './indexing.ts';
import { textOfArguments } from './printable.ts';
import { escapeHtml, escapeJavaScript, escapeQuery } from './text-escape.ts';

export type FunctionMap = ReadonlyMap<string, GoFunction>;

const ONE_VALUE = [REFLECT_VALUE];
const TWO_VALUES = [REFLECT_VALUE, REFLECT_VALUE];

function textEscaper(escape: (text: string) => string): GoFunction {
  return variadic([ANY], (args) => goString(escape(textOfArguments(args))));
}

function printed(args: Args): GoValue {
  const [format, ...values] = args;
  const text = format?.kind === 'string' ? format.value : '';
  try {
    return goString(sprintf(text, values, TEMPLATE_OUTPUT_MAX));
  } catch (error) {
    if (error instanceof RangeError) throw new FunctionError(error.message, { cause: error });
    throw error;
  }
}

/** The bodies of these are in the evaluator, for they need not evaluate all arguments. */
function shortCircuit(): never {
  throw new Error('and, or and call are evaluated in place');
}

export const BUILTINS: FunctionMap = new Map<string, GoFunction>([
  ['and', variadic(TWO_VALUES, shortCircuit)],
  ['or', variadic(TWO_VALUES, shortCircuit)],
  ['call', variadic(TWO_VALUES, shortCircuit)],
  ['html', textEscaper(escapeHtml)],
  ['js', textEscaper(escapeJavaScript)],
  ['urlquery', textEscaper(escapeQuery)],
  ['index', variadic(TWO_VALUES, ([item, ...indexes]) => indexInto(item, indexes))],
  ['slice', variadic(TWO_VALUES, ([item, ...indexes]) => sliceOfValue(item, indexes))],
  ['len', fixed(ONE_VALUE, ([item]) => goInt(lengthOf(item)))],
  ['not', fixed(ONE_VALUE, ([value]) => goBool(!isTrue(value)))],
  ['print', variadic([ANY], (args) => goString(sprint(args)))],
  ['printf', variadic([STRING, ANY], printed)],
  ['println', variadic([ANY], (args) => goString(sprintln(args)))],
  ['eq', variadic(TWO_VALUES, ([first, ...others]) => goBool(isEqualToAny(first, others)))],
  ['ne', fixed(TWO_VALUES, ([a, b]) => goBool(!isEqualToAny(a, [b])))],
  ['lt', fixed(TWO_VALUES, ([a, b]) => goBool(isLess(a, b)))],
  ['le', fixed(TWO_VALUES, ([a, b]) => goBool(isLessOrEqual(a, b)))],
  ['gt', fixed(TWO_VALUES, ([a, b]) => goBool(!isLessOrEqual(a, b)))],
  ['ge', fixed(TWO_VALUES, ([a, b]) => goBool(!isLess(a, b)))],
]);
