import { describe, expect, test } from 'vitest';
import { ruleFile } from '../../test/rule-rig.ts';
import { evaluationBatches } from './dependencies.ts';

/** `name=expr`; a name in capitals is that of an alert. */
function batches(...rules: readonly string[]): readonly (readonly number[])[] {
  const entries = rules.map((text) => {
    const at = text.indexOf('=');
    const name = text.slice(0, at);
    const isAlert = name === name.toUpperCase();
    return { [isAlert ? 'alert' : 'record']: name, expr: text.slice(at + 1) };
  });
  const file = ruleFile(JSON.stringify({ groups: [{ name: 'g', rules: entries }] }));
  const configs = file.groups[0]?.rules ?? [];
  return evaluationBatches(
    configs.map(({ record, alert, expr }) => ({
      kind: alert === '' ? ('recording' as const) : ('alerting' as const),
      name: alert || record,
      expr,
    })),
  );
}

describe('rules that', () => {
  test('do not know each other run together', () => {
    expect(batches('a=x', 'b=y', 'C=z > 1')).toEqual([[0, 1, 2]]);
  });

  test('read an earlier one run after it', () => {
    expect(batches('a=x', 'b=a', 'c=y')).toEqual([[0, 2], [1]]);
  });

  test('stand between two others run alone, in order', () => {
    expect(batches('a=x', 'b=a', 'c=b', 'd=c')).toEqual([[0], [1], [2], [3]]);
  });

  test('read a later one need not wait', () => {
    expect(batches('a=b', 'b=x')).toEqual([[0, 1]]);
  });

  test('select by a pattern of names depend on all that it matches', () => {
    expect(batches('job:a=x', 'job:b=y', 'c={__name__=~"job:.+"}')).toEqual([[0, 1], [2]]);
  });

  test('read ALERTS depend on earlier alerts of the name they ask for', () => {
    expect(batches('A=x', 'B=y', 'c=ALERTS{alertname="A"}')).toEqual([[0, 1], [2]]);
    expect(batches('A=x', 'b=ALERTS{alertname="Z"}')).toEqual([[0, 1]]);
    expect(batches('A=x', 'b=ALERTS_FOR_STATE')).toEqual([[0], [1]]);
    expect(batches('a=x', 'b=ALERTS')).toEqual([[0, 1]]);
  });

  test('come with one that may read anything run one by one', () => {
    expect(batches('a=x', 'b={cluster="1"}', 'c=y')).toEqual([[0], [1], [2]]);
  });
});
