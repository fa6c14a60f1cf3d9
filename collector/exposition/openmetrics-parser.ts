/** OpenMetrics 1.0 text, as a scraper reads it (the strict reading is in `strict-openmetrics.ts`). */
import { formatGoG } from '../../model/go-float.ts';
import { METRIC_NAME } from '../../model/labels.ts';
import type { MetricType } from '../../model/sink.ts';
import {
  type CreatedSeries,
  CreatedTimestamps,
  hasCreatedTimestamp,
} from './created-timestamps.ts';
import { ExpositionError } from './exposition-error.ts';
import type { EntryKind, ParsedExemplar } from './exposition-parser.ts';
import { quoteBytes } from './go-quote.ts';
import { LabelTextError, labelsOf, unescapeLabelValue } from './label-text.ts';
import { OpenMetricsLexer } from './openmetrics-lexer.ts';
import { TextParser, type TextParserOptions } from './text-parser.ts';
import type { Token } from './tokens.ts';

const TYPES: ReadonlyMap<string, MetricType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['gaugehistogram', 'gaugehistogram'],
  ['summary', 'summary'],
  ['info', 'info'],
  ['stateset', 'stateset'],
  ['unknown', 'unknown'],
]);

const NO_EXEMPLARS: readonly ParsedExemplar[] = [];
const CREATED_SUFFIX = '_created';
const NONE_CREATED = new CreatedTimestamps([]);

/** Accepts and refuses what Prometheus' OpenMetricsParser does. */
export class OpenMetricsParser extends TextParser {
  protected readonly lexer = new OpenMetricsLexer();
  readonly #skipCreated: boolean;
  readonly #exemplarOffsets: number[] = [];
  #exemplarValue = 0;
  #exemplarTimestampMs: number | undefined = undefined;
  #hasExemplar = false;
  #created: CreatedTimestamps | undefined = undefined;
  #familyStart = 0;

  constructor(bytes: Uint8Array, options: TextParserOptions = {}) {
    super(options);
    this.#skipCreated = options.skipCreated ?? false;
    this.reset(bytes);
  }

