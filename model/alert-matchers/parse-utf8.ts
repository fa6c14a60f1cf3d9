/** Matchers in the grammar of Alertmanager 0.27 and later: any UTF-8 name, values must be given. */
import { unquoteGo } from '../go-unquote.ts';
import { type MatchType, RegexError } from '../matcher.ts';
import { AlertMatcher } from './alert-matcher.ts';
import { Lexer, MatcherError, type Token, type TokenKind } from './lexer.ts';

const NAMES: readonly TokenKind[] = ['quoted', 'unquoted'];
const OPERATORS: readonly TokenKind[] = ['=', '!=', '=~', '!~'];
const END_OF_INPUT = 'end of input';

/**
 * @returns in the order of the input; none for an empty one
 * @throws MatcherError
 */
export function parseUtf8Matchers(input: string): readonly AlertMatcher[] {
  const lexer = new Lexer(input);
  const matchers: AlertMatcher[] = [];
  const first = lexer.peek();
  if (first.kind === 'end') return matchers;
  const hasOpenBrace = first.kind === '{';
  if (hasOpenBrace) lexer.next();
  let next = lexer.peek();
  while (next.kind !== '}' && next.kind !== 'end') {
    matchers.push(parseMatcher(lexer));
    next = peekAfterMatcher(lexer);
  }
  parseEnd(lexer, hasOpenBrace);
  return matchers;
}

/** Takes the comma after a matcher, if there is one. @returns what comes then, not taken */
function peekAfterMatcher(lexer: Lexer): Token {
  const token = peekOneOf(lexer, [',', '}'], 'expected a comma or close brace');
  if (token.kind !== ',') return token;
  lexer.next();
  return peekOneOf(lexer, ['}', ...NAMES], 'expected a matcher or close brace after comma');
}

function parseMatcher(lexer: Lexer): AlertMatcher {
  const name = textOf(take(lexer, NAMES, 'expected label name'));
  const operator = take(lexer, OPERATORS, "expected an operator such as '=', '!=', '=~' or '!~'");
  const value = textOf(take(lexer, NAMES, 'expected label value'));
  try {
    return new AlertMatcher(operator.kind as MatchType, name, value);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new MatcherError(`failed to create matcher: ${error.message}`, { cause: error });
  }
}

function parseEnd(lexer: Lexer, hasOpenBrace: boolean): void {
  const token = peekOneOf(lexer, undefined, 'expected end of input');
  if (hasOpenBrace) {
    if (token.kind !== '}') {
      const what = token.kind === 'end' ? END_OF_INPUT : unexpected(token);
      throw new MatcherError(`0:${lexer.column}: ${what}: expected close brace`);
    }
    lexer.next();
  } else if (token.kind === '}') {
    throw new MatcherError(`0:${token.endColumn}: }: expected opening brace`);
  }
  const last = peekOneOf(lexer, undefined, 'expected end of input');
  if (last.kind === 'end') return;
  const place = `${last.startColumn}:${last.endColumn}`;
  throw new MatcherError(`${place}: ${last.text}: expected end of input`);
}

/** The next token, which is one of these kinds or the end. */
function peekOneOf(lexer: Lexer, kinds: readonly TokenKind[] | undefined, expected: string): Token {
  const token = withContext(expected, () => lexer.peek());
  if (kinds === undefined || token.kind === 'end' || kinds.includes(token.kind)) return token;
  throw new MatcherError(`${unexpected(token)}: ${expected}`);
}

function take(lexer: Lexer, kinds: readonly TokenKind[], expected: string): Token {
  const token = withContext(expected, () => lexer.next());
  if (kinds.includes(token.kind)) return token;
  const what = token.kind === 'end' ? END_OF_INPUT : unexpected(token);
  throw new MatcherError(`${what}: ${expected}`);
}

function withContext(expected: string, read: () => Token): Token {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error;
    throw new MatcherError(`${error.message}: ${expected}`, { cause: error });
  }
}

function unexpected(token: Token): string {
  return `${token.startColumn}:${token.endColumn}: unexpected ${token.text}`;
}

function textOf(token: Token): string {
  const text = token.kind === 'quoted' ? unquoteGo(token.text) : token.text;
  if (text !== undefined) return text;
  const place = `${token.startColumn}:${token.endColumn}`;
  throw new MatcherError(`${place}: ${token.text}: invalid input`);
}
