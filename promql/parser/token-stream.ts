/** The parser's view of the tokens: one to look at, and what to say when it does not fit. */
import type { PositionRange } from '../ast.ts';
import { isSpaceCode, type TokenSource } from './lexer.ts';
import { ParseError, type ParseProblem } from './parse-error.ts';
import { describeToken, type Token, type TokenType } from './token.ts';

/**
 * How deep expressions may stand in one another: parentheses, arguments, signs, powers. Chains
 * such as `a + b + c` do not count. A person writes ten; the limit
 * keeps the call stack whole, also that of whoever walks the tree.
 */
export const NESTING_MAX = 400;

/** What a mistake found here is said to be in, as in `unexpected "]" in offset, expected …`. */
export interface SyntaxPlace {
  readonly name: string;
  readonly expected: string;
  /** Of an aggregation: where it starts. */
  readonly aggregateStart?: number;
}

/** Ends the parse after a mistake of the syntax; the mistake is on the list by then. */
class SyntaxStop extends Error {
  override readonly name = 'SyntaxStop';
}

export class TokenStream {
  readonly #source: TokenSource;
  readonly #problems: ParseProblem[] = [];
  #ahead: Token | undefined;
  /** The token last read from the source, which may be the one ahead. */
  #last: Token | undefined;
  #nesting = 0;
  /** The innermost construct that names itself in messages. */
  place: SyntaxPlace | undefined;
  /** End of the last token read that can end an expression. */
  lastClosing = 0;
  /** Where the token last taken stands. */
  lastTaken: PositionRange = { start: 0, end: 0 };

  constructor(source: TokenSource) {
    this.#source = source;
  }

  get hasProblems(): boolean {
    return this.#problems.length > 0;
  }

  /** The token to come. Reads it from the source when that is still to be done. */
  peek(): Token {
    this.#ahead ??= this.#read();
    return this.#ahead;
  }

  next(): Token {
    const token = this.peek();
    this.#ahead = undefined;
    this.lastTaken = token;
    return token;
  }

  accept(type: TokenType): Token | undefined {
    return this.peek().type === type ? this.next() : undefined;
  }

  expect(type: TokenType): Token {
    return this.accept(type) ?? this.fail();
  }

  #read(): Token {
    const token = this.#source.next();
    this.#last = token;
    switch (token.type) {
      case 'error':
        this.add({ start: token.start, end: token.end }, token.text);
        break;
      case '}':
      case ')':
      case ']':
      case 'duration':
      case 'number':
        this.lastClosing = token.end;
        break;
      default:
    }
    return token;
  }

  add(range: PositionRange, problem: string): void {
    this.#problems.push({ range: { start: range.start, end: range.end }, problem });
  }

  /** The token last read is a mistake; what was expected instead is told by `place`. */
  fail(place: SyntaxPlace | undefined = this.place): never {
    const token = this.peek();
    if (token.type !== 'error') {
      const where = place === undefined ? '' : ` in ${place.name}`;
      const wanted =
        place === undefined || place.expected === '' ? '' : `, expected ${place.expected}`;
      this.add(token, `unexpected ${describeToken(token)}${where}${wanted}`);
    }
    if (place?.aggregateStart !== undefined) {
      const range = { start: place.aggregateStart, end: this.lastClosing };
      this.add(range, 'no arguments for aggregate expression provided');
    }
    throw new SyntaxStop();
  }

  enter(): void {
    if (++this.#nesting > NESTING_MAX) this.stopTooDeep();
  }

  leave(): void {
    this.#nesting--;
  }

  stopTooDeep(): never {
    this.stop(this.peek(), `expression is nested more than ${NESTING_MAX} levels deep`);
  }

  stop(range: PositionRange, problem: string): never {
    this.add(range, problem);
    throw new SyntaxStop();
  }

  /**
   * Runs a parse to its end.
   * @throws ParseError when there is any problem
   */
  run<T>(parse: (stream: this) => T): T {
    let result: T | undefined;
    try {
      result = parse(this);
    } catch (cause) {
      if (!(cause instanceof SyntaxStop)) throw cause;
    }
    if (this.hasProblems) throw new ParseError(this.#source.text, this.#problems);
    return result as T;
  }

  /** Where the blank-free text between two nodes starts, and its last byte. */
  gapBetween(before: PositionRange, after: PositionRange): PositionRange {
    const { text, offsets } = this.#source;
    let start = offsets.indexAt(before.end);
    while (isSpaceCode(text.charCodeAt(start))) start++;
    let end = offsets.indexAt(after.start) - 1;
    while (isSpaceCode(text.charCodeAt(end))) end--;
    return { start: offsets.byteAt(start), end: offsets.byteAt(end) };
  }

  /**
   * The end of an aggregation that was found complete only at the token after it: when that is a
   * closing parenthesis, the one before it counts. Prometheus' `findPrevRightParen`.
   */
  endBeforeLookahead(): number {
    const { text, offsets } = this.#source;
    const last = this.#last;
    if (last === undefined || last.start <= 0 || last.type !== ')') return this.lastClosing;
    for (let index = offsets.indexAt(last.start) - 1; index > 0; index--) {
      if (text.charAt(index) === ')') return offsets.byteAt(index + 1);
      if (!isSpaceCode(text.charCodeAt(index))) break;
    }
    return this.lastClosing;
  }
}
