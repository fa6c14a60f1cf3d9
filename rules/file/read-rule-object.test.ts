import { describe, expect, test } from 'vitest';
import { printExpr } from '../../promql/parser/print.ts';
import { EVERYTHING_ON } from '../../promql/parser/test-options.ts';
import { readRuleObject } from './read-rule-object.ts';

const OPTIONS = {
  parser: EVERYTHING_ON,
  nameValidation: 'utf8',
  ignoreUnknownFields: false,
} as const;

function read(groups: unknown): ReturnType<typeof readRuleObject> {
  return readRuleObject({ cluster: 'prod', namespace: 'mon', name: 'r', groups }, OPTIONS);
}

describe('PrometheusRule', () => {
  test('a group with a mistake is told, and the others are loaded', () => {
    const { file, errors } = read([
      {
        name: 'good',
        interval: '30s',
        partial_response_strategy: 'abort',
        rules: [{ record: 'a', expr: 1 }],
      },
      {
        name: 'bad',
        rules: [
          { alert: 'B', expr: 'sum(' },
          { record: 'x', alert: 'y', expr: '1' },
        ],
      },
      { name: 'odd', rules: [{ alert: 'B', expr: '1', fro: '1m' }] },
      { name: 'good', rules: [] },
      { name: 'time', interval: 'x' },
      'none',
    ]);
    expect(file.file).toBe('prometheusrule/prod/mon/r');
    expect(file.groups.map(({ name, intervalMs }) => [name, intervalMs])).toEqual([
      ['good', 30_000],
    ]);
    expect(errors).toEqual([
      expect.stringMatching(
        /^group "bad".*could not parse expression: .*unclosed left parenthesis/,
      ),
      expect.stringMatching(/^group "bad".*only one of 'record' and 'alert' must be set/),
      expect.stringMatching(/^group "odd": field fro not found in type rulefmt.Rule/),
      'group "good": there is another of this name',
      expect.stringMatching(/^group "time": /),
      expect.stringMatching(/^group "5": /),
    ]);
  });

  test.each([[undefined], [[]]])('groups %j are none', (groups) => {
    expect(read(groups)).toEqual({
      file: { file: 'prometheusrule/prod/mon/r', groups: [], warnings: [] },
      errors: [],
    });
  });

  test('groups that are no list are told', () => {
    expect(read({}).errors).toEqual(['groups: not a list']);
  });

  test.each([
    ['up == 0', 'up{cluster="prod"} == 0'],
    ['up{cluster="other"}', 'up{cluster="other"}'],
    [
      'sum by (a) (rate(x{b="c"}[5m] offset 1m)) / on() group_left() count(y)',
      'sum by (a) (rate(x{b="c",cluster="prod"}[5m] offset 1m)) / on () group_left () count(y{cluster="prod"})',
    ],
    ['topk(scalar(n), -(x))', 'topk(scalar(n{cluster="prod"}), -(x{cluster="prod"}))'],
    ['max_over_time(x[1h:5m])', 'max_over_time(x{cluster="prod"}[1h:5m])'],
    ['{__name__=~"a.*"}', '{__name__=~"a.*",cluster="prod"}'],
    ['absent(up{job="x"})', 'absent(up{cluster="prod",job="x"})'],
    ['vector(1)', 'vector(1)'],
    [
      'label_replace(x, "a", "$1", "b", "(.*)")',
      'label_replace(x{cluster="prod"}, "a", "$1", "b", "(.*)")',
    ],
  ])('%s sees its cluster alone', (expr, restricted) => {
    const { file } = read([{ name: 'g', labels: { z: '1' }, rules: [{ record: 'r', expr }] }]);
    const rule = file.groups[0]?.rules[0];
    expect(rule === undefined ? '' : printExpr(rule.expr)).toBe(restricted);
    expect(rule?.labels).toEqual([
      ['cluster', 'prod'],
      ['z', '1'],
    ]);
  });

  test('a rule may name another cluster', () => {
    const rules = [{ alert: 'A', expr: '1', labels: { cluster: 'all' } }];
    expect(read([{ name: 'g', rules }]).file.groups[0]?.rules[0]?.labels).toEqual([
      ['cluster', 'all'],
    ]);
  });
});
