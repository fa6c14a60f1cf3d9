/** Queries that people have: the compliance tester's, dashboards', alerting rules'. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ParserOptions } from '../promql/ast.ts';
import { parseExpr } from '../promql/parser/parser.ts';
import { prettyPrint } from '../promql/parser/pretty.ts';
import { printExpr } from '../promql/parser/print.ts';
import { EVERYTHING_ON } from '../promql/parser/test-options.ts';
import { findSuitesDir, suitesDir } from './suites.ts';

const DEFAULTS: ParserOptions = {
  experimentalFunctions: false,
  extendedRangeSelectors: false,
  binopFillModifiers: false,
  durationExpressions: true,
};

function filesOf(folder: string, ending: RegExp): readonly string[] {
  const dir = path.join(suitesDir(), folder);
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => path.join(dir, file));
}

/** Every string under a key `expr`, at any depth. */
function expressionsIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    return key === 'expr' && typeof value === 'string' ? [value] : expressionsIn(value);
  });
}

/** Parses, and both printers give a text with the same meaning. */
function expectGood(query: string, options = DEFAULTS): void {
  const expr = parseExpr(query, options);
  const printed = printExpr(expr);
  expect(printExpr(parseExpr(printed, options))).toBe(printed);
  expect(printExpr(parseExpr(prettyPrint(expr), options))).toBe(printed);
}

describe.skipIf(findSuitesDir() === undefined)('queries of the field', () => {
  test('every query of the compliance tester parses', () => {
    const file = path.join(suitesDir(), 'promql-compliance/queries.json');
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly cases: readonly { readonly query: string; readonly should_fail?: boolean }[];
    };
    expect(cases.length).toBe(418);
    for (const { query, should_fail: isWrong } of cases) {
      // Those that must fail may also do so when they are evaluated.
      if (isWrong !== true) expectGood(query);
    }
  });

  test('every expression of the dashboards parses once its variables have values', () => {
    const expressions = filesOf('dashboards', /\/.*\.json$/).flatMap((file) => {
      return expressionsIn(JSON.parse(readFileSync(file, 'utf8')));
    });
    expect(expressions.length).toBe(742);
    for (const expression of expressions) {
      expectGood(expression.replaceAll(/\$(?:__\w+|\{?resolution\}?)/g, '5m').replaceAll('$', ''));
    }
  });

  test('every expression of the rules parses, but for those that are there to fail', () => {
    const files = filesOf('rules', /\.ya?ml$/).filter((file) => !/\.bad|bad-|\/bad_/.test(file));
    const expressions = files.flatMap((file) => {
      return parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => {
        return document.errors.length > 0
          ? []
          : expressionsIn(document.toJS({ maxAliasCount: -1 }));
      });
    });
    expect(expressions.length).toBeGreaterThan(193);
    // Unit tests of promtool use experimental features.
    for (const expression of expressions) expectGood(expression, EVERYTHING_ON);
  });
});
