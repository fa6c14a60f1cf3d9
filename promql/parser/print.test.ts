import { describe, expect, test } from 'vitest';
import type { Expr } from '../ast.ts';
import { parseExpr } from './parser.ts';
import { prettyPrint } from './pretty.ts';
import { printExpr } from './print.ts';
import { EVERYTHING_ON } from './test-options.ts';
import { translateAst } from './translate.ts';
import { typeOf } from './value-type.ts';
import { walkExpr } from './walk.ts';

function parse(query: string): Expr {
  return parseExpr(query, EVERYTHING_ON);
}

const CHAIN = `${'a + '.repeat(20_000)}a`;

describe('printExpr', () => {
  test.each([
    ['SUM(a)BY(b)', 'sum by (b) (a)'],
    ['a[25h] offset -90s', 'a[1d1h] offset -1m30s'],
    ['1e21 + 1e-7', '1000000000000000000000 + 0.0000001'],
    ['a{b="c",__name__="d"}'.replace('a{', '{'), '{__name__="d",b="c"}'],
    ['a @ 1.5 offset 1m', 'a @ 1.500 offset 1m'],
    ['a+fill(1e-7)b', 'a + fill (1e-07) b'],
    [String.raw`"\xff\u200b"`, String.raw`"\xff\u200b"`],
  ])('%s prints as %s', (query, text) => {
    expect(printExpr(parse(query))).toBe(text);
  });

  test('a chain of thousands of operators prints, and parses to itself', () => {
    expect(printExpr(parse(CHAIN))).toBe(CHAIN);
  });
});

describe('prettyPrint', () => {
  test('a line that fits is not split', () => {
    expect(prettyPrint(parse('sum(a)'))).toBe('sum(a)');
  });

  test('a sign stands before the first line of what it negates', () => {
    expect(prettyPrint(parse('-(aaaa + bbbb)'), 8)).toBe('-(\n    aaaa\n  +\n    bbbb\n)');
  });

  test('a deep chain stops to indent, so that its text grows linearly', () => {
    const text = prettyPrint(parse(CHAIN));
    expect(text.length).toBeLessThan(20_000_000);
    expect(printExpr(parse(text.replaceAll(/\s+/g, ' ')))).toBe(CHAIN);
  });
});

describe('translateAst', () => {
  test('a selector has all fields, null where nothing is set', () => {
    expect(translateAst(parse('up{job="a"}'))).toEqual({
      type: 'vectorSelector',
      name: 'up',
      offset: 0,
      offsetExpr: null,
      matchers: [
        { name: 'job', value: 'a', type: '=' },
        { name: '__name__', value: 'up', type: '=' },
      ],
      timestamp: null,
      startOrEnd: null,
      anchored: false,
      smoothed: false,
    });
  });

  test('a range has the fields of its selector', () => {
    expect(translateAst(parse('up[5m] @ end() offset (1m + step())'))).toMatchObject({
      type: 'matrixSelector',
      range: 300_000,
      rangeExpr: null,
      startOrEnd: 'end',
      offsetExpr: {
        type: 'durationExpr',
        op: '+',
        lhs: { type: 'numberLiteral', val: '60', duration: true },
        rhs: { type: 'durationExpr', op: 'step', lhs: null, rhs: null, wrapped: false },
        wrapped: true,
      },
    });
  });

  test('a call names the signature of its function', () => {
    expect(translateAst(parse('round(a, 5)'))).toMatchObject({
      func: { name: 'round', argTypes: ['vector', 'scalar'], variadic: 1, returnType: 'vector' },
      args: [{ type: 'vectorSelector' }, { type: 'numberLiteral', val: '5' }],
    });
  });

  test('an operation between vectors has its matching, one with a scalar null', () => {
    expect(translateAst(parse('a * on (b) group_left c'))).toMatchObject({
      matching: {
        card: 'many-to-one',
        labels: ['b'],
        on: true,
        include: [],
        fillValues: { lhs: null, rhs: null },
      },
      bool: false,
    });
    expect(translateAst(parse('a > bool 1'))).toMatchObject({ matching: null, bool: true });
  });

  test('a chain of thousands of operators is translated', () => {
    expect(translateAst(parse(CHAIN))).toMatchObject({ op: '+' });
  });
});

describe('typeOf and walkExpr', () => {
  test.each([
    ['1 + 2 * time()', 'scalar'],
    ['1 + a', 'vector'],
    ['a[5m:]', 'matrix'],
    ['("x")', 'string'],
    [CHAIN, 'vector'],
    [CHAIN.replaceAll('a', '1'), 'scalar'],
  ])('%.20s is a %s', (query, type) => {
    expect(typeOf(parse(query))).toBe(type);
  });

  test('nodes come parents first, and what is below a refused node is left out', () => {
    const seen: string[] = [];
    walkExpr(parse('sum(a) + quantile(0.5, b[5m:])'.replace('b[5m:]', 'rate(b[5m])')), (node) => {
      seen.push(node.kind);
      return node.kind !== 'call';
    });
    expect(seen).toEqual(['binary', 'aggregate', 'vector-selector', 'aggregate', 'call', 'number']);
  });

  test('a chain of thousands of operators is walked', () => {
    let count = 0;
    walkExpr(parse(CHAIN), () => {
      count++;
      return true;
    });
    expect(count).toBe(40_001);
  });
});
