/** Expressions with their syntax tree, or with what Prometheus says is wrong with them. */
import { isDeepStrictEqual } from 'node:util';
import type { ParserOptions } from '../../../promql/ast.ts';
import { ParseError } from '../../../promql/parser/parse-error.ts';
import { parseExpr } from '../../../promql/parser/parser.ts';
import { prometheusTree, withoutZeroValues } from '../prometheus-tree.ts';
import { ALL_EXPERIMENTAL, type CaseText, readCases, textOf } from '../promql-cases.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface ParseCase {
  readonly line: number;
  readonly input: CaseText;
  readonly ok: boolean;
  readonly ast?: unknown;
  readonly first_error?: string;
  /** At most the first three of a long list, whose length is then `errors_total`. */
  readonly errors?: readonly { start: number; end: number; message: string }[];
  readonly errors_total?: number;
}

const OPTIONS: ParserOptions = { ...ALL_EXPERIMENTAL, binopFillModifiers: false };
const NAME_LENGTH_MAX = 80;

/**
 * Lines whose range in the file is not that of the source: `4s180ms` stands there as
 * 4000000180000000 ns, the sum having been taken before the units were applied.
 */
const WRONG_IN_FILE: ReadonlySet<number> = new Set([1813, 2468, 2574, 2589, 2604, 2619, 3772]);

export const suite: ConformanceSuite = {
  name: 'promql-parse',
  caseCount: 305,
  async run(dir, report) {
    for (const testCase of await readCases<ParseCase>(dir, 'parse.json')) report(judge(testCase));
  },
};

function judge(testCase: ParseCase): CaseResult {
  const input = textOf(testCase.input);
  const name = `${testCase.line} ${input.slice(0, NAME_LENGTH_MAX)}`;
  const wanted = testCase.ok ? withoutZeroValues(testCase.ast) : errorsOf(testCase);
  const got = outcomeOf(input, testCase.errors?.length ?? 0);
  const ok = isDeepStrictEqual(got, wanted);
  if (!ok && WRONG_IN_FILE.has(testCase.line)) {
    return { name, ok, skipped: 'the duration in the file is not the one in the query' };
  }
  return {
    name,
    ok,
    expected: JSON.stringify(wanted),
    got: JSON.stringify(got),
  };
}

function errorsOf({ first_error: first, errors = [], errors_total: total }: ParseCase): unknown {
  return { first, total: total ?? errors.length, errors };
}

/** The first errors of a shortened list, and the last. */
function outcomeOf(input: string, errorCount: number): unknown {
  try {
    return JSON.parse(JSON.stringify(prometheusTree(parseExpr(input, OPTIONS))));
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    const errors = cause.problems.map(({ range, problem }) => ({ ...range, message: problem }));
    const isShort = errors.length <= errorCount;
    const listed = isShort ? errors : [...errors.slice(0, errorCount - 1), ...errors.slice(-1)];
    return {
      first: cause.message,
      total: errors.length,
      errors: listed,
    };
  }
}
