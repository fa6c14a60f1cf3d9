import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlertMatcher, matchersText } from './alert-matcher.ts';
import { MatcherError } from './lexer.ts';
import { type MatcherMode, parseMatchers, parseOneMatcher } from './parse-matchers.ts';

function parse(input: string, mode: MatcherMode): readonly string[] | string {
  try {
    return parseMatchers(input, mode).map(String);
  } catch (error) {
    if (error instanceof MatcherError) return error.message;
    throw error;
  }
}

describe('fallback', () => {
  test('what only the old grammar takes is taken, with a word on how to write it', () => {
    const warnings: string[] = [];
    const matchers = parseMatchers('foo=~"a\\d"', 'fallback', (text) => warnings.push(text));
    expect(matchers.map(String)).toEqual(['foo=~"a\\\\d"']);
    expect(warnings[0]).toContain('write foo=~"a\\\\d"');
  });

  test('where both take it and differ the old one counts', () => {
    const warnings: string[] = [];
    const [matcher] = parseMatchers('foo="\\t"', 'fallback', (text) => warnings.push(text));
    expect(matcher?.value).toBe('\\t');
    expect(warnings).toHaveLength(1);
  });

  test('where neither takes it the old one says why', () => {
    expect(parse('{foo!bar}', 'fallback')).toBe('bad matcher format: foo!bar');
  });

  test('a single matcher has no braces', () => {
    for (const mode of ['fallback', 'utf8-strict'] as const) {
      expect(() => parseOneMatcher('{a=b}', mode)).toThrow('unexpected open or close brace: {a=b}');
    }
  });
});

describe('any input', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    ',',
    '=',
    '!',
    '~',
    '"',
    '\\',
    'a',
    ' ',
    '🙂',
    '\n',
    'x7f',
  );
  const input = fc.oneof(
    fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );

  test('is parsed or refused with MatcherError, in every mode', () => {
    fc.assert(
      fc.property(input, (text) => {
        for (const mode of ['fallback', 'utf8-strict', 'classic'] as const) parse(text, mode);
      }),
      { numRuns: 2000 },
    );
  });

  test('the text of matchers is parsed to the same matchers', () => {
    const matcher = fc
      .tuple(
        fc.constantFrom('=', '!=' as const),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'grapheme' }),
      )
      .map(([type, name, value]) => new AlertMatcher(type as '=', name, value));
    fc.assert(
      fc.property(fc.array(matcher, { maxLength: 4 }), (matchers) => {
        const again = parseMatchers(matchersText(matchers), 'utf8-strict');
        expect(again.map(String)).toEqual(matchers.map(String));
      }),
    );
  });
});
