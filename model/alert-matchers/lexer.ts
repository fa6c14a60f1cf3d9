/** Splits matchers of the UTF-8 grammar into tokens. */
import { RESERVED } from './alert-matcher.ts';

export type TokenKind = 'end' | '{' | '}' | ',' | '=' | '!=' | '=~' | '!~' | 'quoted' | 'unquoted';

export interface Token {
  readonly kind: TokenKind;
  /** As it stands in the input. */
  readonly text: string;
  /** Characters before the token, and up to its end. */
  readonly startColumn: number;
  readonly endColumn: number;
}

/** An input that is no list of matchers; the text is Alertmanager's. */
export class MatcherError extends Error {
  override readonly name = 'MatcherError';
}

const OPERATOR_REST: ReadonlyMap<string, string> = new Map([
  ['!', '=~'],
  ['=', '~'],
]);

export class Lexer {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(input: string) {
    this.#chars = Array.from(input);
  }

  /** Characters read so far. */
  get column(): number {
    return this.#at;
  }

  /** The next token, not taken. */
  peek(): Token {
    const at = this.#at;
    try {
      return this.next();
    } finally {
      this.#at = at;
    }
  }

  /** @throws MatcherError */
  next(): Token {
    while (isSpace(this.#chars[this.#at])) this.#at++;
    const start = this.#at;
    const char = this.#chars[start];
    switch (char) {
      case undefined:
        return this.#token('end', start, start);
      case '{':
      case '}':
      case ',':
        return this.#token(char, start, start + 1);
      case '=':
      case '!':
        return this.#operator(char, start);
      case '"':
        return this.#quoted(start);
      default:
        if (RESERVED.test(char)) {
          throw new MatcherError(`${start}:${start + 1}: ${char}: invalid input`);
        }
        return this.#unquoted(start);
    }
  }

  #operator(first: '=' | '!', start: number): Token {
    const second = this.#chars[start + 1] ?? '';
    if (second !== '' && OPERATOR_REST.get(first)?.includes(second) === true) {
      return this.#token(`${first}${second}` as TokenKind, start, start + 2);
    }
    if (first === '=') return this.#token('=', start, start + 1);
    const place = `${start}:${start + 1}`;
    if (second === '') {
      throw new MatcherError(`${place}: unexpected end of input, expected one of '=~'`);
    }
    throw new MatcherError(`${place}: !: expected one of '=~'`);
  }

  #quoted(start: number): Token {
    let at = start + 1;
    for (; at < this.#chars.length && this.#chars[at] !== '"'; at++) {
      if (this.#chars[at] === '\\') at++;
    }
    const end = Math.min(at, this.#chars.length);
    if (this.#chars[end] !== '"') {
      const text = this.#chars.slice(start, end).join('');
      throw new MatcherError(`${start}:${end}: ${text}: missing end "`);
    }
    return this.#token('quoted', start, end + 1);
  }

  #unquoted(start: number): Token {
    let end = start;
    while (end < this.#chars.length && !RESERVED.test(this.#chars[end] ?? '')) end++;
    return this.#token('unquoted', start, end);
  }

  #token(kind: TokenKind, start: number, end: number): Token {
    this.#at = end;
    const text = this.#chars.slice(start, end).join('');
    return { kind, text, startColumn: start, endColumn: end };
  }
}

const SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u;

function isSpace(char: string | undefined): boolean {
  return char !== undefined && SPACE.test(char);
}
