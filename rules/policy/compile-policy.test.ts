import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { parseExpr } from '../../promql/parser/parser.ts';
import { printExpr } from '../../promql/parser/print.ts';
import { parseRuleFile } from '../file/parse-rule-file.ts';
import { type AlarmPolicy, PolicyErrors } from './alarm-policy.ts';
import { labelMatchers } from './compile-label-selector.ts';
import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import { readDocuments } from './policy-file.ts';
import { metricByName } from './policy-metric.ts';
import { policiesOf, prometheusRule } from './prometheus-rule.ts';
import { readPolicy } from './read-policy.ts';

const { parser } = ENGINE_DEFAULTS;

function policyOf(spec: unknown, metadata: object = {}): AlarmPolicy {
  const tree = { metadata: { id: 'pol_p', name: 'P', ...metadata }, spec };
  const read = readPolicy(tree, parser, () => 'pol_x');
  if (!read.ok) throw new PolicyErrors(read.problems);
  return read.policy;
}

function compile(spec: unknown): CompiledPolicy {
  return compilePolicy(policyOf(spec), { findMetric: metricByName, parser, queryOffsetMs: 30_000 });
}

/** Expressions of the rules, canonical. */
function expressions(spec: unknown): readonly string[] {
  return compile(spec).file.groups.flatMap(({ rules }) => rules.map(({ expr }) => printExpr(expr)));
}

function same(text: string): string {
  return printExpr(parseExpr(text, parser));
}

const RATIO = { metric: 'wk_pod_memory_limit_ratio', threshold: 90 };

/** @param item of the only condition */
function pod(item: object, target?: unknown): unknown {
  return {
    type: 'pod',
    ...(target === undefined ? {} : { target }),
    conditions: { items: [item] },
  };
}

