import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFieldSelectorProblem, findLabelSelectorProblem } from './kubernetes-selectors.ts';

describe('field selectors', () => {
  test.each([
    '',
    'metadata.name=x',
    'status.phase!=Running,spec.nodeName==n1',
    'a=',
    'a=b\\,c',
    'a=b\\=c',
    ',a=b,',
  ])('%s is one', (selector) => expect(findFieldSelectorProblem(selector)).toBeUndefined());

  test.each([
    [
      'metadata.status-Running',
      "invalid selector: 'metadata.status-Running'; can't understand 'metadata.status-Running'",
    ],
    ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
    ['a=b\\x', 'invalid field selector: invalid escape sequence: b\\x'],
    ['a=b=c', 'invalid field selector: unescaped character in value: ='],
  ])('%s is refused', (selector, problem) => {
    expect(findFieldSelectorProblem(selector)).toBe(problem);
  });
});

describe('label selectors', () => {
  test.each([
    '',
    'app',
    '!app',
    'app=web',
    'app == web , tier!=db',
    'env in (a, b),x notin (c)',
    'n>5,m < 7',
    'app.kubernetes.io/name=web',
    'a=',
    'a=,b',
    'x in ()',
  ])('%s is one', (selector) => expect(findLabelSelectorProblem(selector)).toBeUndefined());

  test.each(['=', 'a=b c', 'a in b', 'a in (b', 'a,', 'a>x', '-a', 'a=-b', '!', 'a ~ b', 'a/b/c'])(
    '%s is refused',
    (selector) => expect(findLabelSelectorProblem(selector)).toEqual(expect.any(String)),
  );

  test('any text is judged', () => {
    const chars = fc.constantFrom(...'ab=!,()<> in/.\\-'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: chars, maxLength: 40 }), (text) => {
        for (const find of [findFieldSelectorProblem, findLabelSelectorProblem]) {
          expect(['undefined', 'string']).toContain(typeof find(text));
        }
      }),
    );
  });
});
