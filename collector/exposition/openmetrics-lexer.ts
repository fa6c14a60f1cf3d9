/** Tokens of OpenMetrics 1.0: single spaces where the standard puts them, and none elsewhere. */
import {
  BYTE_CLASS,
  endOfRun,
  HASH,
  LF,
  METRIC_PART,
  METRIC_START,
  OPEN_BRACE,
  QUOTE,
  SPACE,
} from './byte-classes.ts';
import { Lexer, type LexerState, type Token } from './tokens.ts';

export class OpenMetricsLexer extends Lexer {
  next(): Token {
    const byte = this.bytes[this.at];
    if (byte === undefined) return 'EOF';
    this.start = this.at;
    switch (this.state) {
      case 'init':
        return this.#init(byte);
      case 'metaName':
        if (byte === QUOTE) return this.quoted('MNAME', 'metaText', true, false);
        return this.#metricName(byte, 'metaText');
      case 'metaText':
        return this.#metaText(byte);
      case 'labels':
        return this.labelPart(true, 'labelValue', 'value');
      case 'labelValue':
        return this.quoted('LVALUE', 'labels', false, true);
      case 'value':
        if (byte === OPEN_BRACE) return this.take(this.at + 1, 'BOPEN', 'labels');
        return this.#word('VALUE', 'timestamp');
      case 'timestamp':
        if (byte === LF) return this.take(this.at + 1, 'LINEBREAK', 'init');
        return this.#exemplarStart() ?? this.#word('TIMESTAMP', 'timestamp');
      case 'exemplarLabels':
        return this.labelPart(false, 'exemplarValue', 'exemplarValue');
      case 'exemplarValue':
        if (byte === QUOTE) return this.quoted('LVALUE', 'exemplarLabels', false, false);
        return this.#word('VALUE', 'exemplarTimestamp');
      case 'exemplarTimestamp':
        if (byte === LF) return this.take(this.at + 1, 'LINEBREAK', 'init');
        return this.#word('TIMESTAMP', 'exemplarTimestamp');
    }
  }

  #init(byte: number): Token {
    if (byte === HASH) return this.#comment();
    if (byte === OPEN_BRACE) return this.take(this.at + 1, 'BOPEN', 'labels');
    return this.#metricName(byte, 'value');
  }

  #metricName(byte: number, state: 'value' | 'metaText'): Token {
    if (((BYTE_CLASS[byte] as number) & METRIC_START) === 0) return 'INVALID';
    return this.take(endOfRun(this.bytes, this.at, METRIC_PART), 'MNAME', state);
  }

  #comment(): Token {
    let reach = this.at;
    for (const [word, token] of KEYWORDS) {
      const end = this.#match(word);
      if (end - this.at === word.length) {
        if (token !== 'EOFWORD') return this.take(end, token, 'metaName');
        return this.take(this.bytes[end] === LF ? end + 1 : end, token);
      }
      reach = Math.max(reach, end);
    }
    this.at = reach;
    return 'INVALID';
  }

  /** How far the bytes go along with a word. */
  #match(word: Uint8Array): number {
    let length = 0;
    while (length < word.length && this.bytes[this.at + length] === word[length]) length++;
    return this.at + length;
  }

  #metaText(byte: number): Token {
    if (byte !== SPACE) return 'INVALID';
    const end = this.bytes.indexOf(LF, this.at);
    if (end < 0) {
      this.at = this.bytes.length;
      return 'INVALID';
    }
    return this.take(end + 1, 'TEXT', 'init');
  }

  #exemplarStart(): Token | undefined {
    const { bytes, at } = this;
    if (bytes[at] !== SPACE || bytes[at + 1] !== HASH || bytes[at + 2] !== SPACE) return undefined;
    if (bytes[at + 3] === OPEN_BRACE) return this.take(at + 4, 'COMMENT', 'exemplarLabels');
    this.at = at + 3;
    return 'INVALID';
  }

  /** One space and what follows up to the next space or line feed. */
  #word(token: Token, state: LexerState): Token {
    const bytes = this.bytes;
    if (bytes[this.at] !== SPACE) return 'INVALID';
    let end = this.at + 1;
    while (end < bytes.length && isWordByte(bytes[end] as number)) end++;
    if (end > this.at + 1) return this.take(end, token, state);
    this.at = end;
    return 'INVALID';
  }
}

function isWordByte(byte: number): boolean {
  return byte !== SPACE && byte !== LF && byte !== 0;
}

const KEYWORDS: readonly (readonly [Uint8Array, Token])[] = [
  [Buffer.from('# HELP '), 'HELP'],
  [Buffer.from('# TYPE '), 'TYPE'],
  [Buffer.from('# UNIT '), 'UNIT'],
  [Buffer.from('# EOF'), 'EOFWORD'],
];
