/** The Prometheus text format, 0.0.4 and 1.0.0 (UTF-8 names in quotes). */
import type { MetricType } from '../../model/sink.ts';
import { SPACE, TAB } from './byte-classes.ts';
import type { EntryKind } from './exposition-parser.ts';
import { quoteBytes } from './go-quote.ts';
import { unescapeHelp } from './label-text.ts';
import { PrometheusLexer } from './prometheus-lexer.ts';
import { TextParser, type TextParserOptions } from './text-parser.ts';
import type { Token } from './tokens.ts';

const TYPES: ReadonlyMap<string, MetricType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'unknown'],
]);

const INT64_MAX = 2 ** 63;

/** Accepts and refuses what Prometheus' PromParser does. */
export class PrometheusParser extends TextParser {
  protected readonly lexer = new PrometheusLexer();

  constructor(bytes: Uint8Array, options: TextParserOptions = {}) {
    super(options);
    this.reset(bytes);
  }

  next(): EntryKind {
    for (;;) {
      this.entryStart = this.lexer.at;
      const token = this.lexer.next();
      switch (token) {
        case 'EOF':
          return 'end';
        case 'LINEBREAK':
          continue;
        case 'HELP':
        case 'TYPE':
          return this.#metadata(token);
        case 'COMMENT':
          this.text = this.readHelp(this.lexer.start, this.lexer.at);
          this.#lineBreak('linebreak expected after comment');
          return 'comment';
        case 'MNAME':
        case 'BOPEN':
          this.#series(this.readSeries(token, false));
          return 'series';
        default:
          this.failAt('expected a valid start token', token);
      }
    }
  }

  protected override virtualLineFeed(): boolean {
    return true;
  }

  #metadata(keyword: 'HELP' | 'TYPE'): EntryKind {
    this.readFamilyName(keyword);
    const token = this.lexer.next();
    if (token !== 'TEXT') this.fail(`expected text in ${keyword}, got ${token}`);
    let { start } = this.lexer;
    const end = this.lexer.at;
    // One blank parts name and text; a text of nothing but blanks is none.
    if (this.#isBlank(start, end)) start = end;
    else start++;
    if (keyword === 'TYPE') {
      const type = TYPES.get(this.bytes.toString('latin1', start, end));
      if (type === undefined) {
        this.fail(`invalid metric type ${quoteBytes(this.bytes.subarray(start, end))}`);
      }
      this.metricType = type;
    } else {
      this.text = unescapeHelp(this.readHelp(start, end));
    }
    this.#lineBreak('linebreak expected after metadata');
    return keyword === 'TYPE' ? 'type' : 'help';
  }

  #series(token: Token): void {
    this.checkNamed();
    if (token !== 'VALUE') this.failAt('expected value after metric', token);
    this.value = this.readFloat(this.lexer.start);
    this.timestampMs = undefined;
    const next = this.lexer.next();
    if (next === 'LINEBREAK') return;
    if (next !== 'TIMESTAMP') this.failAt('expected timestamp or new record', next);
    const text = this.bytes.toString('latin1', this.lexer.start, this.lexer.at);
    const timestampMs = Number(text);
    if (timestampMs >= INT64_MAX) {
      const entry = this.quotedEntry();
      this.fail(`strconv.ParseInt: parsing "${text}": value out of range while parsing: ${entry}`);
    }
    this.timestampMs = timestampMs;
    this.#lineBreak('expected next entry after timestamp');
  }

  #lineBreak(expected: string): void {
    const token = this.lexer.next();
    if (token !== 'LINEBREAK') this.failAt(expected, token);
  }

  #isBlank(start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
      if (this.bytes[at] !== SPACE && this.bytes[at] !== TAB) return false;
    }
    return true;
  }
}
