/** Matchers in the JSON bodies of our own requests. */
import { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import { MatcherError } from '../../model/alert-matchers/lexer.ts';
import { parseMatchers } from '../../model/alert-matchers/parse-matchers.ts';
import { RegexError } from '../../model/matcher.ts';
import { ApiError } from '../prometheus/api-error.ts';

/**
 * A list of texts (`alertname="X"`), or of objects as in Alertmanager's silences.
 * @throws ApiError
 */
export function readMatchers(value: unknown): readonly AlertMatcher[] {
  if (!Array.isArray(value)) throw bad('matchers is no list');
  try {
    return value.flatMap((item: unknown) => {
      return typeof item === 'string' ? parseMatchers(item, 'fallback') : [readMatcher(item)];
    });
  } catch (error) {
    if (!(error instanceof MatcherError) && !(error instanceof RegexError)) throw error;
    throw bad(`matchers: ${error.message}`);
  }
}

function readMatcher(item: unknown): AlertMatcher {
  const fields = typeof item === 'object' && item !== null ? item : {};
  const { name, value, isRegex, isEqual } = fields as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name === '' || typeof value !== 'string') {
    throw bad('a matcher is a text, or has name and value');
  }
  if (isEqual === false) return new AlertMatcher(isRegex === true ? '!~' : '!=', name, value);
  return new AlertMatcher(isRegex === true ? '=~' : '=', name, value);
}

function bad(message: string): ApiError {
  return new ApiError('bad_data', message);
}
