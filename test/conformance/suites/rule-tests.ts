/** Unit tests of rules in promtool's format, with promtool's outcome. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EVERYTHING_OFF } from '../../../promql/parser/test-options.ts';
import { RULE_TEST_DEFAULTS, runRuleTests } from '../../../rules/unit-test/run-rule-tests.ts';
import type { ConformanceSuite } from '../suite.ts';

interface RuleTestCase {
  readonly name: string;
  readonly files: readonly string[];
  readonly exit: 0 | 1;
  readonly run?: readonly string[];
  readonly at_modifier?: boolean;
  readonly negative_offset?: boolean;
  readonly ignore_unknown_fields?: boolean;
}

export const suite: ConformanceSuite = {
  name: 'rule-tests',
  caseCount: 21,
  async run(dir, report) {
    const text = await readFile(path.join(dir, 'rules/promtool_unit_tests.json'), 'utf8');
    const { cases } = JSON.parse(text) as { readonly cases: readonly RuleTestCase[] };
    for (const one of cases) {
      const files = one.files.map((file) => path.join(dir, 'rules/promtool', file));
      const results = await runRuleTests(files, {
        ...RULE_TEST_DEFAULTS,
        parser: EVERYTHING_OFF,
        run: one.run ?? [],
        ignoreUnknownFields: one.ignore_unknown_fields === true,
        allowsAt: one.at_modifier === true,
        allowsNegativeOffset: one.negative_offset === true,
      });
      const problems = results.flatMap((result) => result.problems);
      report({
        name: one.name,
        ok: (problems.length === 0 ? 0 : 1) === one.exit,
        expected: `exit ${one.exit}`,
        got: problems.length === 0 ? 'exit 0' : problems.join('\n'),
      });
    }
  },
};
