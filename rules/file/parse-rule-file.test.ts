import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENGINE_DEFAULTS } from '../../promql/engine/engine-options.ts';
import { type ParsedRuleFile, parseRuleFile } from './parse-rule-file.ts';

function parse(yaml: string | Uint8Array, ignoreUnknownFields = false): ParsedRuleFile {
  const { parser } = ENGINE_DEFAULTS;
  const bytes = typeof yaml === 'string' ? Buffer.from(yaml) : yaml;
  return parseRuleFile('r.yml', bytes, { parser, nameValidation: 'utf8', ignoreUnknownFields });
}

function problemsOf(yaml: string | Uint8Array): readonly string[] {
  const parsed = parse(yaml);
  return parsed.ok ? [] : parsed.problems;
}

function rule(fields: string): string {
  return `groups:\n  - name: g\n    rules:\n      - ${fields.replaceAll('\n', '\n        ')}\n`;
}

describe('a rule file', () => {
  test('may be empty', () => {
    expect(parse('')).toMatchObject({ ok: true, file: { groups: [] } });
    expect(parse('groups:')).toMatchObject({ ok: true, file: { groups: [] } });
  });

  test('gives groups with everything that is written', () => {
    const parsed = parse(`
groups:
  - name: g
    interval: 90s
    query_offset: 0s
    limit: 5
    labels: { team: a, severity: low }
    rules:
      - alert: A
        expr: up==0
        for: 5m
        keep_firing_for: 1h
        labels: { severity: page, zone: '' }
        annotations: { summary: '{{ $labels.job }}' }
  - name: h
    rules: [{ record: 'a:b', expr: '1' }]
`);
    expect(parsed.ok && parsed.file.groups).toMatchObject([
      {
        name: 'g',
        intervalMs: 90_000,
        queryOffsetMs: 0,
        limit: 5,
        rules: [
          {
            alert: 'A',
            forMs: 300_000,
            keepFiringForMs: 3_600_000,
            // The rule's own label wins; an empty one stays, since it takes a label away.
            labels: [
              ['severity', 'page'],
              ['team', 'a'],
              ['zone', ''],
            ],
            annotations: [['summary', '{{ $labels.job }}']],
          },
        ],
      },
      { name: 'h', intervalMs: 0, queryOffsetMs: undefined, rules: [{ record: 'a:b' }] },
    ]);
  });

  test('follows anchors and merges', () => {
    const parsed = parse(`
groups:
  - name: g
    rules:
      - &a { alert: A, expr: up, labels: { x: y } }
      - { <<: *a, alert: B }
`);
    expect(parsed.ok && parsed.file.groups[0]?.rules[1]).toMatchObject({
      alert: 'B',
      labels: [['x', 'y']],
    });
  });

  test('of several documents only the first counts, with a warning', () => {
    const parsed = parse('groups: []\n---\ngroups: 5\n');
    expect(parsed.ok && parsed.file.warnings).toEqual([
      'Multiple document yaml rules files are not supported, only the first document is processed',
    ]);
  });
});

