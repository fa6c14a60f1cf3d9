import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RegexError } from '../model/matcher.ts';
import { MatcherTextError, parseMatcherText } from './matcher-text.ts';

describe('parseMatcherText', () => {
  test.each([
    ['job="api"', 'job="api"'],
    [' job =~ "a|b" ', 'job=~"a|b"'],
    ['tier!=free', 'tier!="free"'],
    ['"my.label"!~"x.*"', '"my.label"!~"x.*"'],
    ['a=""', 'a=""'],
    ['a=', 'a=""'],
    ['a="q\\"\\n"', 'a="q\\"\\n"'],
  ])('%s is %s', (text, printed) => expect(parseMatcherText(text).toString()).toBe(printed));

  test.each(['job', '="x"', 'a="x', 'a=x"', 'a=b,c=d', '{a="b"}', ''])('%s is refused', (text) => {
    expect(() => parseMatcherText(text)).toThrow(MatcherTextError);
  });

  test('an expression that RE2 refuses is refused', () => {
    expect(() => parseMatcherText('a=~"(a"')).toThrow(RegexError);
  });

  test('what a matcher prints reads back the same', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(
        name,
        fc.string({ unit: fc.constantFrom(...'a"\\\n ,={}é'.split('')) }),
        (label, value) => {
          const quoted = JSON.stringify(value);
          const text = `${JSON.stringify(label)}=${quoted}`;
          expect(parseMatcherText(text).value).toBe(value);
        },
      ),
    );
  });
});