describe('compilePolicy', () => {
  test('a single period is compared as it is, in the unit of the display', () => {
    expect(expressions(pod(RATIO))).toEqual([
      same('100 * (avg_over_time(wk_pod_memory_limit_ratio[1m]) > 0.9)'),
    ]);
  });

  test('m of n periods', () => {
    const d = 'avg_over_time(wk_pod_memory_limit_ratio[1m])';
    expect(expressions(pod({ ...RATIO, datapoints: { m: 3, n: 5 } }))).toEqual([
      same(`100 * last_over_time((${d})[5m:1m]) and (count_over_time((${d} > 0.9)[5m:1m]) >= 3)`),
    ]);
  });

  test.each([
    ['max', 'max_over_time(m[1m])'],
    ['min', 'min_over_time(m[1m])'],
    ['sum', 'sum_over_time(m[1m])'],
    ['last', 'last_over_time(m[1m])'],
    ['count', 'count_over_time(m[1m])'],
    ['p50', 'quantile_over_time(0.5, m[1m])'],
    ['p90', 'quantile_over_time(0.9, m[1m])'],
    ['p95', 'quantile_over_time(0.95, m[1m])'],
    ['p99', 'quantile_over_time(0.99, m[1m])'],
    ['stddev', 'stddev_over_time(m[1m])'],
    ['delta', 'delta(m[1m])'],
    ['increase', 'increase(m[1m])'],
    ['rate', 'rate(m[1m])'],
  ])('statistic %s', (statistic, text) => {
    expect(expressions(pod({ metric: 'm', threshold: 1, statistic }))).toEqual([
      same(`(${text} > 1)`),
    ]);
  });

  const D = 'avg_over_time(m[1m])';
  test.each<[string, unknown, string]>([
    ['ge', 1, `(${D} >= 1)`],
    ['lt', 1, `(${D} < 1)`],
    ['le', -1, `(${D} <= -1)`],
    ['eq', 0, `(${D} == 0)`],
    ['ne', 0, `(${D} != 0)`],
    ['between', [1, 2], `(${D} >= 1 <= 2)`],
    ['outside', [1, 2], `((${D} < 1 or ${D} > 2))`],
    ['day_increase', 20, `((${D} / (avg_over_time(m[1m] offset 1d) != 0) - 1) * 100 > 20)`],
    ['week_decrease', 20, `((1 - ${D} / (avg_over_time(m[1m] offset 1w) != 0)) * 100 > 20)`],
    ['cycle_wave', 20, `(abs(${D} / (avg_over_time(m[1m] offset 1m) != 0) - 1) * 100 > 20)`],
    [
      'anomaly',
      3,
      `(abs(${D} - avg_over_time((${D})[1d:5m])) / (stddev_over_time((${D})[1d:5m]) > 0) > 3)`,
    ],
  ])('operator %s', (operator, threshold, text) => {
    expect(expressions(pod({ metric: 'm', threshold, operator }))).toEqual([same(text)]);
  });

  test('a period with too few samples is none', () => {
    expect(expressions(pod({ metric: 'm', threshold: 1, minSamples: 3 }))).toEqual([
      same(`((${D} and count_over_time(m[1m]) >= 3) > 1)`),
    ]);
  });

  test('levels leave out what a worse one has, and differ in their severity', () => {
    const { file } = compile({
      type: 'node',
      conditions: { items: [{ metric: 'm', levels: { info: 1, warning: 2, critical: 3 } }] },
    });
    const rules = file.groups[0]?.rules ?? [];
    expect(rules.map(({ labels }) => Object.fromEntries(labels)['severity'])).toEqual([
      'critical',
      'warning',
      'info',
    ]);
    expect(rules.map(({ expr }) => printExpr(expr))).toEqual([
      same(`(${D} > 3)`),
      same(`((${D} > 2)) unless ((${D} > 3))`),
      same(`((${D} > 1)) unless ((${D} > 3)) unless ((${D} > 2))`),
    ]);
  });

  test('all conditions, of objects of different kinds', () => {
    const items = [RATIO, { metric: 'wk_node_cpu_usage_ratio', threshold: 70 }];
    expect(expressions({ type: 'pod', conditions: { items } })).toEqual([
      same(
        '(100 * (avg_over_time(wk_pod_memory_limit_ratio[1m]) > 0.9)) and on (cluster) ' +
          '(100 * (avg_over_time(wk_node_cpu_usage_ratio[1m]) > 0.7))',
      ),
    ]);
  });

  test('any condition: a rule each, told apart by a label', () => {
    const items = [
      { metric: 'a', threshold: 1 },
      { metric: 'b', threshold: 2 },
    ];
    const { file } = compile({ type: 'pod', conditions: { logic: 'any', items } });
    const labels = file.groups[0]?.rules.map(
      (rule) => Object.fromEntries(rule.labels)['condition'],
    );
    expect(labels).toEqual(['c1', 'c2']);
  });

  test('an expression over conditions', () => {
    const items = ['a', 'b', 'c'].map((metric) => ({ metric, threshold: 1 }));
    const [text] = expressions({
      type: 'node',
      conditions: { logic: 'expression', expression: 'c1 && (c2 || !c3)', items },
    });
    const of = (metric: string): string => `((avg_over_time(${metric}[1m]) > 1))`;
    const on = 'on (cluster, node)';
    expect(text).toBe(
      same(`(${of('a')} and ${on} ${of('b')}) or ${on} (${of('a')} unless ${on} ${of('c')})`),
    );
  });

  test.each<[string, unknown, string]>([
    [
      'one inner list',
      {
        selector: [
          [
            { name: 'namespace', value: 'a' },
            { name: 'pod', op: '!~', value: 'x.*' },
          ],
        ],
      },
      'avg_over_time(m{namespace="a",pod!~"x.*"}[1m])',
    ],
    [
      'lists that differ in one label',
      { selector: [[{ name: 'namespace', value: 'a.b' }], [{ name: 'namespace', value: 'c' }]] },
      String.raw`avg_over_time(m{namespace=~"a\\.b|c"}[1m])`,
    ],
    [
      'lists that differ in more',
      { selector: [[{ name: 'namespace', value: 'a' }], [{ name: 'pod', value: 'c' }]] },
      '(avg_over_time(m{namespace="a"}[1m]) or avg_over_time(m{pod="c"}[1m]))',
    ],
    [
      'objects',
      {
        objects: [
          { namespace: 'a', pod: 'x' },
          { namespace: 'a', pod: 'y' },
        ],
      },
      'avg_over_time(m{namespace="a",pod=~"x|y"}[1m])',
    ],
    [
      'clusters',
      { clusters: { ids: ['east', 'west'] } },
      'avg_over_time(m{cluster=~"east|west"}[1m])',
    ],
    [
      'an exclusion',
      { exclude: [[{ name: 'namespace', op: 'in', value: ['a', 'b'] }]] },
      'avg_over_time(m{namespace!~"a|b"}[1m])',
    ],
    [
      'an exclusion of two labels',
      {
        exclude: [
          [
            { name: 'namespace', value: 'a' },
            { name: 'pod', value: 'b' },
          ],
        ],
      },
      '(avg_over_time(m[1m]) unless last_over_time(m{namespace="a",pod="b"}[1m]))',
    ],
    [
      'the workload of Pods',
      {
        selector: [
          [
            { name: 'namespace', value: 'a' },
            { name: 'workload', value: 'web' },
          ],
        ],
      },
      '(avg_over_time(m{namespace="a"}[1m]) and on (cluster, namespace, pod) wk_pod_workload{workload="web"})',
    ],
    [
      'labels of Kubernetes',
      { labelSelector: 'app=web' },
      '(avg_over_time(m[1m]) and on (cluster, namespace, pod) wk_policy_target{policy_id="pol_p"})',
    ],
    ['a group', { groupBy: ['namespace'] }, 'avg by (namespace) (avg_over_time(m[1m]))'],
  ])('objects by %s', (_, target, text) => {
    expect(expressions(pod({ metric: 'm', threshold: 1 }, target))).toEqual([
      same(`(${text} > 1)`),
    ]);
  });

  test('PromQL that compares itself is taken as it is', () => {
    expect(expressions({ type: 'promql', conditions: { items: [{ expr: 'up == 0' }] } })).toEqual([
      same('((up == 0))'),
    ]);
  });

  test('absence: who gave data and does no more, or nobody at all', () => {
    const item = { metric: 'wk_node_ready', period: '5m', filter: [{ name: 'node', value: 'n' }] };
    expect(expressions({ type: 'absence', conditions: { items: [item] } })).toEqual([
      same(
        '((last_over_time(wk_node_ready{node="n"}[1d]) unless last_over_time(wk_node_ready{node="n"}[5m])) ' +
          'and on (cluster, node) kube_node_info) or on () absent_over_time(wk_node_ready{node="n"}[5m])',
      ),
    ]);
  });

  test('no data is an alarm of its own, where it is wanted', () => {
    const { file } = compile({ ...(pod(RATIO) as object), missingData: { notify: true } });
    expect(file.groups[0]?.rules.map(({ alert }) => alert)).toEqual(['P', 'P (no data)']);
  });

  test.each<[string, object, boolean]>([
    ['plain thresholds', {}, false],
    ['missing data that is not just left out', { missingData: { treat: 'missing' } }, true],
    ['a longer look back', { missingData: { range: 1 } }, true],
    [
      'hours in which nothing is evaluated',
      { activeTime: { windows: [{}], outside: 'do_not_evaluate' } },
      true,
    ],
    ['hours in which nobody is told', { activeTime: { windows: [{}] } }, false],
  ])('%s: by the evaluator %s', (_, more, isNative) => {
    expect(compile({ ...(pod(RATIO) as object), ...more }).isNative).toBe(isNative);
  });
});

