import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unquoteGo } from './go-unquote.ts';
import { quoteGo } from './labels.ts';

describe('unquoteGo', () => {
  test('undoes quoteGo', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (text.isWellFormed()) expect(unquoteGo(quoteGo(text))).toBe(text);
      }),
    );
  });

  test('knows every escape of Go', () => {
    expect(unquoteGo('"\\a\\b\\f\\n\\r\\t\\v\\\\\\""')).toBe('\x07\b\f\n\r\t\v\\"');
    expect(unquoteGo('"\\xf0\\x9f\\x99\\x82 \\u00e9 \\U0001F642 \\101"')).toBe('🙂 é 🙂 A');
  });

  test('refuses what Go refuses', () => {
    for (const text of ['"', 'a', '"a', '"a"b"', '"\\\'"', '"\\w"', '"\n"', '"\\400"', '"\\xff"']) {
      expect(unquoteGo(text), text).toBeUndefined();
    }
    expect(unquoteGo('"\\ud800"')).toBeUndefined();
    expect(unquoteGo('"\\U00110000"')).toBeUndefined();
  });
});
