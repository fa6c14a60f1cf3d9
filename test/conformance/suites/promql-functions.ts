/** Every function of PromQL: its arguments, its result, and whether it is experimental. */
import type { ParserOptions } from '../../../promql/ast.ts';
import { parseExpr } from '../../../promql/parser/parser.ts';
import { documentedType, typeOf } from '../../../promql/parser/value-type.ts';
import { ALL_EXPERIMENTAL, readCases, resultOf } from '../promql-cases.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface FunctionCase {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly variadic: number;
  readonly returns: string;
  readonly experimental: boolean;
}

const STABLE: ParserOptions = { ...ALL_EXPERIMENTAL, experimentalFunctions: false };
/** More arguments than any function may have that has a limit. */
const MANY = 20;

const EXAMPLES: Readonly<Record<string, string>> = {
  'instant vector': 'some_metric',
  'range vector': 'some_metric[5m]',
  scalar: '1',
  string: '"text"',
};

export const suite: ConformanceSuite = {
  name: 'promql-functions',
  caseCount: 90,
  async run(dir, report) {
    for (const testCase of await readCases<FunctionCase>(dir, 'functions.json')) {
      report(judge(testCase));
    }
  },
};

function judge(testCase: FunctionCase): CaseResult {
  const { name } = testCase;
  const got = checksOf(testCase).filter(([, wanted, result]) => wanted !== result);
  return {
    name,
    ok: got.length === 0,
    expected: got.map(([call, wanted]) => `${call}: ${wanted}`).join('\n'),
    got: got.map(([call, , result]) => `${call}: ${result}`).join('\n'),
  };
}

/** Calls, what each should give, and what it gives. */
function checksOf(testCase: FunctionCase): (readonly [string, string, string])[] {
  const { name, variadic, returns } = testCase;
  const listed = testCase.arguments;
  const countMin = variadic === 0 ? listed.length : listed.length - 1;
  const countMax = variadic < 0 ? MANY : countMin + variadic;
  const call = (count: number): string => {
    const types = Array.from({ length: count }, (_, at) => listed[at] ?? listed.at(-1) ?? 'scalar');
    // The labels that info() adds look like a selector without a name.
    const args = types.map((type, at) => (name === 'info' && at === 1 ? '{}' : EXAMPLES[type]));
    return `${name}(${args.join(', ')})`;
  };
  const check = (text: string, wanted: string, options = ALL_EXPERIMENTAL) =>
    [text, wanted, resultOf(() => documentedType(typeOf(parseExpr(text, options))))] as const;
  const refused = (count: number): string => {
    const bound = variadic === 0 ? '' : count < countMin ? 'at least ' : 'at most ';
    const wanted = `${bound}${count < countMin ? countMin : countMax}`;
    return `1:1: parse error: expected ${wanted} argument(s) in call to "${name}", got ${count}`;
  };
  const disabled = `1:1: parse error: function "${name}" is not enabled`;
  const checks = [
    check(call(countMin), returns),
    check(call(countMax), returns),
    check(call(countMin), testCase.experimental ? disabled : returns, STABLE),
  ];
  if (countMin > 0) checks.push(check(call(countMin - 1), refused(countMin - 1)));
  if (variadic >= 0) checks.push(check(call(countMax + 1), refused(countMax + 1)));
  listed.forEach((type, at) => {
    const args = listed.map((other, index) => EXAMPLES[index === at ? otherThan(type) : other]);
    if (name === 'info') return;
    const text = `${name}(${args.join(', ')})`;
    const column = text.indexOf('(') + 2 + args.slice(0, at).join(', ').length + (at > 0 ? 2 : 0);
    const problem = `expected type ${type} in call to function "${name}", got ${otherThan(type)}`;
    checks.push(check(text, `1:${column}: parse error: ${problem}`));
  });
  return checks;
}

function otherThan(type: string): string {
  return type === 'range vector' ? 'instant vector' : 'range vector';
}
