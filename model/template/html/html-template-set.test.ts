import { expect, test } from 'vitest';
import { TemplateError } from '../template-error.ts';
import { TemplateSet } from '../template-set.ts';
import { type GoValue, goInt, goList, goMap, goString } from '../value/go-values.ts';
import { goHtml, goUrl } from './content.ts';
import { HtmlTemplateSet } from './html-template-set.ts';

const DATA: GoValue = goMap([
  ['text', goString(`he"llo <b>&'`)],
  ['script', goString('javascript:alert(1)')],
  ['url', goString('http://x.y/a b?q=1&r=é')],
  ['html', goHtml('<i>ok</i>')],
  ['safe', goUrl('a=b%20c')],
  ['list', goList([goInt(1), goString('</script>')])],
  ['empty', goString('')],
  ['nothing', undefined],
]);

function run(text: string): string {
  const set = new TemplateSet({ functions: new Map() });
  try {
    set.parse('t', text);
    return new HtmlTemplateSet(set).execute('t', DATA);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

function gives(text: string, expected: string): void {
  expect(run(text), text).toBe(expected);
}

// Expected texts are those of Go 1.26.
test('text and attributes', () => {
  gives('<p>{{ .text }}</p>', '<p>he&#34;llo &lt;b&gt;&amp;&#39;</p>');
  gives('{{ .html }}|{{ .nothing }}', '<i>ok</i>|');
  gives('<p title="{{ .html }}">', '<p title="ok">');
  gives('<p title={{ .text }}>', '<p title=he&#34;llo&#32;&lt;b&gt;&amp;&#39;>');
  gives('<p title={{ .empty }}>', '<p title=ZgotmplZ>');
  gives('<p {{ .script }}="x">', '<p ZgotmplZ="x">');
  gives('<title>{{ .html }}</title>', '<title>&lt;i&gt;ok&lt;/i&gt;</title>');
});

test('a URL must not run anything, and is encoded by its part', () => {
  gives('<a href="{{ .script }}">', '<a href="#ZgotmplZ">');
  gives('<a href="{{ .url }}">', '<a href="http://x.y/a%20b?q=1&amp;r=%c3%a9">');
  gives(
    '<a href="/x?q={{ .url }}&s={{ .safe }}">',
    '<a href="/x?q=http%3a%2f%2fx.y%2fa%20b%3fq%3d1%26r%3d%c3%a9&s=a=b%20c">',
  );
  gives('<p data-url="{{ .script }}">', '<p data-url="#ZgotmplZ">');
  gives('<div style="background: url({{ .script }})">', '<div style="background: url(#ZgotmplZ)">');
});

test('scripts and styles', () => {
  gives(
    '<script>var x = {{ .list }};</script>',
    '<script>var x = [1,"\\u003c/script\\u003e"];</script>',
  );
  gives(
    '<script>x = "{{ .text }}"</script>',
    '<script>x = "he\\u0022llo \\u003cb\\u003e\\u0026\\u0027"</script>',
  );
  gives(
    '<p onclick="f({{ .text }})">',
    '<p onclick="f(&#34;he\\&#34;llo \\u003cb\\u003e\\u0026&#39;&#34;)">',
  );
  gives('<style>p { color: {{ .text }} }</style>', '<style>p { color: ZgotmplZ }</style>');
});

test('comments are dropped, stray brackets escaped, the doctype kept', () => {
  gives('<!DOCTYPE html><!-- {{ .text }} -->a < b', '<!DOCTYPE html>a &lt; b');
});

test('a template is escaped for each place it is called from', () => {
  gives(
    '{{ define "x" }}{{ .script }}{{ end }}{{ template "x" . }}<a href="{{ template "x" . }}">',
    'javascript:alert(1)<a href="#ZgotmplZ">',
  );
  gives(
    '{{ define "r" }}{{ if . }}<p>{{ template "r" "" }}</p>{{ end }}{{ end }}{{ template "r" 1 }}',
    '<p></p>',
  );
});

test('what would be unsafe is refused', () => {
  gives(
    '<p title="x',
    'html/template:t: ends in a non-text context: {stateAttr delimDoubleQuote urlPartNone jsCtxRegexp [] attrNone elementNone <nil>}',
  );
  gives(
    '{{ if 1 }}<b>{{ else }}<i {{ end }}',
    'html/template:t:1:6: {{if}} branches end in different contexts: {stateText delimNone urlPartNone jsCtxRegexp [] attrNone elementNone <nil>}, {stateTag delimNone urlPartNone jsCtxRegexp [] attrNone elementNone <nil>}',
  );
  gives(
    '{{ .text | html | len }}',
    'html/template:t:1:3: predefined escaper "html" disallowed in template',
  );
  gives('{{ template "no" }}', 'html/template:t:1:12: no such template "no"');
  gives('<p a=b"c>', 'html/template:t: "\\"" in unquoted attr: "b\\"c"');
});

test('templates that grow on inspection are given up', () => {
  const text = '{{ range .list }}'.repeat(30) + 'x' + '{{ end }}'.repeat(30);

  expect(run(text)).toBe('html/template: the template is too large to be made safe');
});
