/** Scenarios that begin with a value: scraped, judged by a rule, told. */
import type { ValueExporter } from './value-exporter.ts';

export interface ValueStep {
  /** Seconds since the start. */
  readonly at: number;
  readonly run: (exporter: ValueExporter) => void;
}

export interface RuleScenario {
  /** Also the name of the value, the label `scenario`, and the path of the receiver. */
  readonly id: string;
  readonly title: string;
  /** The rules of its group, as YAML flow maps. */
  readonly rules: readonly string[];
  /** Further fields of the group. */
  readonly group?: string;
  readonly steps: readonly ValueStep[];
  readonly until: number;
  readonly told: readonly string[];
  /** Of the API at the end: `health`, and a part of `lastError`. */
  readonly health?: { readonly state: string; readonly error: string };
}

function value(at: number, name: string, number: number | undefined, labels = {}): ValueStep {
  return { at, run: (exporter) => exporter.set(name, number, labels) };
}

function alert(id: string, fields = '', expr = `v{name="${id}"} > 1`): string {
  return `{alert: X, expr: '${expr}', labels: {scenario: ${id}, id: A}${fields === '' ? '' : `, ${fields}`}}`;
}

const SHOWN =
  '{{ $value }} {{ humanize 1234567.0 }} {{ humanize1024 1048576.0 }} {{ humanizeDuration 3725.0 }} {{ humanizePercentage 0.123 }} {{ humanizeTimestamp 1.0 }} {{ "aB c" | title }} {{ toUpper "x" }} {{ printf "%.2f" $value }} {{ reReplaceAll "a(.)" "$1x" "abac" }} {{ "h:9" | stripPort }} {{ if match "^a.*" "abc" }}yes{{ end }} {{ with query "vector(7)" }}{{ . | first | value }}{{ end }} {{ $labels.name }} {{ parseDuration "1h" }} {{ pathPrefix }}';

export const RULE_SCENARIOS: readonly RuleScenario[] = [
  {
    id: 'R1',
    title: 'without `for` an alert fires with the first value',
    rules: [alert('R1')],
    steps: [value(0, 'R1', 2)],
    until: 20,
    told: ['5 R1: firing A'],
  },
  {
    id: 'R2',
    title: '`for: 6s`',
    rules: [alert('R2', 'for: 6s')],
    steps: [value(0, 'R2', 2)],
    until: 25,
    told: ['11 R2: firing A'],
  },
  {
    id: 'R3',
    title: 'a gap while it waits begins the wait anew',
    rules: [alert('R3', 'for: 6s')],
    steps: [value(0, 'R3', 2), value(5, 'R3', 0), value(9, 'R3', 2)],
    until: 32,
    told: ['20 R3: firing A'],
  },
  {
    id: 'R4',
    title: '`keep_firing_for: 6s`',
    rules: [alert('R4', 'keep_firing_for: 6s')],
    steps: [value(0, 'R4', 2), value(14, 'R4', 0)],
    until: 45,
    told: ['5 R4: firing A', '26 R4: resolved -A'],
  },
  {
    id: 'R5',
    title: 'a series that is gone resolves its alert',
    rules: [alert('R5')],
    steps: [value(0, 'R5', 2), value(14, 'R5', undefined)],
    until: 40,
    told: ['5 R5: firing A', '19 R5: resolved -A'],
  },
  {
    id: 'R7',
    title: 'an alert whose rule begins to fail runs out, and fires again when it works',
    rules: [alert('R7', '', 'v{name="R7"} * on(name) v{name="R7"} > 1')],
    steps: [
      value(0, 'R7', 2),
      value(12, 'R7', 2, { x: '1' }),
      { at: 45, run: (exporter) => exporter.set('R7', undefined, { x: '1' }) },
    ],
    until: 66,
    told: ['5 R7: firing A', '31 R7: resolved -A', '50 R7: firing A'],
  },
  {
    id: 'R8',
    title: 'two series that come to the same labels fail the rule',
    rules: [alert('R8', '', 'sum by (x) (v{name="R8"}) > 1').replace('id: A', 'id: A, x: same')],
    steps: [value(0, 'R8', 2, { x: '1' }), value(0, 'R8', 2, { x: '2' })],
    until: 20,
    told: [],
    health: {
      state: 'err',
      error: 'vector contains metrics with the same labelset after applying alert labels',
    },
  },
  {
    id: 'R9',
    title: 'more alerts than `limit` drop all of them',
    group: 'limit: 2',
    rules: [alert('R9').replace('id: A', 'id: "{{ $labels.x }}"')],
    steps: [
      value(0, 'R9', 2, { x: 'A' }),
      value(0, 'R9', 2, { x: 'B' }),
      value(14, 'R9', 2, { x: 'C' }),
    ],
    until: 50,
    told: ['5 R9: firing A B', '37 R9: resolved -A -B'],
    health: { state: 'err', error: 'exceeded limit of 2 with 3 alerts' },
  },
  {
    id: 'R10',
    title: 'a template that fails stands in its text',
    rules: [alert('R10', 'annotations: {a: "{{ .Foo.Bar }}"}')],
    steps: [value(0, 'R10', 2)],
    until: 20,
    told: ['5 R10: firing A'],
  },
  {
    id: 'R11',
    title: 'the functions of templates',
    rules: [alert('R11', `annotations: {a: '${SHOWN.replaceAll("'", "''")}'}`)],
    steps: [value(0, 'R11', 2.5)],
    until: 20,
    told: ['5 R11: firing A'],
  },
  {
    id: 'R21',
    title: 'rules of a group that build on each other see the same slot',
    rules: [
      '{record: "r21:a", expr: \'v{name="R21"} * 2\'}',
      '{record: "r21:b", expr: \'r21:a + 1\'}',
      alert('R21', 'annotations: {a: "{{ $value }}"}', 'r21:b > 4'),
    ],
    steps: [value(0, 'R21', 2)],
    until: 20,
    told: ['5 R21: firing A'],
  },
  {
    id: 'R25',
    title: 'external labels and alert_relabel_configs',
    rules: [alert('R25')],
    steps: [value(0, 'R25', 2)],
    until: 20,
    told: ['5 R25: firing A'],
  },
];
