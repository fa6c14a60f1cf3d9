/** Cuts a template's source into tokens, one by one as the parser asks. */
import { quoteGo } from '../../labels.ts';
import { describeRune, isAlphaNumeric, isPrintableAscii, isSpace } from './runes.ts';
import { KEYWORDS, type Token, type TokenType } from './token.ts';

const LEFT = '{{';
const RIGHT = '}}';
const COMMENT_START = '/*';
const COMMENT_END = '*/';
/** A trim marker is a minus and the space that must stand beside it. */
const TRIM_LENGTH = 2;
const SPACES_AT_START = /^[ \t\r\n]*/;
const SPACES_AT_END = /[ \t\r\n]*$/;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;

/** Words that are keywords only where no function has their name. */
export interface LexerOptions {
  readonly isBreakKeyword: boolean;
  readonly isContinueKeyword: boolean;
}

export class Lexer {
  #input: string;
  readonly #options: LexerOptions;
  #at = 0;
  #start = 0;
  #line = 1;
  #startLine = 1;
  #parenDepth = 0;
  #isInsideAction = false;
  /** Text tokens cut at a delimiter, where a step makes none. */
  #pending: Token | undefined;

  constructor(input: string, options: LexerOptions) {
    this.#input = input;
    this.#options = options;
  }

  next(): Token {
    this.#pending = undefined;
    while (this.#pending === undefined) {
      if (this.#isInsideAction) this.#insideAction();
      else this.#text();
    }
    return this.#pending;
  }

  #text(): void {
    const delimAt = this.#input.indexOf(LEFT, this.#at);
    if (delimAt < 0) {
      this.#at = this.#input.length;
      if (this.#at === this.#start) this.#emit('eof');
      else this.#emit('text');
      return;
    }
    if (delimAt > this.#at) {
      const text = this.#input.slice(this.#at, delimAt);
      const isTrimmed = hasLeftTrim(this.#input, delimAt + LEFT.length);
      const trimmed = isTrimmed ? text.replace(SPACES_AT_END, '') : text;
      this.#at += trimmed.length;
      const hasText = trimmed.length > 0;
      if (hasText) this.#emit('text');
      this.#at = delimAt;
      this.#ignore();
      if (hasText) return;
    }
    this.#leftDelim();
  }

  #leftDelim(): void {
    this.#at += LEFT.length;
    const afterMarker = hasLeftTrim(this.#input, this.#at) ? TRIM_LENGTH : 0;
    if (this.#input.startsWith(COMMENT_START, this.#at + afterMarker)) {
      this.#at += afterMarker;
      this.#ignore();
      this.#comment();
      return;
    }
    this.#emit('leftDelim');
    this.#isInsideAction = true;
    this.#at += afterMarker;
    this.#ignore();
    this.#parenDepth = 0;
  }

  #comment(): void {
    const end = this.#input.indexOf(COMMENT_END, this.#at + COMMENT_START.length);
    if (end < 0) {
      this.#error('unclosed comment');
      return;
    }
    this.#at = end + COMMENT_END.length;
    const delim = this.#rightDelimAt(this.#at);
    if (delim === undefined) {
      this.#error('comment ends before closing delimiter');
      return;
    }
    this.#at += delim.length;
    if (delim.isTrimmed) this.#skipSpaces();
    this.#ignore();
  }

  #insideAction(): void {
    const delim = this.#rightDelimAt(this.#at);
    if (delim !== undefined) {
      if (this.#parenDepth === 0) this.#rightDelim();
      else this.#error('unclosed left paren');
      return;
    }
    const rune = this.#peek();
    if (rune === undefined) {
      this.#error('unclosed action');
      return;
    }
    if (isSpace(rune)) {
      this.#space();
      return;
    }
    const following = this.#input[this.#at + 1] ?? '';
    if (rune === '.' && following !== '' && !/[0-9]/.test(following)) {
      this.#at++;
      this.#fieldOrVariable('field');
      return;
    }
    if (/[.+\-0-9]/.test(rune)) {
      this.#number();
      return;
    }
    if (isAlphaNumeric(rune)) {
      this.#identifier();
      return;
    }
    this.#take(rune);
    this.#mark(rune);
  }

  /** What begins with a mark, already taken. */
  #mark(rune: string): void {
    switch (rune) {
      case '=':
        return this.#emit('assign');
      case ':':
        if (this.#peek() !== '=') return this.#error('expected :=');
        this.#at++;
        return this.#emit('declare');
      case '|':
        return this.#emit('pipe');
      case '"':
        return this.#quoted('"', 'string', 'unterminated quoted string');
      case "'":
        return this.#quoted("'", 'charConstant', 'unterminated character constant');
      case '`':
        return this.#rawString();
      case '$':
        return this.#fieldOrVariable('variable');
      case '(':
        this.#parenDepth++;
        return this.#emit('leftParen');
      case ')':
        this.#parenDepth--;
        if (this.#parenDepth < 0) return this.#error('unexpected right paren');
        return this.#emit('rightParen');
      default:
        if (isPrintableAscii(rune)) return this.#emit('char');
        return this.#error(`unrecognized character in action: ${describeRune(rune)}`);
    }
  }

  #rightDelim(): void {
    const delim = this.#rightDelimAt(this.#at);
    if (delim === undefined) return;
    if (delim.isTrimmed) {
      this.#at += TRIM_LENGTH;
      this.#ignore();
    }
    this.#at += RIGHT.length;
    this.#emit('rightDelim');
    if (delim.isTrimmed) {
      this.#skipSpaces();
      this.#ignore();
    }
    this.#isInsideAction = false;
  }

  #space(): void {
    const run = SPACES_AT_START.exec(this.#input.slice(this.#at))?.[0] ?? '';
    const lastAt = this.#at + run.length - 1;
    // The last space may be the beginning of ` -}}`, which is the right delimiter's.
    if (this.#rightDelimAt(lastAt)?.isTrimmed === true) {
      if (run.length === 1) return this.#rightDelim();
      this.#advance(lastAt);
    } else this.#advance(lastAt + 1);
    this.#emit('space');
  }

  #identifier(): void {
    this.#takeAlphaNumerics();
    const word = this.#input.slice(this.#start, this.#at);
    if (!this.#isAtTerminator()) {
      this.#badCharacter();
      return;
    }
    const keyword = KEYWORDS.get(word);
    const isWord =
      (keyword === 'break' && !this.#options.isBreakKeyword) ||
      (keyword === 'continue' && !this.#options.isContinueKeyword);
    if (keyword !== undefined) this.#emit(isWord ? 'identifier' : keyword);
    else this.#emit(word === 'true' || word === 'false' ? 'bool' : 'identifier');
  }

  /** The `.` or `$` has been taken. */
  #fieldOrVariable(type: 'field' | 'variable'): void {
    if (this.#isAtTerminator()) {
      this.#emit(type === 'variable' ? 'variable' : 'dot');
      return;
    }
    this.#takeAlphaNumerics();
    if (this.#isAtTerminator()) this.#emit(type);
    else this.#badCharacter();
  }

  #number(): void {
    if (!this.#scanNumber()) return this.#badNumber();
    const sign = this.#peek();
    if (sign !== '+' && sign !== '-') return this.#emit('number');
    if (!this.#scanNumber() || this.#input[this.#at - 1] !== 'i') return this.#badNumber();
    return this.#emit('complex');
  }

  #badNumber(): void {
    this.#error(`bad number syntax: ${quoteGo(this.#input.slice(this.#start, this.#at))}`);
  }

  #scanNumber(): boolean {
    NUMBER.lastIndex = this.#at;
    this.#at += NUMBER.exec(this.#input)?.[0].length ?? 0;
    const rune = this.#peek();
    if (rune === undefined || !isAlphaNumeric(rune)) return true;
    this.#take(rune);
    return false;
  }

  #quoted(quote: string, type: TokenType, unterminated: string): void {
    for (;;) {
      const rune = this.#input[this.#at];
      if (rune === undefined || rune === '\n') return this.#error(unterminated);
      this.#at++;
      if (rune === quote) return this.#emit(type);
      if (rune !== '\\') continue;
      const escaped = this.#input[this.#at];
      if (escaped === undefined || escaped === '\n') return this.#error(unterminated);
      this.#at++;
    }
  }

