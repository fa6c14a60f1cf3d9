import { expect, test } from 'vitest';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import { ruleWarnings } from './rule-warnings.ts';

function warnings(...rules: readonly (readonly [string, string])[]) {
  return ruleWarnings(
    rules.map(([identity, text]) => ({
      identity,
      expr: parseExpr(text, ENGINE_DEFAULTS.parser),
    })),
  );
}

test('a rule that gives no vector or scalar can only fail', () => {
  expect(warnings(['a', 'up'], ['b', '1'], ['c', '"x"'], ['d', 'up[5m]'])).toEqual([
    [],
    [],
    ['the expression gives a string: every evaluation fails'],
    ['the expression gives a range vector: every evaluation fails'],
  ]);
});

test('a rule that is there twice says of which it is the double', () => {
  expect(warnings(['a', 'x'], ['b', 'x'], ['a', 'y'], ['a', 'z'])).toEqual([
    [],
    [],
    ['has the name and labels of rule 1 of the group'],
    ['has the name and labels of rule 1 of the group'],
  ]);
});
