/** The texts of PromQL: queries, selectors of series, labels of a series. */
import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { Expr, ParserOptions } from '../ast.ts';
import { checkExpr } from './check.ts';
import { Lexer } from './lexer.ts';
import { ParseError } from './parse-error.ts';
import { ExpressionParser } from './parse-expr.ts';
import { acceptSelector, parseLabels } from './parse-selector.ts';
import { TokenStream } from './token-stream.ts';

/** Longer texts are refused. The longest query that dashboards send has some 10 kB. */
export const QUERY_LENGTH_MAX = 256 * 1024;

function streamOf(text: string): TokenStream {
  if (text.length > QUERY_LENGTH_MAX) {
    const problem = `query is longer than ${QUERY_LENGTH_MAX} characters`;
    throw new ParseError(text, [{ range: { start: 0, end: 0 }, problem }]);
  }
  return new TokenStream(new Lexer(text));
}

/**
 * A query as a tree, its types checked.
 * @throws ParseError
 */
export function parseExpr(query: string, options: ParserOptions): Expr {
  return streamOf(query).run((stream) => {
    const expr = new ExpressionParser(stream, options).parseQuery();
    if (!stream.hasProblems) checkExpr(expr, stream);
    return expr;
  });
}

/**
 * The matchers of a selector, as in `match[]=…`. They may be none: `{}`.
 * @throws ParseError
 */
export function parseMetricSelector(text: string): readonly Matcher[] {
  return streamOf(text).run((stream) => {
    const selector = acceptSelector(stream) ?? stream.fail();
    if (stream.peek().type !== 'eof') stream.fail();
    return selector.matchers;
  });
}

/**
 * The labels of a series: `name{label="value"}`.
 * @throws ParseError
 */
export function parseMetric(text: string): Labels {
  return streamOf(text).run((stream) => {
    const labels = parseLabels(stream);
    if (stream.peek().type !== 'eof') stream.fail();
    return labels;
  });
}
