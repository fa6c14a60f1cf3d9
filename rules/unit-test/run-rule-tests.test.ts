import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigErrors } from '../../config/config-errors.ts';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { readTestFile } from './read-test-file.ts';
import { RULE_TEST_DEFAULTS, type RuleTestResult, runRuleTests } from './run-rule-tests.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'watchkeeper-test-'));
  await writeFile(
    path.join(dir, 'rules.yml'),
    `groups:
  - name: g
    rules:
      - { record: twice, expr: x * 2 }
      - { alert: High, expr: twice > 3, for: 2m, labels: { l: '{{ $labels.a }}' }, annotations: { t: 'v {{ $value }}' } }
`,
  );
});

afterAll(() => rm(dir, { recursive: true, force: true }));

async function run(
  yaml: string,
  options: Partial<typeof RULE_TEST_DEFAULTS> = {},
): Promise<RuleTestResult> {
  const file = path.join(dir, 'tests.yml');
  await writeFile(file, yaml);
  const { parser } = ENGINE_DEFAULTS;
  const [result] = await runRuleTests([file], { ...RULE_TEST_DEFAULTS, parser, ...options });
  return result as RuleTestResult;
}

function testing(fields: string): string {
  return `rule_files: [rules.yml]
tests:
  - interval: 1m
    input_series: [{ series: 'x{a="b"}', values: '1 2x20' }]
    ${fields.replaceAll('\n', '\n    ')}
`;
}

describe('a test', () => {
  test('passes when alerts and samples are as expected', async () => {
    const result = await run(
      testing(`alert_rule_test:
  - { eval_time: 2m, alertname: High }
  - eval_time: 3m
    alertname: High
    exp_alerts: [{ exp_labels: { a: b, l: b }, exp_annotations: { t: v 4 } }]
promql_expr_test:
  - { expr: twice, eval_time: 5m, exp_samples: [{ labels: 'twice{a="b"}', value: 4 }] }
  - { expr: nothing, eval_time: 1m }
  - { expr: vector(1), eval_time: 1m, exp_samples: [{ value: 1 }] }`),
    );
    expect(result.problems).toEqual([]);
    expect(result.tests).toMatchObject([{ name: 'unnamed#0', problems: [] }]);
  });

  test('fails with what was expected and what came', async () => {
    const result = await run(
      testing(`name: mine
alert_rule_test: [{ eval_time: 1m, alertname: High, exp_alerts: [{}] }]
promql_expr_test: [{ expr: twice, eval_time: 1m, exp_samples: [{ labels: twice, value: 5 }] }]`),
    );
    expect(result.problems).toEqual([
      '    name: mine,\n    alertname: High, time: 1m, \n        exp:[\n            0:\n              Labels:{alertname="High"}\n              Annotations:{}\n            ], \n        got:[]',
      '    expr: "twice", time: 1m,\n        exp: {__name__="twice"} 5E+00\n        got: {__name__="twice", a="b"} 4E+00',
    ]);
  });

  test('that sees two floats side by side passes only when told to be fuzzy', async () => {
    const yaml = testing(
      'promql_expr_test: [{ expr: vector(0.1 + 0.2), eval_time: 0, exp_samples: [{ value: 0.3 }] }]',
    );
    expect((await run(yaml)).problems).toHaveLength(1);
    expect((await run(`fuzzy_compare: true\n${yaml}`)).problems).toEqual([]);
  });

  test('runs only when its name is asked for', async () => {
    const yaml = `tests:
  - { name: one, promql_expr_test: [{ expr: vector(1), eval_time: 0 }] }
  - { name: two, promql_expr_test: [{ expr: vector(1), eval_time: 0, exp_samples: [{ value: 1 }] }] }
`;
    expect((await run(yaml, { run: ['^t'] })).problems).toEqual([]);
    expect((await run(yaml, { run: ['one', 'two'] })).problems).toHaveLength(1);
  });

  test('does not see samples that are still to come', async () => {
    const expr = '"count_over_time(x[10m] offset -10m)"';
    const result = await run(testing(`promql_expr_test: [{ expr: ${expr}, eval_time: 1m }]`));
    expect(result.problems).toEqual([]);
  });

  test.each([
    ['[1', 'yaml'],
    ['testz: []', 'field testz not found in type main.unitTestFile'],
    ['group_eval_order: [a, a]', 'group name repeated in evaluation order: a'],
    [
      'tests: [{ alert_rule_test: [{ eval_time: 1m }] }]',
      'misses required attribute alertname at eval_time 1m',
    ],
    ['tests: [{ input_series: [{ series: "x{", values: 1 }] }]', 'input_series "x{"'],
    ['tests: [{ start_timestamp: yesterday }]', 'cannot parse "yesterday" to a valid timestamp'],
    ['tests: [{ promql_expr_test: [{ expr: "(", eval_time: 0 }] }]', 'unclosed left parenthesis'],
    ['tests: [{ promql_expr_test: [{ expr: "x[5m]", eval_time: 0 }] }]', 'not a vector or scalar'],
    [
      'tests: [{ promql_expr_test: [{ expr: vector(1), eval_time: 0, exp_samples: [{ labels: "{" }] }] }]',
      'labels "{"',
    ],
  ])('file %j fails, and says why', async (yaml, problem) => {
    const { problems } = await run(yaml);
    expect(problems.join('\n')).toContain(problem);
  });

  test('whose rule fails says which, and when', async () => {
    await writeFile(
      path.join(dir, 'bad.yml'),
      'groups: [{ name: g, rules: [{ record: r, expr: "\'s\'" }] }]',
    );
    const { problems } = await run('rule_files: [bad.yml]\ntests: [{}]');
    expect(problems).toEqual(['    rule: r, time: 0s, err: rule result is not a vector or scalar']);
  });

  test('file that names no rule file there is warns', async () => {
    const { warnings, problems } = await run('rule_files: [none-*.yml]\ntests: []');
    expect(problems).toEqual([]);
    expect(warnings[0]).toContain('no file match pattern');
  });
});

test('any text is read or refused with problems', () => {
  const keys = ['tests', 'rule_files', 'interval', 'input_series', 'exp_samples', 'eval_time'];
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('1m', '', '-1', '{', '0x1', 'NaN'),
      fc.dictionary(fc.constantFrom(...keys), tie('value')),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        value.map((one) => JSON.stringify(one)),
      ),
      (text) => {
        try {
          readTestFile('t.yml', Buffer.from(text));
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigErrors);
        }
      },
    ),
  );
});
