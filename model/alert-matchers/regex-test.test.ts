import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegex, RegexError } from '../matcher.ts';
import { alertRegexTest } from './regex-test.ts';

function agrees(pattern: string, texts: readonly string[]): void {
  let compiled: ReturnType<typeof compileRegex>;
  try {
    compiled = compileRegex(`^(?:${pattern})$`);
  } catch (error) {
    expect(() => alertRegexTest(pattern)).toThrow(RegexError);
    expect(error).toBeInstanceOf(RegexError);
    return;
  }
  const fast = alertRegexTest(pattern);
  for (const text of texts) {
    expect(fast(text), `${JSON.stringify(pattern)} ${JSON.stringify(text)}`).toBe(
      compiled.matches(text),
    );
  }
}

describe('alertRegexTest', () => {
  const TEXTS = ['', 'a', 'b', 'ab', 'ba', 'aa', 'a.b', 'a|b', 'x', 'xay', 'a\n', '\na', '\\'];

  test('shapes that people write', () => {
    for (const pattern of [
      '',
      'a',
      'a|b',
      '(a|b)',
      '^(a|b)$',
      '^(?:^(a|b)$)$',
      '^(?:x(a|b))$',
      '(a)|(b)',
      '^(?:a)|(?:b)$',
      'a.*',
      '.*a',
      '.*a.*',
      '.+a.+',
      'a.+|b',
      '.*',
      '.+',
      '^a|b$',
      'a\\.b',
      'a\\|b',
      'a\\\\|b',
      '\\\\',
      '(?i)A',
      'a|',
      '.*.*',
      '^^a',
      'a{2}',
      '[ab]',
      'a.*?',
      'a\\d',
    ]) {
      agrees(pattern, TEXTS);
    }
  });

  test('whatever the pattern, it is what the engine says', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '.',
      '*',
      '+',
      '.*',
      '.+',
      '|',
      '(',
      ')',
      '(?:',
      '^',
      '$',
      '\\.',
      '\\\\',
      '\\|',
      '[ab]',
      '?',
      '\n',
      'é',
      '🙂',
      '\\d',
    );
    const pattern = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
    const text = fc
      .array(fc.constantFrom('a', 'b', '.', '|', '\\', '\n', 'é', '🙂'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, fc.array(text, { maxLength: 8 }), (p, texts) => {
        agrees(p, [...texts, ...TEXTS]);
      }),
      { numRuns: 3000 },
    );
  });
});