describe('labelMatchers', () => {
  test.each([
    ['app=web', ['label_app="web"']],
    ['app == web , tier!=db', ['label_app="web"', 'label_tier!="db"']],
    [
      'app.kubernetes.io/partOf in (a.b, c),x notin (d)',
      ['label_app_kubernetes_io_part_of=~"a\\\\.b|c"', 'label_x!~"d"'],
    ],
    ['!canary,stable', ['label_canary=""', 'label_stable!=""']],
    ['app=', ['label_app=""']],
  ])('%s', (selector, matchers) => {
    expect(labelMatchers(selector)).toEqual(matchers);
  });
});

describe('prometheusRule', () => {
  const spec = {
    type: 'pod',
    target: { selector: [[{ name: 'namespace', op: '=~', value: 'prod-.*' }]] },
    conditions: { items: [{ ...RATIO, datapoints: { m: 3, n: 5 }, recovery: { threshold: 80 } }] },
    annotations: { summary: '{{ $labels.pod }} uses {{ $value }}%' },
  };

  test('loads in Prometheus, and comes back without loss', () => {
    const policy = policyOf(spec);
    const object = prometheusRule(compile(spec));
    const text = stringify((object as { spec: unknown }).spec);
    const options = { parser, nameValidation: 'utf8', ignoreUnknownFields: false } as const;
    expect(parseRuleFile('r.yml', Buffer.from(text), options)).toMatchObject({ ok: true });
    const [back] = readDocuments(stringify(object), 'r.yml');
    expect(policiesOf(back, 'r.yml', parser)).toEqual([policy]);
  });

  test('rules of others become policies, one per alert', () => {
    const object = {
      kind: 'PrometheusRule',
      metadata: { name: 'kubelet' },
      spec: {
        groups: [
          {
            name: 'g',
            interval: '30s',
            rules: [
              { record: 'a', expr: 'b' },
              {
                alert: 'Down',
                expr: 'up == 0',
                for: '5m',
                labels: { severity: 'critical', team: 't' },
              },
            ],
          },
        ],
      },
    };
    const [policy, ...more] = policiesOf(object, 'r.yml', parser);
    expect(more).toEqual([]);
    expect(policy).toMatchObject({
      id: 'pol_kubelet-g-down-1',
      name: 'Down',
      labels: { team: 't' },
      spec: {
        type: 'promql',
        severity: 'critical',
        conditions: [{ expr: 'up == 0', periodMs: 30_000, datapoints: { m: 11, n: 11 } }],
      },
    });
  });
});
