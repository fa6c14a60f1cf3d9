import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expr } from '../ast.ts';
import { ParseError } from './parse-error.ts';
import { parseExpr, parseMetric, parseMetricSelector } from './parser.ts';
import { prettyPrint } from './pretty.ts';
import { printExpr } from './print.ts';
import { EVERYTHING_ON } from './test-options.ts';
import { translateAst } from './translate.ts';

const RUNS = 2000;

const WORDS = [
  'a b:c sum topk by without on ignoring group_left bool offset @ start end step range max_of',
  'anchored smoothed fill and or unless atan2 inf NaN rate label_join info 1 0x 5m 1h2 1_0',
  '( ) { } [ ] , : = == != =~ !~ < >= </ >/ + - * / % ^ . ; $ ` " \' # "s" `t` "\\xff" "\\u12" é',
].join(' ');
const word = fc.constantFrom(...WORDS.split(' '), '\ud800', '\ufffd', '\n', ' ');
const garbage = fc.array(word, { maxLength: 30 }).chain((words) => {
  return fc.constantFrom('', ' ').map((separator) => words.join(separator));
});

const label = fc.constantFrom('job', 'a.b', 'é', 'by', '__name__');
const text = fc.string({ unit: 'binary', maxLength: 5 }).filter((value) => !/[\ufffd]/.test(value));
const quoted = text.map((value) => {
  const body = Array.from(value).map(
    (char) => `\\U${char.codePointAt(0)?.toString(16).padStart(8, '0')}`,
  );
  return `"${body.join('')}"`;
});
const duration = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('5m', '1h30m', '10', '0.5', 'step()', 'range()'),
    tie('any').map((inner) => `(${inner})`),
    fc
      .tuple(tie('any'), fc.constantFrom('+', '*', '^'), tie('any'))
      .map((parts) => parts.join(' ')),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `max_of(${a}, ${b})`),
  ),
})).any;

// A number stands before the colon of every subquery: Prometheus refuses `[step():1m]`.
const { vector } = fc.letrec<{ vector: string; selector: string }>((tie) => ({
  selector: fc
    .tuple(fc.constantFrom('up', 'sum', ''), label, fc.constantFrom('=', '!='), quoted)
    .map(([name, key, type, value]) => `${name}{"x.y",${JSON.stringify(key)}${type}${value}}`)
    .map((selector) =>
      /^\w/.test(selector) ? selector.replace('"x.y",', '').replace('__name__', 'n') : selector,
    ),
  vector: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('selector'),
    fc.tuple(tie('selector'), duration).map(([s, d]) => `${s} offset -(${d})`),
    fc.tuple(tie('selector'), duration).map(([s, d]) => `rate(${s}[${d}] @ 1.5)`),
    fc
      .tuple(tie('vector'), duration, duration)
      .map(([v, d, e]) => `max_over_time((${v})[1m + ${d}:${e}])`),
    fc.tuple(fc.constantFrom('-', '+'), tie('vector')).map((parts) => parts.join('')),
    fc
      .tuple(
        tie('vector'),
        fc.constantFrom(
          '+',
          '-',
          '^',
          '== bool',
          '*',
          '/ on (job, "a.b") group_left ("é")',
          '> fill(1)',
        ),
        tie('vector'),
      )
      .map((parts) => parts.join(' ')),
    tie('vector').map((inner) => `(${inner})`),
    tie('vector').map((inner) => `topk by ("a.b", job) (3, ${inner})`),
    fc.tuple(tie('vector'), quoted).map(([v, s]) => `count_values(${s}, ${v})`),
  ),
}));

function parse(query: string): Expr {
  return parseExpr(query, EVERYTHING_ON);
}

describe('the parser', () => {
  test('no text makes it fail in another way than with a ParseError', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, fc.string({ unit: 'binary' })), (query) => {
        for (const run of [parse, parseMetric, parseMetricSelector]) {
          try {
            run(query);
          } catch (cause) {
            expect(cause).toBeInstanceOf(ParseError);
            expect((cause as ParseError).message).toMatch(
              /^(\d+:\d+|unknown position): parse error: ./,
            );
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('what it prints parses to the same text and the same tree', () => {
    fc.assert(
      fc.property(vector, (query) => {
        const expr = parse(query);
        const printed = printExpr(expr);
        const again = parse(printed);
        expect(printExpr(again)).toBe(printed);
        expect(translateAst(again)).toEqual(translateAst(parse(printExpr(again))));
        expect(printExpr(parse(prettyPrint(expr, 20)))).toBe(printed);
      }),
      { numRuns: RUNS },
    );
  });
});
