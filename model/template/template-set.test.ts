import { expect, test } from 'vitest';
import { TemplateError } from './template-error.ts';
import { TemplateSet } from './template-set.ts';
import {
  type GoValue,
  goFloat,
  goInt,
  goList,
  goMap,
  goString,
  goStringMap,
  goStrings,
} from './value/go-values.ts';

const DATA: GoValue = goMap([
  ['name', goString('wörld')],
  ['float', goFloat(1234567.891)],
  ['int', goInt(42)],
  [
    'map',
    goStringMap([
      ['b', 'two'],
      ['a', 'one'],
    ]),
  ],
  ['list', goList([goInt(1), goString('b'), goFloat(2.5), undefined])],
  ['texts', goStrings(['x', 'y'])],
  ['empty', goList([])],
  ['nothing', undefined],
]);

function run(text: string, missingKey: 'default' | 'zero' | 'error' = 'zero'): string {
  const set = new TemplateSet({ functions: new Map(), missingKey });
  try {
    set.parse('t', text);
    return set.execute('t', DATA);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

function gives(text: string, expected: string): void {
  expect(run(text), text).toBe(expected);
}

// Expected texts are those of Go 1.26.
test('values print as Go prints them', () => {
  gives('{{ .map }} {{ .list }} {{ .nothing }}', 'map[a:one b:two] [1 b 2.5 <nil>] <no value>');
  gives('{{ 1000000.0 }} {{ 100000.0 }} {{ 0.00001 }} {{ 1e21 }}', '1e+06 100000 1e-05 1e+21');
  gives("{{ 0x1F }} {{ 0b11 }} {{ 1_000 }} {{ 017 }} {{ 'a' }}", '31 3 1000 15 97');
});

test('actions: branches, loops, variables, templates', () => {
  gives('{{ if .empty }}a{{ else if .int }}b{{ else }}c{{ end }}', 'b');
  gives('{{ range $i, $e := .list }}{{ $i }}={{ $e }},{{ end }}', '0=1,1=b,2=2.5,3=<no value>,');
  gives('{{ range $k, $v := .map }}{{ $k }}{{ $v }};{{ end }}', 'aone;btwo;');
  gives('{{ range .empty }}x{{ else }}none{{ end }}{{ range 3 }}{{ . }}{{ end }}', 'none012');
  gives('{{ range .texts }}{{ if eq . "y" }}{{ break }}{{ end }}{{ . }}{{ end }}', 'x');
  gives('{{ with .name }}{{ . }}{{ end }}{{ with .nothing }}x{{ else }}-{{ end }}', 'wörld-');
  gives('{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $x := 3 }}{{ $x }}{{ end }}{{ $x }}', '32');
  gives(
    '{{ define "a" }}<{{ . }}>{{ end }}{{ template "a" .int }}{{ block "b" 7 }}{{ . }}{{ end }}',
    '<42>7',
  );
  gives('a {{- 3 -}} b{{/* c */}} {{- /* d */ -}} e', 'a3be');
});

test('comparisons refuse values of different types', () => {
  gives('{{ eq 1 2 1 }} {{ lt "a" "b" }} {{ ge 1.5 1.5 }} {{ ne .int 41 }}', 'true true true true');
  gives(
    '{{ if gt .float 90 }}x{{ end }}',
    'template: t:1:6: executing "t" at <gt .float 90>: error calling gt: incompatible types for comparison: float64 and int',
  );
  gives(
    '{{ eq .map .map }}',
    'template: t:1:3: executing "t" at <eq .map .map>: error calling eq: non-comparable type map[a:one b:two]: map[string]string',
  );
});

test('index, slice and len count bytes of strings', () => {
  gives('{{ len .name }} {{ index .name 0 }} {{ slice .name 0 1 }}', '6 119 w');
  gives('{{ index .map "a" }} {{ index .list 1 }} [{{ index .map "c" }}]', 'one b []');
  gives(
    '{{ index .list 9 }}',
    'template: t:1:3: executing "t" at <index .list 9>: error calling index: index out of range: 9',
  );
});

test('and, or do not evaluate what does not matter', () => {
  gives('{{ or 1 (index .list 99) }} {{ and 0 (index .list 99) }} {{ and 1 2 }}', '1 0 2');
});

test('escapers of text templates', () => {
  gives('{{ html "<a b=\'c\'>" }}', '&lt;a b=&#39;c&#39;&gt;');
  gives('{{ js "it\'s <b>" }}', "it\\'s \\u003Cb\\u003E");
  gives('{{ urlquery "a b&c/é" }}', 'a+b%26c%2F%C3%A9');
});

test('a missing key is empty, nothing or an error, as asked', () => {
  expect(run('[{{ .map.x }}]', 'zero')).toBe('[]');
  expect(run('[{{ .map.x }}]', 'default')).toBe('[<no value>]');
  expect(run('[{{ .map.x }}]', 'error')).toBe(
    'template: t:1:8: executing "t" at <.map.x>: map has no entry for key "x"',
  );
});

test('errors name the place in bytes and the words of Go', () => {
  gives(
    'é\n {{ .int.x }}',
    `template: t:2:8: executing "t" at <.int.x>: can't evaluate field x in type interface {}`,
  );
  gives('{{', 'template: t:1: unclosed action');
  gives('{{ "x }}', 'template: t:1: unterminated quoted string');
  gives('{{ if 1 }}', 'template: t:1: unexpected EOF');
  gives('{{ nope }}', 'template: t:1: function "nope" not defined');
  gives('{{ $x }}', 'template: t:1: undefined variable "$x"');
  gives('{{ 1 | 2 }}', 'template: t:1: non executable command in pipeline stage 2');
  gives('{{ break }}', 'template: t:1: {{break}} outside {{range}}');
  gives('{{ end }}', 'template: t:1: unexpected {{end}}');
  gives('{{\n(1\n}}', 'template: t:3: unclosed left paren in action started at t:1');
  gives('{{ é! }}', "template: t:1: bad character U+0021 '!'");
  gives('{{ 99999999999999999999 }}', 'template: t:1: integer overflow: "99999999999999999999"');
  gives(
    '{{ template "no" }}',
    'template: t:1:12: executing "t" at <{{template "no"}}>: template "no" not defined',
  );
  gives(
    '{{ len 3 }}',
    'template: t:1:3: executing "t" at <len 3>: error calling len: len of type int',
  );
  gives(
    '{{ printf }}',
    'template: t:1:3: executing "t" at <printf>: wrong number of args for printf: want at least 1 got 0',
  );
});

test('what never ends is stopped: loops, recursion, doubling texts, padding', () => {
  expect(run('{{ range 100000000 }}{{ end }}')).toContain('exceeded maximum execution steps');
  expect(run('{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}')).toContain(
    'exceeded maximum template depth (100)',
  );
  const doubling = '{{ $x := "ab" }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}';
  expect(run(doubling)).toContain('exceeded maximum');
  expect(run('{{ range 99 }}{{ printf "%0999999d" 1 }}{{ end }}')).toContain('exceeded maximum');
  expect(run('{{ printf "%0999999999d" 1 }}')).toBe('%!(NOVERB)%!(EXTRA int=1)');
  expect(
    run('('.repeat(3) + '{{ '.concat('('.repeat(2000), '1', ')'.repeat(2000), ' }}')),
  ).toContain('max expression depth exceeded');
  const nested = '{{ if 1 }}'.repeat(2000) + '{{ end }}'.repeat(2000);
  expect(run(nested)).toContain('max nesting depth exceeded');
});

test('a later definition replaces an earlier one, unless it is empty', () => {
  const set = new TemplateSet({ functions: new Map() });
  set.parse('a', '{{ define "x" }}1{{ end }}');
  const clone = set.clone();
  clone.parse('b', '{{ define "x" }}2{{ end }}');
  clone.parse('c', '{{ define "x" }} {{/* empty */}} {{ end }}');

  expect(clone.execute('x', undefined)).toBe('2');
  expect(set.execute('x', undefined)).toBe('1');
});
