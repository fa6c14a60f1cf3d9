/**
 * Cuts a query into tokens, in one pass. Follows `promql/parser/lex.go` of Prometheus, its error
 * texts and positions included.
 */
import { quoteGo } from '../../model/labels.ts';
import { ByteOffsets } from './byte-offsets.ts';
import { quoteRune } from './go-text.ts';
import { isDigitCode, isLetterCode, isWordCode, scanDuration, scanNumber } from './lex-number.ts';
import { scanRawString, scanString } from './lex-string.ts';
import { RESERVED_WORDS, type Token, type TokenType } from './token.ts';

/** What a parser reads tokens from. After `eof` or `error` nothing more is to be asked of it. */
export interface TokenSource {
  readonly text: string;
  readonly offsets: ByteOffsets;
  next(): Token;
}

const DURATION_WORDS: ReadonlySet<string> = new Set(['step', 'range', 'max_of', 'min_of']);
const DURATION_WORD_STARTS = 'srmSRM';
const SINGLE: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^', ',', '@']);

export function isSpaceCode(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

export class Lexer implements TokenSource {
  readonly text: string;
  readonly offsets: ByteOffsets;
  readonly #isSeriesDescription: boolean;
  #start = 0;
  #at = 0;
  #parenDepth = 0;
  #isBraceOpen = false;
  #isBracketOpen = false;
  /** After `[` and before the first number: only a duration may stand there. */
  #isDurationStart = false;
  #hasColon = false;
  /** Never set back, as in Prometheus. */
  #hasDuration = false;

  constructor(text: string, isSeriesDescription = false) {
    this.text = text;
    this.offsets = new ByteOffsets(text);
    this.#isSeriesDescription = isSeriesDescription;
  }

  /** Index in `text` after the last token. */
  get index(): number {
    return this.#at;
  }

  next(): Token {
    for (;;) {
      this.#skipSpaces();
      if (this.#isBraceOpen || !this.#isDurationStart) {
        if (this.#code(0) === 0x23) {
          this.#skipComment();
          continue;
        }
      }
      if (this.#isBraceOpen) return this.#insideBraces();
      return this.#isDurationStart ? this.#durationStart() : this.#statement();
    }
  }

  #code(ahead: number): number {
    const index = this.#at + ahead;
    return index < this.text.length ? this.text.charCodeAt(index) : -1;
  }

  #rune(): number {
    return this.text.codePointAt(this.#at) ?? -1;
  }

  #skipSpaces(): void {
    while (isSpaceCode(this.#code(0))) this.#at++;
    this.#start = this.#at;
  }

  #skipComment(): void {
    for (let code = this.#code(0); code >= 0 && code !== 0x0a && code !== 0x0d; ) {
      this.#at++;
      code = this.#code(0);
    }
  }

  #emit(type: TokenType, end: number): Token {
    const token = {
      type,
      start: this.offsets.byteAt(this.#start),
      end: this.offsets.byteAt(end),
      text: this.text.slice(this.#start, end),
    };
    this.#start = end;
    this.#at = end;
    return token;
  }

  /** The position of a mistake goes from the start of the token to the end of the query. */
  #error(problem: string, start = this.#start): Token {
    return {
      type: 'error',
      start: this.offsets.byteAt(start),
      end: this.offsets.byteAt(this.text.length),
      text: problem,
    };
  }

  #statement(): Token {
    const code = this.#code(0);
    if (code < 0) {
      if (this.#parenDepth !== 0) return this.#error('unclosed left parenthesis');
      if (this.#isBracketOpen) return this.#error('unclosed left bracket');
      return this.#emit('eof', this.#at);
    }
    if (isLetterCode(code) || code === 0x3a) return this.#word(code);
    if (isDigitCode(code) || (code === 0x2e && isDigitCode(this.#code(1)))) {
      return this.#numberOrDuration();
    }
    const char = this.text.charAt(this.#at);
    if (SINGLE.has(char)) return this.#emit(char as TokenType, this.#at + 1);
    switch (char) {
      case '"':
      case "'":
      case '`':
        return this.#string(code);
      case '(':
      case ')':
        return this.#paren(char);
      case '{':
        this.#isBraceOpen = true;
        return this.#emit('{', this.#at + 1);
      case '[':
        return this.#openBracket();
      case ']':
        if (!this.#isBracketOpen) return this.#error(`unexpected right bracket ${quoteRune(code)}`);
        this.#isBracketOpen = false;
        return this.#emit(']', this.#at + 1);
      case '=':
      case '!':
      case '<':
      case '>':
        return this.#comparison(char);
      default:
        return this.#error(`unexpected character: ${quoteRune(this.#rune())}`);
    }
  }

  #comparison(char: '=' | '!' | '<' | '>'): Token {
    const next = this.text.charAt(this.#at + 1);
    if (next === '=') return this.#emit(char === '=' ? '==' : `${char}=`, this.#at + 2);
    if (next === '/' && (char === '<' || char === '>')) return this.#emit(`${char}/`, this.#at + 2);
    if (char === '!' || (char === '=' && next === '~')) {
      const rune = quoteRune(this.text.codePointAt(this.#at + 1) ?? -1);
      return this.#error(`unexpected character after '${char}': ${rune}`);
    }
    return this.#emit(char, this.#at + 1);
  }

  #word(code: number): Token {
    if (!this.#isBracketOpen) return this.#keywordOrIdentifier();
    if (code === 0x3a) {
      if (this.#hasColon) return this.#error(`unexpected colon ${quoteRune(code)}`);
      this.#hasColon = true;
      return this.#emit(':', this.#at + 1);
    }
    return (
      this.#durationWord() ?? this.#error(`unexpected character: ${quoteRune(code)}, expected ':'`)
    );
  }

  #keywordOrIdentifier(): Token {
    let end = this.#at;
    let hasColon = false;
    for (; end < this.text.length; end++) {
      const code = this.text.charCodeAt(end);
      if (code === 0x3a) hasColon = true;
      else if (!isWordCode(code)) break;
    }
    const reserved = RESERVED_WORDS.get(this.text.slice(this.#at, end).toLowerCase());
    if (reserved === undefined)
      return this.#emit(hasColon ? 'metric-identifier' : 'identifier', end);
    // The fill modifiers came late: metrics may have these names, and have no parenthesis.
    const isFill = reserved === 'fill' || reserved === 'fill_left' || reserved === 'fill_right';
    if (isFill && !this.#isParenNext(end)) return this.#emit('identifier', end);
    return this.#emit(reserved, end);
  }

  #isParenNext(end: number): boolean {
    let index = end;
    while (index < this.text.length && isSpaceCode(this.text.charCodeAt(index))) index++;
    return this.text.charAt(index) === '(';
  }

  #numberOrDuration(): Token {
    const number = scanNumber(this.text, this.#at, this.#isSeriesDescription);
    if (number.ok) return this.#emit('number', number.end);
    const duration = scanDuration(this.text, number.end);
    if (duration.ok) return this.#emit('duration', duration.end);
    const text = this.text.slice(this.#start, duration.end);
    return this.#error(`bad number or duration syntax: ${quoteGo(text)}`);
  }

  #string(quote: number): Token {
    const scan =
      quote === 0x60
        ? scanRawString(this.text, this.#at + 1)
        : scanString(this.text, this.#at + 1, quote);
    return scan.ok ? this.#emit('string', scan.end) : this.#error(scan.problem);
  }

  #paren(char: '(' | ')'): Token {
    this.#parenDepth += char === '(' ? 1 : -1;
    if (this.#parenDepth < 0) {
      return this.#error("unexpected right parenthesis ')'", this.#at + 1);
    }
    return this.#emit(char, this.#at + 1);
  }

  #openBracket(): Token {
    if (this.#isBracketOpen) return this.#error("unexpected left bracket '['");
    this.#hasColon = false;
    this.#isBracketOpen = true;
    this.#isDurationStart = true;
    return this.#emit('[', this.#at + 1);
  }

  #durationStart(): Token {
    const code = this.#code(0);
    if (code < 0) return this.#error('unexpected end of input in duration expression');
    if (isDigitCode(code) || (code === 0x2e && isDigitCode(this.#code(1)))) {
      this.#hasDuration = true;
      this.#isDurationStart = false;
      return this.#numberOrDuration();
    }
    const char = this.text.charAt(this.#at);
    if (char !== '@' && SINGLE.has(char)) return this.#emit(char as TokenType, this.#at + 1);
    switch (char) {
      case ']':
        this.#isDurationStart = false;
        this.#isBracketOpen = false;
        this.#hasColon = false;
        return this.#emit(']', this.#at + 1);
      case ':':
        return this.#durationColon();
      case '(':
      case ')':
        return this.#paren(char);
      default:
        return (
          this.#durationWord() ??
          this.#error(`unexpected character in duration expression: ${quoteRune(this.#rune())}`)
        );
    }
  }

  #durationColon(): Token {
    const after = this.#at + 1;
    if (!this.#hasDuration) {
      return this.#error('unexpected colon before duration in duration expression', after);
    }
    if (this.#hasColon) {
      return this.#error('unexpected repeated colon in duration expression', after);
    }
    this.#hasColon = true;
    return this.#emit(':', after);
  }

  #durationWord(): Token | undefined {
    if (!DURATION_WORD_STARTS.includes(this.text.charAt(this.#at))) return undefined;
    let end = this.#at;
    while (end < this.text.length && isLetterCode(this.text.charCodeAt(end))) end++;
    const word = this.text.slice(this.#at, end).toLowerCase();
    return DURATION_WORDS.has(word) ? this.#emit(word as TokenType, end) : undefined;
  }

  #insideBraces(): Token {
    const code = this.#code(0);
    if (code < 0) return this.#error('unexpected end of input inside braces');
    if (isLetterCode(code)) {
      let end = this.#at;
      while (end < this.text.length && isWordCode(this.text.charCodeAt(end))) end++;
      return this.#emit('identifier', end);
    }
    const next = this.text.charAt(this.#at + 1);
    const char = this.text.charAt(this.#at);
    switch (char) {
      case ',':
        return this.#emit(',', this.#at + 1);
      case '"':
      case "'":
      case '`':
        return this.#string(code);
      case '=':
        return next === '~' ? this.#emit('=~', this.#at + 2) : this.#emit('=', this.#at + 1);
      case '!': {
        if (next === '~' || next === '=') return this.#emit(`!${next}`, this.#at + 2);
        const rune = quoteRune(this.text.codePointAt(this.#at + 1) ?? -1);
        return this.#error(`unexpected character after '!' inside braces: ${rune}`);
      }
      case '{':
        return this.#error("unexpected left brace '{'");
      case '}':
        this.#isBraceOpen = false;
        return this.#emit('}', this.#at + 1);
      default:
        return this.#error(`unexpected character inside braces: ${quoteRune(this.#rune())}`);
    }
  }
}
