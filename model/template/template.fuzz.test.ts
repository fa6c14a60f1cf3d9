import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HtmlTemplateSet } from './html/html-template-set.ts';
import { TemplateError } from './template-error.ts';
import { TemplateSet } from './template-set.ts';
import { goFloat, goInt, goList, goMap, goString, goStringMap } from './value/go-values.ts';

const DATA = goMap([
  ['a', goString('<x "y">')],
  ['f', goFloat(1.5)],
  ['m', goStringMap([['k', 'v']])],
  ['l', goList([goInt(1), undefined, goString('\udcff')])],
]);

const PIECES = [
  '{{',
  '}}',
  '{{- ',
  ' -}}',
  '/*',
  '*/',
  '.a',
  '.f',
  '.m.k',
  '.l',
  '.',
  '$',
  '$x',
  ':=',
  '=',
  '|',
  '(',
  ')',
  ',',
  ' ',
  '\n',
  '"s"',
  '`r`',
  "'c'",
  '1',
  '2.5',
  '1e9',
  '0x',
  'if ',
  'else',
  'end',
  'range ',
  'with ',
  'define "d"',
  'template "d"',
  'block "b" .',
  'break',
  'continue',
  'nil',
  'true',
  'printf "%*.[2]v%x%q%#v" ',
  'index ',
  'slice ',
  'len ',
  'eq ',
  'lt ',
  'and ',
  'html ',
  'js ',
  'urlquery ',
  'call ',
  '<p title="',
  '<a href=',
  '<script>',
  '</script>',
  '<style>',
  '<!--',
  '-->',
  '">',
  "'",
  '/',
  '\\',
  '\ud800',
  'é',
];

const SOURCE = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })), {
  maxLength: 40,
});

/** Well-formed more often than not: actions around expressions. */
const ACTIONS = fc
  .array(fc.array(fc.constantFrom(...PIECES.slice(6)), { maxLength: 6 }), { maxLength: 8 })
  .map((actions) => actions.map((parts) => `{{ ${parts.join('')} }}`).join('x'));

function outcome(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

test('only template errors come out of any text, and the same each time', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        SOURCE.map((parts) => parts.join('')),
        ACTIONS,
      ),
      (text) => {
        const run = () => {
          const set = new TemplateSet({ functions: new Map(), missingKey: 'zero' });
          set.parse('t', text);
          return set.execute('t', DATA);
        };
        expect(outcome(run)).toBe(outcome(run));
      },
    ),
    { numRuns: 2000 },
  );
});

test('HTML output of any text has no script that the template did not have', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        SOURCE.map((parts) => parts.join('')),
        ACTIONS,
      ),
      (text) => {
        const output = outcome(() => {
          const set = new TemplateSet({ functions: new Map(), missingKey: 'zero' });
          set.parse('t', text);
          return new HtmlTemplateSet(set).execute('t', goMap([['a', goString('<script>evil')]]));
        });
        if (!text.includes('evil')) expect(output).not.toContain('<script>evil');
      },
    ),
    { numRuns: 2000 },
  );
});
