/** The common part of the two text parsers. */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import { LF, QUOTE } from './byte-classes.ts';
import { ExpositionError, lineAt } from './exposition-error.ts';
import type { EntryKind, ExpositionParser, ParsedExemplar } from './exposition-parser.ts';
import { FloatError, parseFloatText, parsePlainNumber } from './float-text.ts';
import { decodeUtf8, quoteBytes } from './go-quote.ts';
import { type FamilyContext, LabelReader, LabelTextError } from './label-text.ts';
import type { Lexer, Token } from './tokens.ts';

export interface TextParserOptions {
  readonly typeAndUnitLabels?: boolean;
  /** Does not bring `le` and `quantile` into their one spelling. */
  readonly boundsAsWritten?: boolean;
  /** Leaves `_created` series out of the entries; `startTimestampMs` reads them. */
  readonly skipCreated?: boolean;
}

const NO_EXEMPLARS: readonly ParsedExemplar[] = [];

/** A metric name inside braces has not been met yet. */
const NAME_MISSING = -1;

export abstract class TextParser implements ExpositionParser, FamilyContext {
  familyName = '';
  metricType: MetricType = 'unknown';
  unit = '';
  text = '';
  value = 0;
  timestampMs: number | undefined = undefined;
  readonly histogram: FloatHistogram | undefined = undefined;
  readonly typeAndUnitLabels: boolean;
  readonly boundsAsWritten: boolean;
  /** The series' bytes, `name{…}` as written, of a `series` entry. */
  seriesStart = 0;
  seriesEnd = 0;
  protected bytes: Buffer = Buffer.alloc(0);
  protected entryStart = 0;
  /** Start and end of the metric name, then of each label's name and value. */
  protected readonly offsets: number[] = [];
  protected abstract readonly lexer: Lexer;
  readonly #labelReader = new LabelReader();

  constructor(options: TextParserOptions) {
    this.typeAndUnitLabels = options.typeAndUnitLabels ?? false;
    this.boundsAsWritten = options.boundsAsWritten ?? false;
  }

  /** Starts over with a body. */
  reset(bytes: Uint8Array): void {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.lexer.reset(this.bytes);
    this.seek(0, 'unknown');
  }

  /** Goes on at `at`, the beginning of an entry, with the family's type as it is there. */
  seek(at: number, metricType: MetricType): void {
    this.lexer.seek(at);
    this.entryStart = at;
    this.metricType = metricType;
    this.unit = '';
  }

  /** Where the next entry begins; beyond the body's end when there is none. */
  get position(): number {
    return this.lexer.at;
  }

  abstract next(): EntryKind;

  labels(): Labels {
    try {
      return this.#labelReader.read(this.bytes, this.offsets, this);
    } catch (error) {
      if (error instanceof LabelTextError) this.fail(error.message);
      throw error;
    }
  }

  exemplars(): readonly ParsedExemplar[] {
    return NO_EXEMPLARS;
  }

  startTimestampMs(): number {
    return 0;
  }

  line(): number {
    return lineAt(this.bytes, this.entryStart);
  }

  /** `"name"` or `name` after HELP, TYPE or UNIT, whose token was just read. */
  protected readFamilyName(keyword: Token): void {
    const token = this.lexer.next();
    if (token !== 'MNAME') this.failAt(`expected metric name after ${keyword}`, token);
    const quoted = this.bytes[this.lexer.start] === QUOTE;
    const inset = quoted ? 1 : 0;
    this.offsets.length = 0;
    this.offsets.push(this.lexer.start + inset, this.lexer.at - inset);
    const name = decodeUtf8(this.bytes.subarray(this.offsets[0], this.offsets[1]));
    if (name === undefined) this.fail('metric name is not valid UTF-8');
    this.familyName = name;
  }

  protected readHelp(start: number, end: number): string {
    const bytes = this.bytes.subarray(start, end);
    const text = decodeUtf8(bytes);
    if (text === undefined) this.fail(`help text ${quoteBytes(bytes)} is not a valid utf8 string`);
    return text;
  }

