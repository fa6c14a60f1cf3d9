import { describe, expect, test } from 'vitest';
import type { Expr } from '../ast.ts';
import { ParseError } from './parse-error.ts';
import { parseExpr, parseMetric, parseMetricSelector, QUERY_LENGTH_MAX } from './parser.ts';
import { EVERYTHING_OFF, EVERYTHING_ON } from './test-options.ts';
import { NESTING_MAX } from './token-stream.ts';

function parse(query: string): Expr {
  return parseExpr(query, EVERYTHING_ON);
}

function refusalOf(query: string, options = EVERYTHING_ON): ParseError {
  try {
    parseExpr(query, options);
  } catch (cause) {
    if (cause instanceof ParseError) return cause;
    throw cause;
  }
  throw new Error(`not refused: ${query}`);
}

/** The tree with a parenthesis round every operation. */
function shapeOf(expr: Expr): string {
  switch (expr.kind) {
    case 'binary':
      return `(${shapeOf(expr.lhs)} ${expr.op} ${shapeOf(expr.rhs)})`;
    case 'unary':
      return `(${expr.op}${shapeOf(expr.expr)})`;
    case 'vector-selector':
      return expr.name;
    case 'number':
      return String(expr.value);
    default:
      return expr.kind;
  }
}

describe('operators', () => {
  test.each([
    ['a or b and c unless d', '(a or ((b and c) unless d))'],
    ['a + b * c ^ d ^ e', '(a + (b * (c ^ (d ^ e))))'],
    ['a == b + c', '(a == (b + c))'],
    ['a - b - c', '((a - b) - c)'],
    ['a atan2 b / c', '((a atan2 b) / c)'],
    ['-a ^ 2', '(-(a ^ 2))'],
    ['-a * b', '((-a) * b)'],
    ['a ^ -b * c', '((a ^ (-b)) * c)'],
    ['- -1', '1'],
    ['a </ 1 >/ 2', '((a </ 1) >/ 2)'],
  ])('%s binds as %s', (query, shape) => {
    expect(shapeOf(parse(query))).toBe(shape);
  });

  test('a modifier binds to the selector before it', () => {
    expect(parse('a + b offset 5m')).toMatchObject({ rhs: { name: 'b', offsetMs: 300_000 } });
  });

  test('matching is kept between vectors only', () => {
    expect(parse('a + b')).toMatchObject({ matching: { card: 'one-to-one' } });
    expect(parse('a and b')).toMatchObject({ matching: { card: 'many-to-many' } });
    expect(parse('a + 1')).toMatchObject({ matching: undefined });
  });

  test('one fill value is that of both sides', () => {
    expect(parse('a + fill(-1) b')).toMatchObject({ matching: { fillLhs: -1, fillRhs: -1 } });
    const two = parse('a + fill_right(2) fill_left(1) b');
    expect(two).toMatchObject({ matching: { fillLhs: 1, fillRhs: 2 } });
  });
});

describe('words', () => {
  test('a keyword is a metric name where no keyword may stand', () => {
    for (const name of ['sum', 'by', 'offset', 'and', 'start', 'step', 'fill', 'anchored']) {
      expect(parse(name)).toMatchObject({ kind: 'vector-selector', name });
    }
  });

  test('keywords are known in any case, names keep theirs', () => {
    expect(parse('SUM BY (Job) (Up)')).toMatchObject({ op: 'sum', grouping: ['Job'] });
  });

  test('a comment ends with its line', () => {
    expect(parse('a # + b\n+ c # d')).toMatchObject({ op: '+', rhs: { name: 'c' } });
  });
});

describe('literals', () => {
  test.each([
    ['0x1F', 31],
    ['017', 15],
    ['08', 8],
    ['1_000.5', 1000.5],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['1m30s', 90],
    ['inf', Infinity],
  ])('%s is %d', (query, value) => {
    expect(parse(query)).toMatchObject({ kind: 'number', value });
  });

  test.each([
    [String.raw`"\u00e9\x41\101\n"`, 'éAA\n'],
    [String.raw`'\'"'`, `'"`],
    ['`\\n"`', String.raw`\n"`],
    [String.raw`"\xe2\x98\xba"`, '☺'],
    [String.raw`"\xff"`, '\udcff'],
  ])('%s is the string %j', (query, value) => {
    expect(parse(query)).toMatchObject({ kind: 'string', value });
  });

  test('milliseconds of a range are exact', () => {
    expect(parse('a[4s180ms]')).toMatchObject({ rangeMs: 4180 });
    expect(parse('a[10m5s:1h6ms]')).toMatchObject({ rangeMs: 605_000, stepMs: 3_600_006 });
    expect(parse('a offset 1m30ms')).toMatchObject({ offsetMs: 60_030 });
  });
});