  #rawString(): void {
    const end = this.#input.indexOf('`', this.#at);
    if (end < 0) return this.#error('unterminated raw quoted string');
    this.#advance(end + 1);
    return this.#emit('rawString');
  }

  #isAtTerminator(): boolean {
    const rune = this.#peek();
    if (rune === undefined || isSpace(rune) || '.,|:)('.includes(rune)) return true;
    return this.#input.startsWith(RIGHT, this.#at);
  }

  #badCharacter(): void {
    this.#error(`bad character ${describeRune(this.#peek())}`);
  }

  /** The right delimiter that begins at `at`, its trim marker included. */
  #rightDelimAt(at: number): { length: number; isTrimmed: boolean } | undefined {
    const isTrimmed = isSpace(this.#input[at] ?? '') && this.#input[at + 1] === '-';
    if (isTrimmed && this.#input.startsWith(RIGHT, at + TRIM_LENGTH)) {
      return { length: TRIM_LENGTH + RIGHT.length, isTrimmed: true };
    }
    if (this.#input.startsWith(RIGHT, at)) return { length: RIGHT.length, isTrimmed: false };
    return undefined;
  }

  /** The character at the present place, surrogate pairs whole. */
  #peek(): string | undefined {
    const code = this.#input.codePointAt(this.#at);
    return code === undefined ? undefined : String.fromCodePoint(code);
  }

  #take(rune: string): void {
    this.#at += rune.length;
  }

  #takeAlphaNumerics(): void {
    for (let rune = this.#peek(); rune !== undefined && isAlphaNumeric(rune); rune = this.#peek()) {
      this.#take(rune);
    }
  }

  #skipSpaces(): void {
    this.#at += SPACES_AT_START.exec(this.#input.slice(this.#at))?.[0].length ?? 0;
  }

  #advance(to: number): void {
    this.#at = to;
  }

  #emit(type: TokenType): void {
    const text = this.#input.slice(this.#start, this.#at);
    this.#pending = {
      type,
      at: this.#start,
      text: type === 'eof' ? 'EOF' : text,
      line: this.#startLine,
    };
    this.#ignore();
  }

  /** Passes over what lies between start and the present place. */
  #ignore(): void {
    for (let at = this.#start; at < this.#at; at++) {
      if (this.#input.charCodeAt(at) === 0x0a) this.#line++;
    }
    this.#start = this.#at;
    this.#startLine = this.#line;
  }

  #error(message: string): void {
    this.#pending = { type: 'error', at: this.#start, text: message, line: this.#startLine };
    this.#input = '';
    this.#at = 0;
    this.#start = 0;
  }
}

function hasLeftTrim(input: string, at: number): boolean {
  return input[at] === '-' && isSpace(input[at + 1] ?? '');
}
