import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { type AlarmPolicy, PolicyErrors, problemText } from './alarm-policy.ts';
import { parseLogic } from './condition-logic.ts';
import { idOfName, readPolicyFile } from './policy-file.ts';
import { readPolicy } from './read-policy.ts';
import { writePolicy } from './write-policy.ts';

const { parser } = ENGINE_DEFAULTS;

function problemsOf(spec: unknown, metadata: unknown = { name: 'P' }): readonly string[] {
  const read = readPolicy({ metadata, spec }, parser, () => 'pol_x');
  return read.ok ? [] : read.problems.map(problemText);
}

function policyOf(spec: unknown): AlarmPolicy {
  const read = readPolicy({ metadata: { name: 'P' }, spec }, parser, () => 'pol_x');
  if (!read.ok) throw new PolicyErrors(read.problems);
  return read.policy;
}

const ITEM = { metric: 'wk_pod_restarts', threshold: 3 };
const GOOD = { type: 'pod', conditions: { items: [ITEM] } };

describe('readPolicy', () => {
  test('fills in what is not said', () => {
    const { id, enabled, spec } = policyOf(GOOD);
    expect({ id, enabled }).toEqual({ id: 'pol_x', enabled: true });
    expect(spec.conditions[0]).toMatchObject({
      id: 'c1',
      statistic: 'avg',
      periodMs: 60_000,
      operator: 'gt',
      thresholds: { warning: 3 },
      datapoints: { m: 1, n: 1 },
    });
    expect(spec.missingData).toEqual({
      treat: 'not_breaching',
      range: 0,
      noDataAfterMs: 600_000,
      notify: false,
    });
    expect(spec.notification.group.by).toEqual(['policy_id', 'cluster', 'namespace']);
  });

  test.each<[string, unknown, string]>([
    [
      'a field that is mistyped',
      { ...GOOD, serverity: 'info' },
      'spec.serverity: is not a known field; did you mean severity?',
    ],
    [
      'a type that is not known',
      { ...GOOD, type: 'pods' },
      'spec.type: "pods" is not known; did you mean pod?',
    ],
    [
      'no condition',
      { type: 'pod' },
      'spec.conditions.items: is empty; write at least one condition',
    ],
    [
      'no threshold',
      { type: 'pod', conditions: { items: [{ metric: 'a' }] } },
      'spec.conditions.items[0].threshold: is missing; write a number in the unit of the metric',
    ],
    [
      'a threshold as text',
      { type: 'pod', conditions: { items: [{ ...ITEM, threshold: '90%' }] } },
      'spec.conditions.items[0].threshold: is a text, not a number; write a number such as 90',
    ],
    [
      'a period that is none',
      { type: 'pod', conditions: { items: [{ ...ITEM, period: '5x' }] } },
      'spec.conditions.items[0].period: unknown unit "x" in duration "5x"; write it as 30s, 5m or 1h30m',
    ],
    [
      'more of fewer',
      { type: 'pod', conditions: { items: [{ ...ITEM, datapoints: { m: 5, n: 3 } }] } },
      'spec.conditions.items[0].datapoints.m: is 5, more than n; write at most 3',
    ],
    [
      'periods of more than a day',
      { type: 'pod', conditions: { items: [{ ...ITEM, period: '1h', consecutive: 25 }] } },
      'spec.conditions.items[0].consecutive: 25 periods are more than a day; take fewer',
    ],
    [
      'one bound of two',
      { type: 'pod', conditions: { items: [{ ...ITEM, operator: 'between' }] } },
      'spec.conditions.items[0].threshold: is number 3, not a list; write a list',
    ],
    [
      'levels out of order',
      {
        type: 'pod',
        conditions: { items: [{ metric: 'a', levels: { warning: 90, critical: 80 } }] },
      },
      'spec.conditions.items[0].levels.critical: is 80, not above the level before; order the levels',
    ],
    [
      'hysteresis without order',
      {
        type: 'pod',
        conditions: { items: [{ ...ITEM, operator: 'eq', recovery: { threshold: 1 } }] },
      },
      'spec.conditions.items[0].recovery: does not go with operator eq; use gt, ge, lt or le',
    ],
    [
      'PromQL that is none',
      { type: 'promql', conditions: { items: [{ expr: 'sum(' }] } },
      'spec.conditions.items[0].expr: 1:5: parse error: unclosed left parenthesis; write PromQL',
    ],
    [
      'PromQL of a range',
      { type: 'promql', conditions: { items: [{ expr: 'up[5m]' }] } },
      'spec.conditions.items[0].expr: gives a matrix, not a vector; aggregate it, as in rate(x[5m])',
    ],
    [
      'a condition that is not there',
      { type: 'pod', conditions: { logic: 'expression', expression: 'c1 && c2', items: [ITEM] } },
      'spec.conditions.expression: c2 is no condition; there are c1; as c1 && (c2 || !c3)',
    ],
    [
      'only what is not',
      { type: 'pod', conditions: { logic: 'expression', expression: '!c1', items: [ITEM] } },
      'spec.conditions.expression: !c1 needs a condition beside it that holds; as c1 && (c2 || !c3)',
    ],
    [
      'a regular expression',
      { ...GOOD, target: { selector: [[{ name: 'pod', op: '=~', value: '(' }]] } },
      'spec.target.selector[0][0].value: error parsing regexp: missing closing ): `(`; write an RE2 regular expression',
    ],
    [
      'a label selector',
      { ...GOOD, target: { labelSelector: 'a,' } },
      "spec.target.labelSelector: unable to parse requirement: found '', expected: identifier after ','; write it as app=web,tier!=db",
    ],
    [
      'a zone',
      { ...GOOD, activeTime: { timezone: 'Mars', windows: [{}] } },
      'spec.activeTime.timezone: "Mars" is not known; as Asia/Shanghai',
    ],
    [
      'a window that ends first',
      { ...GOOD, activeTime: { windows: [{ start: '20:00', end: '08:00' }] } },
      'spec.activeTime.windows[0].end: is not after start; write two windows for one that passes midnight',
    ],
    [
      'a template',
      { ...GOOD, annotations: { summary: '{{ $labels.' } },
      'spec.annotations.summary: template: __alert_annotation:1: unexpected "." in operand; as {{ $labels.pod }} {{ $value }}',
    ],
    [
      'events of what is none',
      { ...GOOD, events: [{ reasons: ['x'] }] },
      'spec.events: is not for type pod; use type: event',
    ],
    [
      'an event policy without events',
      { type: 'event' },
      'spec.events: is empty; write reasons: [OOMKilling]',
    ],
  ])('names the place and the fix of %s', (_, spec, problem) => {
    expect(problemsOf(spec)).toContain(problem);
  });

  test('tells all mistakes at once', () => {
    const problems = problemsOf(
      { type: 'node', state: 1, severity: 'bad', conditions: { items: [{}] } },
      {},
    );
    expect(problems.map((text) => text.split(':')[0])).toEqual([
      'metadata.name',
      'spec.severity',
      'spec.conditions.items[0].metric',
      'spec.conditions.items[0].threshold',
      'spec.state',
    ]);
  });

  test('labels that the program gives are refused', () => {
    const problems = problemsOf(GOOD, { name: 'P', labels: { severity: 'x', team: 'y' } });
    expect(problems).toEqual([
      'metadata.labels.severity: is given by the program; use another name',
    ]);
  });

  test('takes any tree without a bug', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (metadata, spec) => {
        const read = readPolicy({ metadata, spec }, parser, () => 'pol_x');
        expect(read.ok || read.problems.length > 0).toBe(true);
      }),
    );
  });
});

