/** Parameters of the API's requests. */
import type { Context } from 'hono';
import type { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import { MatcherError } from '../../model/alert-matchers/lexer.ts';
import { parseOneMatcher } from '../../model/alert-matchers/parse-matchers.ts';
import { alertRegexTest } from '../../model/alert-matchers/regex-test.ts';
import { RegexError } from '../../model/matcher.ts';

/** A parameter that makes no sense; answered with its message as a text. */
export class ParamError extends Error {
  override readonly name = 'ParamError';
}

const TRUE_WORDS: ReadonlySet<string> = new Set([
  'true',
  '1',
  'yes',
  'ok',
  'y',
  'on',
  'selected',
  'checked',
  't',
  'enabled',
]);

/** True when absent or empty; any word that does not mean yes means no. */
export function switchParam(c: Context, name: string): boolean {
  const text = c.req.query(name) ?? '';
  return text === '' || TRUE_WORDS.has(text.toLowerCase());
}

/** @throws ParamError */
export function matcherParams(c: Context, name: string, prefix = ''): readonly AlertMatcher[] {
  try {
    return (c.req.queries(name) ?? []).map((text) => parseOneMatcher(text));
  } catch (error) {
    if (error instanceof MatcherError) throw new ParamError(prefix + error.message);
    throw error;
  }
}

/** A regular expression, anchored; undefined when absent. @throws ParamError */
export function receiverParam(c: Context): ((receiver: string) => boolean) | undefined {
  const pattern = c.req.query('receiver');
  if (pattern === undefined) return undefined;
  try {
    return alertRegexTest(pattern);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new ParamError(`failed to parse receiver param: ${error.message}`);
  }
}

/**
 * Alertmanager's way with filters: a matcher of nothing takes an absent label, and its opposite
 * any label that is there.
 */
export function matchesFilter(
  matchers: readonly AlertMatcher[],
  get: (name: string) => string | undefined,
): boolean {
  return matchers.every((matcher) => {
    const value = get(matcher.name);
    const isNegative = matcher.type === '!=' || matcher.type === '!~';
    if (matcher.value === '' && (value !== undefined) === isNegative) return true;
    return matcher.matches(value ?? '');
  });
}
