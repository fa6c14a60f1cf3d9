/** Tokens with look-ahead, and the errors of the parser, whose line is that of the last token. */
import { TemplateError } from '../template-error.ts';
import { Lexer } from './lexer.ts';
import type { Source } from './nodes.ts';
import { describeToken, type Token, type TokenType } from './token.ts';

export class TokenReader {
  readonly source: Source;
  /** Line of the action being parsed; 0 outside of one. */
  actionLine = 0;
  readonly #lexer: Lexer;
  /** Slot 0 is the token read last; the slots above it were put back. */
  readonly #tokens: [Token, Token, Token];
  #peekCount = 0;

  constructor(name: string, text: string, hasFunction: (name: string) => boolean) {
    this.source = { parseName: name, text };
    this.#lexer = new Lexer(text, {
      isBreakKeyword: !hasFunction('break'),
      isContinueKeyword: !hasFunction('continue'),
    });
    const none: Token = { type: 'eof', at: 0, text: '', line: 1 };
    this.#tokens = [none, none, none];
  }

  next(): Token {
    if (this.#peekCount > 0) this.#peekCount--;
    else this.#tokens[0] = this.#lexer.next();
    return this.#tokens[this.#peekCount as 0 | 1 | 2];
  }

  peek(): Token {
    if (this.#peekCount > 0) return this.#tokens[(this.#peekCount - 1) as 0 | 1 | 2];
    this.#peekCount = 1;
    this.#tokens[0] = this.#lexer.next();
    return this.#tokens[0];
  }

  nextNonSpace(): Token {
    let token = this.next();
    while (token.type === 'space') token = this.next();
    return token;
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.backup();
    return token;
  }

  /** Puts the last token back. */
  backup(): void {
    this.#peekCount++;
  }

  /** Puts the last token back, and `first` before it. */
  backup2(first: Token): void {
    this.#tokens[1] = first;
    this.#peekCount = 2;
  }

  /** Puts the last token back, and `first` and `second` before it. */
  backup3(first: Token, second: Token): void {
    this.#tokens[1] = second;
    this.#tokens[2] = first;
    this.#peekCount = 3;
  }

  expect(type: TokenType, context: string): Token {
    const token = this.nextNonSpace();
    return token.type === type ? token : this.unexpected(token, context);
  }

  /** @throws TemplateError always */
  fail(message: string): never {
    throw new TemplateError(
      `template: ${this.source.parseName}:${this.#tokens[0].line}: ${message}`,
    );
  }

  /** @throws TemplateError always */
  unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.fail(`unexpected ${describeToken(token)} in ${context}`);
    if (this.actionLine === 0 || this.actionLine === token.line) this.fail(token.text);
    const started = `started at ${this.source.parseName}:${this.actionLine}`;
    const link = token.text.endsWith(' action') ? '' : ' in action';
    return this.fail(`${token.text}${link} ${started}`);
  }
}