describe('writePolicy', () => {
  test('what is written is read as the same', () => {
    const demand = fc.record({
      name: fc.constantFrom('namespace', 'pod'),
      op: fc.constantFrom('=', '!='),
      value: fc.string(),
    });
    const spec = fc.record(
      {
        type: fc.constantFrom('pod', 'node'),
        severity: fc.constantFrom('info', 'critical'),
        target: fc.record({
          selector: fc.array(fc.array(demand, { minLength: 1 }), { minLength: 1 }),
        }),
        conditions: fc.record({
          items: fc.array(
            fc.record(
              {
                metric: fc.constantFrom('wk_pod_restarts', 'up'),
                threshold: fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
                period: fc.constantFrom('15s', '5m', '1h'),
                consecutive: fc.integer({ min: 1, max: 20 }),
              },
              { requiredKeys: ['metric', 'threshold'] },
            ),
            { minLength: 1, maxLength: 4 },
          ),
        }),
        keepFiringFor: fc.constantFrom('0s', '1h30m'),
        activeTime: fc.constant({ windows: [{ start: '08:00', end: '24:00', weekdays: [1, 7] }] }),
      },
      { requiredKeys: ['type', 'conditions'] },
    );
    fc.assert(
      fc.property(spec, (tree) => {
        const policy = policyOf(tree);
        const again = readPolicy(JSON.parse(JSON.stringify(writePolicy(policy))), parser, () => '');
        expect(again).toEqual({ ok: true, policy });
      }),
      { numRuns: 50 },
    );
  });
});

