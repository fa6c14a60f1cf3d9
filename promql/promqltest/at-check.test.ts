import { expect, test } from 'vitest';
import { parseExpr } from '../parser/parser.ts';
import { atChecks } from './at-check.ts';
import { SCRIPT_PARSER_OPTIONS } from './script-engine.ts';

test('selectors without @ are pinned, those in subqueries are not', () => {
  const f = (query: string, want: string | undefined): void =>
    expect(atChecks(parseExpr(query, SCRIPT_PARSER_OPTIONS), 50_000)[0]?.query).toBe(want);

  f('x', 'x @ 50.000');
  f('rate(x[1m] @ 10) + y', 'rate(x[1m] @ 10.000) + y @ 50.000');
  f('max_over_time(x[5m:1m])', 'max_over_time(x[5m:1m] @ 50.000)');
  f('x @ end()', 'x @ 50.000');
  f('time() + x', undefined);
  f('sum(timestamp(x))', undefined);
});

test('the query is asked at times around, before and after', () => {
  const f = (timeMs: number, want: readonly number[]): void =>
    expect(
      atChecks(parseExpr('x', SCRIPT_PARSER_OPTIONS), timeMs).map((check) => check.timeMs),
    ).toEqual(want);

  f(50_000, [-500_000, 0, 10_000, 50_000, 500_000]);
  f(0, [-1000, 0, 1000]);
});
