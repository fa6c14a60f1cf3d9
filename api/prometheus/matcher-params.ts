/** `match[]` parameters. */
import type { Matcher } from '../../model/matcher.ts';
import { ParseError } from '../../promql/parser/parse-error.ts';
import { parseMetricSelector } from '../../promql/parser/parser.ts';
import { ApiError, invalidParameter } from './api-error.ts';

/** @throws ApiError naming the parameter */
export function readMatchers(parameter: string, selector: string): readonly Matcher[] {
  try {
    return parseMetricSelector(selector);
  } catch (error) {
    if (error instanceof ParseError) throw invalidParameter(parameter, error.message);
    throw error;
  }
}

/**
 * One list a selector; each must have a matcher that an absent label does not satisfy.
 * @throws ApiError with the bare problem
 */
export function readMatcherSets(selectors: readonly string[]): readonly (readonly Matcher[])[] {
  return selectors.map((selector) => {
    const matchers = readSelector(selector);
    if (matchers.every((matcher) => matcher.matchesEmpty)) {
      throw new ApiError('bad_data', 'match[] must contain at least one non-empty matcher');
    }
    return matchers;
  });
}

/** @throws ApiError with the bare problem */
export function readSelector(selector: string): readonly Matcher[] {
  try {
    return parseMetricSelector(selector);
  } catch (error) {
    if (error instanceof ParseError) throw new ApiError('bad_data', error.message);
    throw error;
  }
}
