/**
 * The tokens of a series with its samples: first those of the metric, then those of the samples,
 * where blanks count. Follows the lexer of Prometheus, its error texts included.
 */
import { quoteGo } from '../../model/labels.ts';
import type { ByteOffsets } from '../parser/byte-offsets.ts';
import { quoteRune } from '../parser/go-text.ts';
import { isDigitCode, isLetterCode, scanNumber } from '../parser/lex-number.ts';
import { isSpaceCode, Lexer, type TokenSource } from '../parser/lexer.ts';
import { RESERVED_WORDS, type Token, type TokenType } from '../parser/token.ts';

const HISTOGRAM_KEYS: ReadonlySet<string> = new Set([
  'sum',
  'count',
  'schema',
  'offset',
  'n_offset',
  'buckets',
  'n_buckets',
  'z_bucket',
  'z_bucket_w',
  'custom_values',
  'counter_reset_hint',
]);
const WORD = /[a-zA-Z0-9_:]+/y;
const RESET_HINTS: ReadonlySet<string> = new Set(['unknown', 'reset', 'not_reset', 'gauge']);
const VALUE_SIGNS: ReadonlyMap<string, TokenType> = new Map<string, TokenType>([
  ['+', '+'],
  ['-', '-'],
  ['x', 'times'],
  ['_', 'blank'],
]);

export class SequenceLexer implements TokenSource {
  readonly text: string;
  readonly offsets: ByteOffsets;
  readonly #metric: Lexer;
  #mode: 'metric' | 'values' | 'histogram' | 'buckets' = 'metric';
  #isBraceOpen = false;
  #at = 0;

  constructor(text: string) {
    this.text = text;
    this.#metric = new Lexer(text, true);
    this.offsets = this.#metric.offsets;
  }

  next(): Token {
    switch (this.#mode) {
      case 'metric':
        return this.#metricToken();
      case 'values':
        return this.#value();
      case 'histogram':
        return this.#histogram();
      case 'buckets':
        return this.#bucket();
    }
  }

  #metricToken(): Token {
    const token = this.#metric.next();
    if (token.type === '{') this.#isBraceOpen = true;
    const isWord = token.type !== 'error' && /^[a-zA-Z_:]/.test(token.text);
    const isName = isWord && !this.#isBraceOpen;
    if (token.type === '}' || (isName && this.text.charAt(this.#metric.index) !== '{')) {
      this.#mode = 'values';
      this.#at = this.#metric.index;
    }
    return token;
  }

  #code(): number {
    return this.#at < this.text.length ? this.text.charCodeAt(this.#at) : -1;
  }

  #emit(type: TokenType, end: number): Token {
    const token = {
      type,
      start: this.offsets.byteAt(this.#at),
      end: this.offsets.byteAt(end),
      text: this.text.slice(this.#at, end),
    };
    this.#at = end;
    return token;
  }

  #error(problem: string): Token {
    return {
      type: 'error',
      start: this.offsets.byteAt(this.#at),
      end: this.offsets.byteAt(this.text.length),
      text: problem,
    };
  }

  #unexpected(problem: string): Token {
    return this.#error(`${problem}: ${quoteRune(this.text.codePointAt(this.#at) ?? -1)}`);
  }

  /** One token for a run of blanks, as long as the first of them. */
  #space(): Token {
    const token = this.#emit('space', this.#at + 1);
    while (isSpaceCode(this.#code())) this.#at++;
    return token;
  }

  #number(): Token {
    const { ok, end } = scanNumber(this.text, this.#at, true);
    if (ok) return this.#emit('number', end);
    return this.#error(`bad number syntax: ${quoteGo(this.text.slice(this.#at, end))}`);
  }

  #value(): Token {
    const code = this.#code();
    if (code < 0) return this.#emit('eof', this.#at);
    if (this.text.startsWith('{{', this.#at)) {
      this.#mode = 'histogram';
      return this.#emit('{{', this.#at + 2);
    }
    if (isSpaceCode(code)) return this.#space();
    const sign = VALUE_SIGNS.get(this.text.charAt(this.#at));
    if (sign !== undefined) return this.#emit(sign, this.#at + 1);
    if (isDigitCode(code) || (code === 0x2e && isDigitCode(this.text.charCodeAt(this.#at + 1)))) {
      return this.#number();
    }
    if (!isLetterCode(code)) return this.#unexpected('unexpected character in series sequence');
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.text)?.[0] ?? '';
    const plain = word.includes(':') ? 'metric-identifier' : 'identifier';
    return this.#emit(RESERVED_WORDS.get(word.toLowerCase()) ?? plain, this.#at + word.length);
  }

  #histogram(): Token {
    const code = this.#code();
    if (isSpaceCode(code)) return this.#space();
    if (isLetterCode(code)) return this.#histogramWord();
    if (isDigitCode(code)) return this.#number();
    if (this.text.startsWith('}}', this.#at)) {
      this.#mode = 'values';
      return this.#emit('}}', this.#at + 2);
    }
    switch (this.text.charAt(this.#at)) {
      case ':':
        return this.#emit(':', this.#at + 1);
      case '-':
        return this.#emit('-', this.#at + 1);
      case '[':
        this.#mode = 'buckets';
        return this.#emit('[', this.#at + 1);
      default:
        return this.#unexpected('histogram description incomplete unexpected');
    }
  }

  #histogramWord(): Token {
    let end = this.#at;
    while (end < this.text.length && isLetterCode(this.text.charCodeAt(end))) end++;
    const text = this.text.slice(this.#at, end);
    const word = text.toLowerCase();
    if (HISTOGRAM_KEYS.has(word)) {
      return this.text.charAt(end) === ':'
        ? this.#emit('histogram-key', end)
        : this.#error('missing `:` for histogram descriptor');
    }
    if (word === 'inf' || word === 'nan') return this.#emit('number', end);
    if (RESET_HINTS.has(word)) return this.#emit('histogram-hint', end);
    return this.#error(`bad histogram descriptor found: ${quoteGo(text)}`);
  }

  #bucket(): Token {
    const code = this.#code();
    if (isSpaceCode(code)) return this.#space();
    if (isDigitCode(code)) return this.#number();
    const char = this.text.charAt(this.#at);
    if (char === '-') return this.#emit('-', this.#at + 1);
    if (char === ']') {
      this.#mode = 'histogram';
      return this.#emit(']', this.#at + 1);
    }
    const word = this.text.slice(this.#at, this.#at + 3).toLowerCase();
    if (word === 'inf' || word === 'nan') return this.#emit('number', this.#at + 3);
    return this.#unexpected('invalid character in buckets description');
  }
}
