/** The canonical text of expressions. */
import { parseExpr } from '../../../promql/parser/parser.ts';
import { printExpr } from '../../../promql/parser/print.ts';
import { ALL_EXPERIMENTAL, readCases, resultOf } from '../promql-cases.ts';
import type { ConformanceSuite } from '../suite.ts';

interface PrintCase {
  readonly line: number;
  readonly in: string;
  readonly out: string;
}

export const suite: ConformanceSuite = {
  name: 'promql-print',
  caseCount: 86,
  async run(dir, report) {
    for (const { line, in: input, out } of await readCases<PrintCase>(dir, 'print.json')) {
      const got = resultOf(() => printExpr(parseExpr(input, ALL_EXPERIMENTAL)));
      report({ name: `${line} ${input}`, ok: got === out, expected: out, got });
    }
  },
};