describe('parseLogic', () => {
  const ids = ['a', 'b', 'c'];

  test.each([
    ['a', [{ positive: ['a'], negative: [] }]],
    [
      'a && (b || !c)',
      [
        { positive: ['a', 'b'], negative: [] },
        { positive: ['a'], negative: ['c'] },
      ],
    ],
    ['a && !(b || c)', [{ positive: ['a'], negative: ['b', 'c'] }]],
    ['!(!a || b)', [{ positive: ['a'], negative: ['b'] }]],
  ])('%s', (text, clauses) => {
    expect(parseLogic(text, ids)).toEqual(clauses);
  });

  test('says the same as JavaScript for every truth of the conditions', () => {
    interface Node {
      readonly text: string;
      readonly holds: (truth: readonly boolean[]) => boolean;
    }
    const node = fc.letrec<{ expr: Node }>((tie) => ({
      expr: fc.oneof(
        { maxDepth: 4 },
        fc
          .nat(2)
          .map((at): Node => ({ text: ids[at] as string, holds: (truth) => truth[at] === true })),
        fc.tuple(tie('expr'), fc.boolean(), tie('expr')).map(
          ([a, isAnd, b]): Node => ({
            text: `(${a.text} ${isAnd ? '&&' : '||'} ${b.text})`,
            holds: (truth) =>
              isAnd ? a.holds(truth) && b.holds(truth) : a.holds(truth) || b.holds(truth),
          }),
        ),
        tie('expr').map(
          (one): Node => ({ text: `!${one.text}`, holds: (truth) => !one.holds(truth) }),
        ),
      ),
    }));
    fc.assert(
      fc.property(node.expr, fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), (one, truth) => {
        const holds = (id: string): boolean => truth[ids.indexOf(id)] === true;
        const found = parseLogic(`a && ${one.text}`, ids).some(
          ({ positive, negative }) => positive.every(holds) && !negative.some(holds),
        );
        expect(found).toBe(holds('a') && one.holds(truth));
      }),
    );
  });
});

describe('readPolicyFile', () => {
  test('reads several documents, and gives each an id of its name', () => {
    const yaml = ['A b!', 'C'].map(
      (name) => `metadata: {name: ${name}}\nspec: ${JSON.stringify(GOOD)}`,
    );
    const policies = readPolicyFile(yaml.join('\n---\n'), 'p.yml', parser);
    expect(policies.map(({ id }) => id)).toEqual(['pol_a-b', 'pol_c']);
    expect(idOfName('***')).toBe('pol_unnamed');
  });

  test('says where YAML breaks', () => {
    expect(() => readPolicyFile('a: [', 'p.yml', parser)).toThrow(/^p\.yml: line 1: /);
  });

  test('an alias bomb is refused', () => {
    const levels = Array.from(
      { length: 9 },
      (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]`,
    );
    expect(() => readPolicyFile(['l0: &l0 [a]', ...levels].join('\n'), 'p.yml', parser)).toThrow(
      PolicyErrors,
    );
  });
});
