/** Expressions on several lines. */
import { parseExpr } from '../../../promql/parser/parser.ts';
import { prettyPrint } from '../../../promql/parser/pretty.ts';
import { ALL_EXPERIMENTAL, readCases, resultOf } from '../promql-cases.ts';
import type { ConformanceSuite } from '../suite.ts';

interface PrettyCase {
  readonly line: number;
  readonly max_characters_per_line: number;
  readonly in: string;
  readonly out: string;
}

export const suite: ConformanceSuite = {
  name: 'promql-pretty',
  caseCount: 62,
  async run(dir, report) {
    for (const { line, in: input, out, ...limits } of await readCases<PrettyCase>(
      dir,
      'pretty.json',
    )) {
      const expr = (): string =>
        prettyPrint(parseExpr(input, ALL_EXPERIMENTAL), limits.max_characters_per_line);
      const got = resultOf(expr);
      report({ name: `${line} ${input}`, ok: got === out, expected: out, got });
    }
  },
};