  next(): EntryKind {
    for (;;) {
      this.entryStart = this.lexer.at;
      const token = this.lexer.next();
      switch (token) {
        case 'EOFWORD':
          if (this.lexer.next() !== 'EOF') this.fail('unexpected data after # EOF');
          return 'end';
        case 'EOF':
          return this.fail('data does not end with # EOF');
        case 'HELP':
        case 'TYPE':
        case 'UNIT':
          return this.#metadata(token);
        case 'MNAME':
        case 'BOPEN':
          this.#series(this.readSeries(token, true));
          if (this.#skipCreated && this.isCreated) continue;
          return 'series';
        default:
          this.failAt('expected a valid start token', token);
      }
    }
  }

  /** True for the `_created` series of a counter, histogram or summary. */
  get isCreated(): boolean {
    const [start, end] = this.offsets as [number, number];
    const at = end - CREATED_SUFFIX.length;
    return (
      hasCreatedTimestamp(this.metricType) &&
      at >= start &&
      this.bytes.toString('latin1', at, end) === CREATED_SUFFIX
    );
  }

  /** An OpenMetrics sample has at most one. */
  override exemplars(): readonly ParsedExemplar[] {
    if (!this.#hasExemplar) return NO_EXEMPLARS;
    const pairs: string[] = [];
    const offsets = this.#exemplarOffsets;
    for (let at = 0; at + 1 < offsets.length; at += 2) {
      const text = this.bytes.toString('utf8', offsets[at], offsets[at + 1]);
      pairs.push(unescapeLabelValue(text));
    }
    try {
      const labels = labelsOf(pairs);
      return [{ labels, value: this.#exemplarValue, timestampMs: this.#exemplarTimestampMs }];
    } catch (error) {
      if (error instanceof LabelTextError) this.fail(error.message);
      throw error;
    }
  }

  override startTimestampMs(): number {
    if (!hasCreatedTimestamp(this.metricType)) return 0;
    const labels = this.labels();
    // A series of another name has ended the family, whatever follows.
    if (!labels.get(METRIC_NAME).startsWith(this.familyName)) this.#created = NONE_CREATED;
    this.#created ??= new CreatedTimestamps(this.#familyCreated());
    return this.#created.find(labels, this.familyName, this.metricType);
  }

  /** Reads the family's created series, wherever in it they stand. */
  #familyCreated(): readonly CreatedSeries[] {
    const reader = new OpenMetricsParser(this.bytes);
    reader.seek(this.#familyStart, this.metricType);
    const created: CreatedSeries[] = [];
    try {
      while (reader.next() === 'series') {
        if (reader.isCreated) created.push({ labels: reader.labels(), seconds: reader.value });
      }
    } catch (error) {
      // The same fault stops this parser when it gets there.
      if (!(error instanceof ExpositionError)) throw error;
    }
    return created;
  }

  #metadata(keyword: 'HELP' | 'TYPE' | 'UNIT'): EntryKind {
    this.readFamilyName(keyword);
    const token = this.lexer.next();
    if (token !== 'TEXT') this.fail(`expected text in ${keyword}`);
    const start = this.lexer.start + 1;
    const end = this.lexer.at - 1;
    this.#created = undefined;
    this.#familyStart = this.lexer.at;
    if (keyword === 'HELP') {
      this.text = unescapeLabelValue(this.readHelp(start, end));
      return 'help';
    }
    if (keyword === 'TYPE') {
      const type = TYPES.get(this.bytes.toString('latin1', start, end));
      if (type === undefined) {
        this.fail(`invalid metric type ${quoteBytes(this.bytes.subarray(start, end))}`);
      }
      this.metricType = type;
      return 'type';
    }
    this.unit = this.readHelp(start, end);
    this.text = this.unit;
    if (this.unit !== '' && !this.familyName.endsWith(`_${this.unit}`)) {
      this.fail(`unit "${this.unit}" not a suffix of metric "${this.familyName}"`);
    }
    return 'unit';
  }

  #series(token: Token): void {
    this.checkNamed();
    this.#hasExemplar = false;
    this.value = this.#floatAfter(token, 'metric');
    this.timestampMs = undefined;
    const next = this.lexer.next();
    switch (next) {
      case 'LINEBREAK':
        return;
      case 'EOF':
        return this.fail('data does not end with # EOF');
      case 'COMMENT':
        return this.#exemplar();
      case 'TIMESTAMP':
        break;
      default:
        this.entryStart = this.lexer.at;
        this.failAt('expected a valid start token', this.lexer.next());
    }
    this.timestampMs = this.#timestamp('timestamp');
    const after = this.lexer.next();
    if (after === 'LINEBREAK') return;
    if (after === 'COMMENT') return this.#exemplar();
    this.failAt('expected next entry after timestamp', after);
  }

  #exemplar(): void {
    this.#exemplarOffsets.length = 0;
    this.readLabelSet(this.#exemplarOffsets, true, true);
    this.#exemplarValue = this.#floatAfter(this.lexer.next(), 'exemplar labels');
    this.#exemplarTimestampMs = undefined;
    this.#hasExemplar = true;
    const token = this.lexer.next();
    if (token === 'EOF') this.fail('data does not end with # EOF');
    if (token === 'LINEBREAK') return;
    if (token !== 'TIMESTAMP') this.failAt('expected timestamp or comment', token);
    this.#exemplarTimestampMs = this.#timestamp('exemplar timestamp');
    const after = this.lexer.next();
    if (after !== 'LINEBREAK') this.failAt('expected next entry after exemplar timestamp', after);
  }

  #floatAfter(token: Token, what: string): number {
    if (token !== 'VALUE') this.failAt(`expected value after ${what}`, token);
    return this.readFloat(this.lexer.start + 1);
  }

  /** Seconds in the body, truncated to milliseconds. */
  #timestamp(what: string): number {
    const seconds = this.readFloat(this.lexer.start + 1);
    if (!Number.isFinite(seconds)) this.fail(`invalid ${what} ${formatGoG(seconds)}`);
    return Math.trunc(seconds * 1000) + 0;
  }
}