describe('mistakes', () => {
  test('the column counts bytes, from 1', () => {
    expect(refusalOf('"é" + $').message).toBe("1:8: parse error: unexpected character: '$'");
    expect(refusalOf('a\n+ )').message).toContain('2:4: parse error: unexpected right paren');
  });

  test('a mistake in the types is told for every place', () => {
    const { problems } = refusalOf('rate(a) + floor(1)');
    expect(problems.map(({ range }) => range.start)).toEqual([5, 16]);
  });

  test.each([
    ['limitk(1, a)', '1:1: parse error: limitk() is experimental and must be enabled'],
    ['info(a)', '1:1: parse error: function "info" is not enabled'],
    ['a anchored', '1:1: parse error: anchored modifier is experimental and not enabled'],
    ['a + fill(0) b', '1:1: parse error: binop fill modifiers are experimental'],
    ['a[5m * 2]', '1:3: parse error: experimental duration expression is not enabled'],
  ])('%s is refused while its feature is off', (query, message) => {
    expect(refusalOf(query, EVERYTHING_OFF).message).toContain(message);
    expect(() => parse(query)).not.toThrow();
  });

  test('an offset that is no time is refused', () => {
    expect(refusalOf('a offset NaN').message).toContain('duration out of range');
  });

  test('a regular expression is checked by itself', () => {
    expect(refusalOf('a{b=~"c)(d"}').message).toContain('1:3: parse error: error parsing regexp: ');
  });
});

describe('limits', () => {
  test.each([
    ['(', ')'],
    ['-', ''],
    ['abs(', ')'],
    ['sum(', ')'],
    ['a ^ ', ''],
  ])('nesting with %s is refused beyond the limit, and no stack overflows', (open, close) => {
    const nested = (depth: number): string => `${open.repeat(depth)}a${close.repeat(depth)}`;
    expect(() => parse(nested(NESTING_MAX - 1))).not.toThrow();
    expect(refusalOf(nested(NESTING_MAX)).message).toContain('nested more than');
    expect(refusalOf(open.repeat(50_000)).message).toContain('nested more than');
  });

  test.each([
    ['durations in parentheses', `a[${'('.repeat(50_000)}`],
    ['signs of durations', `a[${'-'.repeat(50_000)}`],
    ['a chain of durations', `a[${'1+'.repeat(50_000)}1]`],
  ])('%s are refused beyond the limit', (_, query) => {
    expect(refusalOf(query).message).toContain('nested more than');
  });

  test('a chain of operators may be long', () => {
    expect(parse(`${'a + '.repeat(20_000)}a`)).toMatchObject({ op: '+' });
  });

  test('a text beyond the length limit is refused', () => {
    expect(refusalOf(' '.repeat(QUERY_LENGTH_MAX + 1)).message).toContain('longer than');
  });
});

describe('parseMetricSelector', () => {
  test('gives the matchers, that of the name last', () => {
    expect(parseMetricSelector('up{job!~"a.*"}').map(String)).toEqual([
      'job!~"a.*"',
      '__name__="up"',
    ]);
  });

  test('an empty selector has no matchers, and anything else is refused', () => {
    expect(parseMetricSelector('{}')).toEqual([]);
    for (const text of ['', 'sum(a)', 'a[5m]', 'a offset 1m', '1']) {
      expect(() => parseMetricSelector(text)).toThrow(ParseError);
    }
  });
});

describe('parseMetric', () => {
  test('gives the labels with the name among them', () => {
    const labels = parseMetric('up{"a.b"="c", d=`e`,}');
    expect(labels.toRecord()).toEqual({ __name__: 'up', 'a.b': 'c', d: 'e' });
  });

  test('a matcher that is no equality is refused', () => {
    expect(() => parseMetric('up{a!="b"}')).toThrow(
      '1:5: parse error: unexpected <op:!=> in label set, expected "="',
    );
  });
});
