/** One label matcher as text: `job="api"`, `namespace =~ "dev-.*"`, `tier!=free`. */
import { Matcher, type MatchType } from '../model/matcher.ts';

/** A text that is no matcher. */
export class MatcherTextError extends Error {
  override readonly name = 'MatcherTextError';
}

const MATCHER = /^\s*("(?:\\.|[^"\\])*"|[^\s"'=!~{},]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;
const QUOTED = /^"((?:\\.|[^"\\])*)"$/s;
const BARE = /^[^\s"'{},]*$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['"', '"'],
  ['\\', '\\'],
]);

/**
 * @throws MatcherTextError
 * @throws RegexError
 */
export function parseMatcherText(text: string): Matcher {
  const match = MATCHER.exec(text);
  if (match === null) {
    throw new MatcherTextError(`no matcher: ${JSON.stringify(text)}`);
  }
  const value = match[3] ?? '';
  if (!QUOTED.test(value) && !BARE.test(value)) {
    throw new MatcherTextError(
      `the value of a matcher is not well quoted: ${JSON.stringify(text)}`,
    );
  }
  return new Matcher(match[2] as MatchType, unquote(match[1] ?? ''), unquote(value));
}

function unquote(text: string): string {
  const body = QUOTED.exec(text)?.[1];
  if (body === undefined) return text;
  return body.replace(/\\(.)/gs, (all, char: string) => ESCAPES.get(char) ?? all);
}
