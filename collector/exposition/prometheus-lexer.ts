/** Tokens of the Prometheus text format 0.0.4 and 1.0.0. */
import {
  BYTE_CLASS,
  DIGIT,
  endOfRun,
  HASH,
  LF,
  METRIC_PART,
  METRIC_START,
  OPEN_BRACE,
  QUOTE,
  SPACE,
  TAB,
} from './byte-classes.ts';
import { Lexer, type Token } from './tokens.ts';

/**
 * Blanks may stand between any two tokens. The end of the body counts as a line feed, so that a
 * last line without one is whole.
 */
export class PrometheusLexer extends Lexer {
  next(): Token {
    const bytes = this.bytes;
    const { length } = bytes;
    if (this.state !== 'metaText') {
      while (this.at < length && isBlank(bytes[this.at])) this.at++;
    }
    this.start = this.at;
    if (this.at > length) return 'EOF';
    const byte = this.at === length ? LF : bytes[this.at];
    switch (this.state) {
      case 'init':
        return this.#init(byte);
      case 'metaName':
        if (byte === QUOTE) return this.quoted('MNAME', 'metaText', true, false);
        return this.#metricName(byte, 'metaText');
      case 'metaText':
        return this.take(this.#lineEnd(), 'TEXT', 'init');
      case 'labels':
        return this.labelPart(true, 'labelValue', 'value');
      case 'labelValue':
        return this.quoted('LVALUE', 'labels', true, true);
      case 'value':
        return this.#value(byte);
      default:
        return this.#timestamp(byte);
    }
  }

  #init(byte: number | undefined): Token {
    if (byte === LF) return this.take(this.at + 1, 'LINEBREAK');
    if (byte === HASH) return this.#comment();
    if (byte === OPEN_BRACE) return this.take(this.at + 1, 'BOPEN', 'labels');
    // A zero byte where a line begins ends the body, as it does for Prometheus.
    if (byte === 0) return this.take(this.bytes.length + 1, 'EOF');
    return this.#metricName(byte, 'value');
  }

  #metricName(byte: number | undefined, state: 'value' | 'metaText'): Token {
    if (byte === undefined || ((BYTE_CLASS[byte] as number) & METRIC_START) === 0) return 'INVALID';
    return this.take(endOfRun(this.bytes, this.at, METRIC_PART), 'MNAME', state);
  }

  #comment(): Token {
    const bytes = this.bytes;
    let at = this.at + 1;
    if (isBlank(bytes[at])) {
      while (isBlank(bytes[at])) at++;
      if (isBlank(bytes[at + 4])) {
        const keyword = keywordAt(bytes, at);
        if (keyword !== undefined) {
          at += 4;
          while (isBlank(bytes[at])) at++;
          return this.take(at, keyword, 'metaName');
        }
      }
    }
    return this.take(this.#lineEnd(), 'COMMENT', 'init');
  }

  #value(byte: number | undefined): Token {
    if (byte === OPEN_BRACE) return this.take(this.at + 1, 'BOPEN', 'labels');
    const bytes = this.bytes;
    let end = this.at;
    while (end < bytes.length && isValueByte(bytes[end] as number)) end++;
    return end === this.at ? 'INVALID' : this.take(end, 'VALUE', 'timestamp');
  }

  #timestamp(byte: number | undefined): Token {
    if (byte === LF) return this.take(this.at + 1, 'LINEBREAK', 'init');
    if (byte === undefined || ((BYTE_CLASS[byte] as number) & DIGIT) === 0) return 'INVALID';
    return this.take(endOfRun(this.bytes, this.at, DIGIT), 'TIMESTAMP');
  }

  #lineEnd(): number {
    const end = this.bytes.indexOf(LF, this.at);
    return end < 0 ? this.bytes.length : end;
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function isValueByte(byte: number): boolean {
  return byte !== OPEN_BRACE && byte !== SPACE && byte !== TAB && byte !== LF && byte !== 0;
}

function keywordAt(bytes: Uint8Array, at: number): 'HELP' | 'TYPE' | undefined {
  const word = String.fromCharCode(...bytes.subarray(at, at + 4));
  return word === 'HELP' || word === 'TYPE' ? word : undefined;
}
