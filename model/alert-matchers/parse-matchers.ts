/** Matchers as text, in whichever of Alertmanager's two grammars is asked for. */
import { isClassicLabelName } from '../labels.ts';
import type { AlertMatcher } from './alert-matcher.ts';
import { MatcherError } from './lexer.ts';
import { parseClassicMatcher, parseClassicMatchers } from './parse-classic.ts';
import { parseUtf8Matchers } from './parse-utf8.ts';

/** `fallback`, Alertmanager's default, reads both grammars and prefers what the old one says. */
export type MatcherMode = 'fallback' | 'utf8-strict' | 'classic';

/** Told of texts that will mean something else, or nothing, when the old grammar goes. */
export type MatcherWarning = (text: string) => void;

const IGNORE: MatcherWarning = () => {
  // Nobody wants to know.
};

/**
 * None, one or many matchers: `a=b`, `{a="b", c=~"d.*"}`.
 * @throws MatcherError
 */
export function parseMatchers(
  input: string,
  mode: MatcherMode = 'fallback',
  warn = IGNORE,
): readonly AlertMatcher[] {
  if (mode === 'classic') return parseClassicMatchers(input);
  if (mode === 'utf8-strict') return parseUtf8Matchers(input);
  return parseWithFallback(
    input,
    () => parseUtf8Matchers(input),
    () => parseClassicMatchers(input),
    warn,
  );
}

/**
 * Exactly one matcher, without braces.
 * @throws MatcherError
 */
export function parseOneMatcher(
  input: string,
  mode: MatcherMode = 'fallback',
  warn = IGNORE,
): AlertMatcher {
  if (mode === 'classic') return parseClassicMatcher(input);
  if (input.startsWith('{') || input.endsWith('}')) {
    throw new MatcherError(`unexpected open or close brace: ${input}`);
  }
  const utf8 = (): readonly AlertMatcher[] => [only(parseUtf8Matchers(input))];
  const classic = (): readonly AlertMatcher[] => [parseClassicMatcher(input)];
  return only(mode === 'utf8-strict' ? utf8() : parseWithFallback(input, utf8, classic, warn));
}

function only(matchers: readonly AlertMatcher[]): AlertMatcher {
  const [first, second] = matchers;
  if (first === undefined) throw new MatcherError('no matchers');
  if (second === undefined) return first;
  throw new MatcherError(`expected 1 matcher, found ${matchers.length}`);
}

type Parsed = readonly AlertMatcher[] | MatcherError;

function parseWithFallback(
  input: string,
  parseUtf8: () => readonly AlertMatcher[],
  parseClassic: () => readonly AlertMatcher[],
  warn: MatcherWarning,
): readonly AlertMatcher[] {
  const utf8 = attempt(parseUtf8);
  const classic = attempt(parseClassic);
  if (utf8 instanceof MatcherError) {
    if (classic instanceof MatcherError) throw classic;
    warn(
      `matchers ${input} are of the old grammar (${utf8.message}): write ${classic.map(String).join(',')}`,
    );
    return classic;
  }
  if (classic instanceof MatcherError || areEqual(utf8, classic)) return utf8;
  warn(`matchers ${input} mean something else in the new grammar, the old one counts`);
  return classic;
}

function attempt(parse: () => readonly AlertMatcher[]): Parsed {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MatcherError) return error;
    throw error;
  }
}

function areEqual(a: readonly AlertMatcher[], b: readonly AlertMatcher[]): boolean {
  return a.length === b.length && a.every((matcher, at) => b[at]?.equals(matcher) === true);
}

/** Which texts may name a label in a configuration; the old grammar knows classic names only. */
export function isAlertLabelName(name: string, mode: MatcherMode): boolean {
  return mode === 'classic' ? isClassicLabelName(name) : name !== '' && name.isWellFormed();
}
