/** Series with their samples as numbers. */
import { isDeepStrictEqual } from 'node:util';
import { parseSequence } from '../../../promql/promqltest/series-notation.ts';
import { readCases, resultOf } from '../promql-cases.ts';
import type { ConformanceSuite } from '../suite.ts';

interface SeriesCase {
  readonly line: number;
  readonly input: string;
  readonly ok: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** null: no sample. */
  readonly values?: readonly (number | null)[];
}

export const suite: ConformanceSuite = {
  name: 'promql-series-notation',
  caseCount: 23,
  async run(dir, report) {
    for (const testCase of await readCases<SeriesCase>(dir, 'series_notation.json')) {
      const { line, input, ok, labels, values } = testCase;
      const got = resultOf(() => JSON.stringify(expand(input)));
      const wanted = { labels, values };
      const isRefused = got.includes('parse error: ');
      report({
        name: `${line} ${input}`,
        ok: ok ? !isRefused && isDeepStrictEqual(JSON.parse(got), wanted) : isRefused,
        expected: ok ? JSON.stringify(wanted) : 'a parse error',
        got,
      });
    }
  },
};

function expand(input: string): unknown {
  const { labels, points } = parseSequence(input);
  return {
    labels: labels.toRecord(),
    values: points.map((point) => (point.kind === 'float' ? point.value : null)),
  };
}
