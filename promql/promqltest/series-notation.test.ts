import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../parser/parse-error.ts';
import { parseSequence } from './series-notation.ts';

function pointsOf(text: string): unknown[] {
  return parseSequence(text).points.map((point) => (point.kind === 'float' ? point.value : point));
}

describe('parseSequence', () => {
  test('a sequence with a step has one value more than it says', () => {
    expect(pointsOf('a 1-2x3')).toEqual([1, -1, -3, -5]);
  });

  test('a repeated gap has as many positions as it says', () => {
    expect(pointsOf('a _x2 _')).toEqual([{ kind: 'none' }, { kind: 'none' }, { kind: 'none' }]);
  });

  test('blanks of any length separate, also at the end', () => {
    expect(pointsOf('a \t 1   stale ')).toEqual([1, { kind: 'stale' }]);
  });

  test('words are numbers in any case', () => {
    expect(pointsOf('a Inf -inf NaN')).toEqual([Infinity, -Infinity, NaN]);
  });

  test('a metric may have any name, and labels keep their escapes', () => {
    const { labels } = parseSequence(String.raw`{"my.name", "a b"="\u00e9"} 1`);
    expect(labels.toRecord()).toEqual({ __name__: 'my.name', 'a b': 'é' });
  });

  test.each([
    ['a 1x', '1:5: parse error: unexpected end of input in series values'],
    [
      'a 1 b',
      '1:5: parse error: unexpected identifier "b" in series values, expected number or "stale"',
    ],
    ['a {1}', "1:3: parse error: unexpected character in series sequence: '{'"],
    ['a {{', "1:5: parse error: histogram description incomplete unexpected: '\ufffd'"],
    [
      'a 1x1e9',
      '1:5: parse error: invalid repetition in series values: strconv.ParseUint: parsing "1e9": invalid syntax',
    ],
    ['a 1x999999999', '1:5: parse error: more than 1000000 values in a series'],
    ['5 4', '1:1: parse error: unexpected number "5" in series values'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parseSequence(text)).toThrow(ParseError);
    expect(() => parseSequence(text)).toThrow(message);
  });

  test('no text makes it fail in another way than with a ParseError', () => {
    const words = fc.constantFrom(
      ...'a { } {{ }} 1 - + x _ stale Inf "b" = , schema : buckets [ ] 0x é'.split(' '),
      ...'counter_reset_hint reset n_offset'.split(' '),
      ' ',
    );
    const text = fc.oneof(
      fc.array(words).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (series) => {
        try {
          parseSequence(series);
        } catch (cause) {
          expect(cause).toBeInstanceOf(ParseError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