  /**
   * Reads `{…}` from its first token on; a metric name among the labels goes to `offsets[0]`.
   * @param commaNeeded between labels (OpenMetrics)
   */
  protected readLabelSet(offsets: number[], commaNeeded: boolean, isExemplar: boolean): void {
    const lexer = this.lexer;
    let token = lexer.next();
    for (;;) {
      if (token === 'BCLOSE') return;
      if (token !== 'LNAME' && token !== 'QSTRING') this.failAt('expected label name', token);
      const isQuoted = token === 'QSTRING';
      const start = lexer.start + (isQuoted ? 1 : 0);
      const end = lexer.at - (isQuoted ? 1 : 0);
      token = lexer.next();
      if (isQuoted && (token === 'COMMA' || token === 'BCLOSE')) {
        if (isExemplar) this.failAt('expected label name', token);
        if (offsets[0] !== NAME_MISSING) {
          this.fail(`metric name already set while parsing: ${this.#quoted(this.entryStart)}`);
        }
        offsets[0] = start;
        offsets[1] = end;
        if (token === 'COMMA') token = lexer.next();
        continue;
      }
      if (token !== 'EQUAL') this.failAt('expected equal', token);
      token = lexer.next();
      if (token !== 'LVALUE') this.failAt('expected label value', token);
      this.#checkUtf8(lexer.start, lexer.at);
      offsets.push(start, end, lexer.start + 1, lexer.at - 1);
      token = lexer.next();
      if (token === 'COMMA') token = lexer.next();
      else if (commaNeeded && token !== 'BCLOSE') {
        this.failAt('expected comma or brace close', token);
      }
    }
  }

  /** Reads a series up to its value, from the token that begins it. Returns the token after it. */
  protected readSeries(first: 'MNAME' | 'BOPEN', commaNeeded: boolean): Token {
    const { lexer, offsets } = this;
    offsets.length = 0;
    this.seriesStart = lexer.start;
    if (first === 'BOPEN') {
      offsets.push(NAME_MISSING, NAME_MISSING);
      this.readLabelSet(offsets, commaNeeded, false);
      this.seriesEnd = lexer.at;
      return lexer.next();
    }
    offsets.push(lexer.start, lexer.at);
    this.seriesEnd = lexer.at;
    let token = lexer.next();
    if (token === 'BOPEN') {
      this.readLabelSet(offsets, commaNeeded, false);
      this.seriesEnd = lexer.at;
      token = lexer.next();
    }
    return token;
  }

  protected checkNamed(): void {
    if (this.offsets[0] === NAME_MISSING) {
      this.fail(`metric name not set while parsing: ${this.#quoted(this.entryStart)}`);
    }
  }

  /** @param start of the number's first byte; it ends with the current token */
  protected readFloat(start: number): number {
    const plain = parsePlainNumber(this.bytes, start, this.lexer.at);
    if (plain !== undefined) return plain;
    try {
      return parseFloatText(this.bytes.toString('latin1', start, this.lexer.at));
    } catch (error) {
      if (!(error instanceof FloatError)) throw error;
      return this.fail(`${error.message} while parsing: ${this.#quoted(this.entryStart)}`);
    }
  }

  protected failAt(expected: string, got: Token): never {
    const { start, at } = this.lexer;
    return this.fail(
      `${expected}, got ${this.#quoted(start, at + 1)} ("${got}") while parsing: ` +
        this.#quoted(this.entryStart, at + 1),
    );
  }

  protected fail(problem: string): never {
    throw new ExpositionError(problem, this.line());
  }

  protected quotedEntry(): string {
    return this.#quoted(this.entryStart);
  }

  /** In the text format a body without a last line feed is read as if it had one. */
  protected virtualLineFeed(): boolean {
    return false;
  }

  #quoted(start: number, end = this.lexer.at): string {
    const bytes = this.bytes.subarray(start, end);
    if (end > this.bytes.length && this.virtualLineFeed()) {
      return quoteBytes(Buffer.concat([bytes, Buffer.of(LF)]));
    }
    return quoteBytes(bytes);
  }

  #checkUtf8(start: number, end: number): void {
    const bytes = this.bytes;
    for (let at = start; at < end; at++) {
      if ((bytes[at] as number) < 0x80) continue;
      const value = bytes.subarray(start, end);
      if (decodeUtf8(value) === undefined) {
        this.fail(`invalid UTF-8 label value: ${quoteBytes(value)}`);
      }
      return;
    }
  }
}
