/** Tokens of the text formats, and the lexers' common part. */
import {
  BACKSLASH,
  BYTE_CLASS,
  CLOSE_BRACE,
  COMMA,
  EQUAL,
  endOfRun,
  LABEL_PART,
  LABEL_START,
  LF,
  QUOTE,
} from './byte-classes.ts';

/** Names as Prometheus prints them in errors. */
export type Token =
  | 'INVALID'
  | 'EOF'
  | 'LINEBREAK'
  | 'HELP'
  | 'TYPE'
  | 'UNIT'
  | 'EOFWORD'
  | 'TEXT'
  | 'COMMENT'
  | 'MNAME'
  | 'QSTRING'
  | 'BOPEN'
  | 'BCLOSE'
  | 'LNAME'
  | 'LVALUE'
  | 'COMMA'
  | 'EQUAL'
  | 'TIMESTAMP'
  | 'VALUE';

export type LexerState =
  | 'init'
  | 'metaName'
  | 'metaText'
  | 'labels'
  | 'labelValue'
  | 'value'
  | 'timestamp'
  | 'exemplarLabels'
  | 'exemplarValue'
  | 'exemplarTimestamp';

/**
 * Cuts a body into tokens. A token is `bytes[start, at)`; after INVALID `at` is the byte that
 * could not go on the token, so that errors quote what Prometheus quotes.
 */
export abstract class Lexer {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  at = 0;
  state: LexerState = 'init';

  /** @param bytes kept until the next reset */
  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.seek(0);
  }

  /** Goes on at the beginning of an entry. */
  seek(at: number): void {
    this.start = at;
    this.at = at;
    this.state = 'init';
  }

  abstract next(): Token;

  protected take(end: number, token: Token, state: LexerState = this.state): Token {
    this.at = end;
    this.state = state;
    return token;
  }

  /** A name or quoted name, comma, equal sign or closing brace of a label set. */
  protected labelPart(allowLineFeed: boolean, value: LexerState, end: LexerState): Token {
    const byte = this.bytes[this.at];
    switch (byte) {
      case undefined:
        return 'INVALID';
      case QUOTE:
        return this.quoted('QSTRING', this.state, allowLineFeed, false);
      case COMMA:
        return this.take(this.at + 1, 'COMMA');
      case EQUAL:
        return this.take(this.at + 1, 'EQUAL', value);
      case CLOSE_BRACE:
        return this.take(this.at + 1, 'BCLOSE', end);
      default:
        if (((BYTE_CLASS[byte] as number) & LABEL_START) === 0) return 'INVALID';
        return this.take(endOfRun(this.bytes, this.at, LABEL_PART), 'LNAME');
    }
  }

  /** `"(\\.|[^\\"])*"`; a zero byte is allowed only where the caller says so. */
  protected quoted(
    token: Token,
    state: LexerState,
    allowLineFeed: boolean,
    allowZero: boolean,
  ): Token {
    const bytes = this.bytes;
    if (bytes[this.at] !== QUOTE) return 'INVALID';
    let at = this.at + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === QUOTE) return this.take(at + 1, token, state);
      if (byte === BACKSLASH) {
        at++;
        // A backslash quotes any byte but a line feed.
        if (bytes[at] === LF || bytes[at] === undefined) break;
      } else if (
        byte === undefined ||
        (byte === 0 && !allowZero) ||
        (byte === LF && !allowLineFeed)
      ) {
        break;
      }
      at++;
    }
    this.at = Math.min(at, bytes.length);
    return 'INVALID';
  }
}
