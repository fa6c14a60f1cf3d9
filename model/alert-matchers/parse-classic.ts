/** Matchers in the grammar of Alertmanager 0.26 and before. */
import { type MatchType, RegexError } from '../matcher.ts';
import { AlertMatcher } from './alert-matcher.ts';
import { MatcherError } from './lexer.ts';

/** Go's `\s` is narrower than ours. */
const MATCHER =
  /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*([^]*?)[\t\n\f\r ]*$/;

/**
 * @returns in the order of the input; none for an empty one
 * @throws MatcherError
 */
export function parseClassicMatchers(input: string): readonly AlertMatcher[] {
  return splitAtCommas(input.replace(/^\{/, '').replace(/\}$/, '')).map(parseClassicMatcher);
}

/** Commas within quotes do not separate; a last part of blanks is none. */
function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let inQuotes = false;
  let isEscaped = false;
  for (const char of text) {
    if (char === ',' && !inQuotes) {
      parts.push(part);
      part = '';
      continue;
    }
    if (char === '"') {
      if (!isEscaped) inQuotes = !inQuotes;
      isEscaped = false;
    } else if (char === '\\') {
      isEscaped = !isEscaped;
    } else if (char !== ',') {
      isEscaped = false;
    }
    part += char;
  }
  const last = part.trim();
  return last === '' ? parts : [...parts, last];
}

/** @throws MatcherError */
export function parseClassicMatcher(text: string): AlertMatcher {
  const match = MATCHER.exec(text);
  if (match === null) throw new MatcherError(`bad matcher format: ${text}`);
  const [, name = '', type = '', raw = ''] = match;
  try {
    return new AlertMatcher(type as MatchType, name, unescapeValue(raw));
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new MatcherError(error.message, { cause: error });
  }
}

/** `\n`, `\"` and `\\` are escapes, any other backslash is itself. */
function unescapeValue(raw: string): string {
  if (!raw.isWellFormed()) throw new MatcherError(`matcher value not valid UTF-8: ${raw}`);
  const isQuoted = raw.startsWith('"');
  const body = isQuoted ? raw.slice(1) : raw;
  let value = '';
  let isClosed = !isQuoted;
  for (let at = 0; at < body.length; at++) {
    const char = body.charAt(at);
    if (char === '\\' && at < body.length - 1) {
      const next = body.charAt(++at);
      if (next === 'n') value += '\n';
      else value += next === '"' || next === '\\' ? next : `\\${next}`;
    } else if (char === '"') {
      if (isClosed || at < body.length - 1) throw unescapedQuote(raw);
      isClosed = true;
    } else {
      value += char;
    }
  }
  if (!isClosed) throw unescapedQuote(raw);
  return value;
}

function unescapedQuote(raw: string): MatcherError {
  return new MatcherError(`matcher value contains unescaped double quote: ${raw}`);
}
