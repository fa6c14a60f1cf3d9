/** Alertmanager's matchers: grammar, matching, text. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AlertMatcher } from '../../../model/alert-matchers/alert-matcher.ts';
import { MatcherError } from '../../../model/alert-matchers/lexer.ts';
import {
  type MatcherMode,
  parseMatchers,
  parseOneMatcher,
} from '../../../model/alert-matchers/parse-matchers.ts';
import { parseUtf8Matchers } from '../../../model/alert-matchers/parse-utf8.ts';
import type { MatchType } from '../../../model/matcher.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface MatcherJson {
  readonly name: string;
  readonly op: MatchType;
  readonly value: string;
}

interface ParseCase {
  readonly source_test: string;
  readonly line?: number;
  readonly name?: string;
  readonly parser: string;
  readonly input: string;
  readonly ok: boolean;
  readonly matchers?: readonly MatcherJson[];
  readonly error?: string;
}

interface MatchCase {
  readonly op: MatchType;
  readonly pattern: string;
  readonly value: string;
  readonly match: boolean;
}

interface TextCase extends MatcherJson {
  readonly text: string;
}

export const suite: ConformanceSuite = {
  name: 'matchers',
  caseCount: 174 + 17 + 12,
  async run(dir, report) {
    for (const testCase of await readCases<ParseCase>(dir, 'matchers.json')) {
      report(judgeParse(testCase));
    }
    for (const testCase of await readCases<MatchCase>(dir, 'matcher_matches.json')) {
      const { op, pattern, value, match } = testCase;
      const got = new AlertMatcher(op, 'foo', pattern).matches(value);
      report({ name: JSON.stringify(testCase), ok: got === match });
    }
    for (const { name, op, value, text } of await readCases<TextCase>(dir, 'matcher_text.json')) {
      const got = String(new AlertMatcher(op, name, value));
      report({ name: text, ok: got === text, expected: text, got });
    }
  },
};

async function readCases<T>(dir: string, file: string): Promise<readonly T[]> {
  const text = await readFile(path.join(dir, 'alertmanager', file), 'utf8');
  return (JSON.parse(text) as { readonly cases: readonly T[] }).cases;
}

function judgeParse(testCase: ParseCase): CaseResult {
  const name = `${testCase.source_test} ${testCase.parser} ${JSON.stringify(testCase.input)}`;
  const got = parse(testCase);
  if (!testCase.ok) {
    // Where the parsers of one input are compared, the text is that of the other one.
    const isComparedByText = !testCase.parser.includes('compared only');
    return {
      name,
      ok: got instanceof MatcherError && (!isComparedByText || got.message === testCase.error),
      expected: testCase.error ?? 'refused',
      got: got instanceof MatcherError ? got.message : JSON.stringify(got),
    };
  }
  const expected = JSON.stringify(testCase.matchers ?? []);
  const text = got instanceof MatcherError ? got.message : JSON.stringify(got);
  return { name, ok: text === expected, expected, got: text };
}

function parse({ parser, input }: ParseCase): readonly MatcherJson[] | MatcherError {
  try {
    return matchersOf(parser, input).map(({ name, type, value }) => ({ name, op: type, value }));
  } catch (error) {
    if (error instanceof MatcherError) return error;
    throw error;
  }
}

function matchersOf(parser: string, input: string): readonly AlertMatcher[] {
  const [grammar = '', isSingle] = parser.split(/[- ]/);
  const mode: MatcherMode =
    grammar === 'utf8' ? 'utf8-strict' : grammar === 'classic' ? 'classic' : 'fallback';
  if (isSingle !== 'single') return parseMatchers(input, mode);
  if (mode !== 'utf8-strict') return [parseOneMatcher(input, mode)];
  // The source tests the parser below the check for braces.
  const matchers = parseUtf8Matchers(input);
  if (matchers.length === 0) throw new MatcherError('no matchers');
  if (matchers.length > 1) throw new MatcherError(`expected 1 matcher, found ${matchers.length}`);
  return matchers;
}