describe('a rule file is refused', () => {
  test.each([
    ['groups: [{ rules: [] }]', 'r.yml: 1:10: Groupname must not be empty'],
    [
      'groups:\n  - name: g\n  - name: g',
      'r.yml: 3:5: groupname: "g" is repeated in the same file',
    ],
    [
      rule('record: a\nalert: b\nexpr: up'),
      `r.yml: 4:17: 5:16: group "g", rule 1, "b": only one of 'record' and 'alert' must be set`,
    ],
    [rule('expr: up'), `r.yml: 4:9: group "g", rule 1, "": one of 'record' or 'alert' must be set`],
    [rule('record: a'), `r.yml: 4:9: group "g", rule 1, "a": field 'expr' must be set in rule`],
    [
      rule('record: a\nexpr: up ='),
      'r.yml: 5:15: group "g", rule 1, "a": could not parse expression: 1:4: parse error: unexpected "="',
    ],
    [
      rule('record: a\nexpr: up\nfor: 1m'),
      `r.yml: 4:17: group "g", rule 1, "a": invalid field 'for' in recording rule`,
    ],
    [
      rule('record: a\nexpr: up\nkeep_firing_for: 1m'),
      `r.yml: 4:17: group "g", rule 1, "a": invalid field 'keep_firing_for' in recording rule`,
    ],
    [
      rule('record: a\nexpr: up\nannotations: { x: y }'),
      `r.yml: 4:17: group "g", rule 1, "a": invalid field 'annotations' in recording rule`,
    ],
    [
      rule('record: a{b="c"}\nexpr: up'),
      'r.yml: 4:17: group "g", rule 1, "a{b=\\"c\\"}": braces present in the recording rule name; should it be in expr?: a{b="c"}',
    ],
    [
      rule('alert: a\nexpr: up\nlabels: { __name__: x }'),
      'r.yml: 4:9: group "g", rule 1, "a": invalid label name: __name__',
    ],
    [
      rule("alert: a\nexpr: up\nannotations: { '': x }"),
      'r.yml: 4:9: group "g", rule 1, "a": invalid annotation name: ',
    ],
    [
      rule('alert: a\nexpr: up\nlabels: { x: "{{ $nope }}" }'),
      'r.yml: 4:9: group "g", rule 1, "a": label "x": template: __alert_a:1: undefined variable "$nope"',
    ],
    [
      rule('alert: a\nexpr: up\nannotations: { x: "{{ nope }}" }'),
      'r.yml: 4:9: group "g", rule 1, "a": annotation "x": template: __alert_a:1: function "nope" not defined',
    ],
    [
      rule('alert: a\nexpr: up\nfro: 1m'),
      'r.yml: yaml: unmarshal errors:\n  line 6: field fro not found in type rulefmt.Rule (did you mean for?)',
    ],
    [
      rule('alert: a\nexpr: up\nfor: 5x'),
      'r.yml: 6:14: unknown unit "x" in duration "5x" (write it as 30s, 5m or 1h30m)',
    ],
    [
      'groups: 5',
      'r.yml: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!int `5` into []rulefmt.RuleGroup (expected a list of groups)',
    ],
  ])('%j', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([problem]);
  });

  test('with a hint when a key is one of vmalert', () => {
    expect(problemsOf('groups: [{ name: g, concurrency: 2, rules: [] }]')[0]).toContain(
      "vmalert's concurrency is not part of a rule file: promtool would refuse the file",
    );
    expect(parse('groups: [{ name: g, concurrency: 2, rules: [] }]', true).ok).toBe(true);
  });

  test('with all problems at once', () => {
    const yaml =
      'groups:\n  - name: g\n    rules:\n      - {alert: a, expr: (}\n      - {record: b}';
    expect(problemsOf(yaml)).toHaveLength(2);
  });

  test('when it is no UTF-8, no YAML or an alias of itself', () => {
    expect(problemsOf(Uint8Array.of(0xff, 0xfe))).not.toEqual([]);
    expect(problemsOf('groups: [')).not.toEqual([]);
    expect(problemsOf('groups: &a\n  - *a')).not.toEqual([]);
  });
});

const FIELDS = ['groups', 'name', 'rules', 'alert', 'record', 'expr', 'for', 'labels', 'limit'];
const TEXTS = ['up', '{{ .Value }}', '5m', '', '-1', '{{', 'a{', '1e99', '~', 'yes'];

const yamlValue = fc.letrec<{ value: unknown; map: unknown; list: unknown; text: string }>(
  (tie) => ({
    text: fc.oneof(fc.constantFrom(...TEXTS), fc.string()),
    map: fc.dictionary(fc.oneof(fc.constantFrom(...FIELDS), fc.string()), tie('value'), {
      maxKeys: 6,
    }),
    list: fc.array(tie('value'), { maxLength: 4 }),
    value: fc.oneof({ maxDepth: 6 }, tie('text'), tie('map'), tie('list')),
  }),
).value;

describe('no input makes the reader fail in another way than with problems', () => {
  test('any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parse(bytes)));
  });

  test('any structure', () => {
    fc.assert(
      fc.property(yamlValue, (value) => {
        const parsed = parse(JSON.stringify({ groups: [{ name: 'g', rules: [value] }, value] }));
        if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
      }),
    );
  });

  test('a good file with a part cut out or doubled', () => {
    const good = rule('alert: A\nexpr: sum(up) > 5\nfor: 5m\nlabels: { x: "{{ $value }}" }');
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.nat(good.length),
        fc.string({ maxLength: 5 }),
        (a, b, text) => {
          parse(good.slice(0, a) + text + good.slice(b));
        },
      ),
    );
  });
});
