/**
 * Reads a text page by what is known of the last one. Most lines begin with the bytes of the line
 * that came there last time, so that only a number is parsed; runs of lines in which not even a
 * number changed are compared at once. What is new or unusual goes to the parser of the format.
 */
import type { MetricType } from '../../model/sink.ts';
import { LF } from '../exposition/byte-classes.ts';
import { TailScanner } from '../exposition/tail-scanner.ts';
import type { TextParser } from '../exposition/text-parser.ts';
import { BlockRun } from './block-run.ts';
import { FORGOTTEN, type LineTable, VERBATIM } from './line-table.ts';
import type { MetadataMemory } from './metadata-memory.ts';
import type { PageMemory } from './page-memory.ts';
import { PARSED_ENTRY_STEPS, type PageReader } from './page-reader.ts';
import type { PageSamples } from './page-samples.ts';
import type { SeriesIndex } from './series-index.ts';
import { equalBytes, seriesEnd } from './series-key.ts';
import type { SeriesMaker } from './series-maker.ts';
import type { SeriesSlots } from './series-slots.ts';

/** Numbers of types in `LineTable.slots`: VERBATIM - 1 - index. */
const TYPES: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** See `PageReader.advance`. */
const LINE_STEPS = 2;
const LINES_PER_STEP = 8;

const EMPTY: Buffer = Buffer.alloc(0);
const EMPTY_VIEW: DataView = new DataView(new ArrayBuffer(0));

export interface TextPageParts {
  readonly slots: SeriesSlots;
  readonly memory: PageMemory;
  readonly index: SeriesIndex;
  readonly samples: PageSamples;
  readonly metadata: MetadataMemory;
  readonly maker: SeriesMaker;
}

export class TextPageReader implements PageReader {
  /** Where the remembered lines of the page just read end. */
  #linesEnd = 0;
  readonly #slots: SeriesSlots;
  readonly #memory: PageMemory;
  readonly #index: SeriesIndex;
  readonly #samples: PageSamples;
  readonly #metadata: MetadataMemory;
  readonly #maker: SeriesMaker;
  readonly #tail: TailScanner;
  readonly #parser: TextParser;
  readonly #blocks = new BlockRun();
  #body: Buffer = EMPTY;
  #view: DataView = EMPTY_VIEW;
  #lines: LineTable;
  #lastPage = 0;
  #at = 0;
  /** The line of the last page that is expected next. */
  #expected = 0;
  #type: MetricType = 'unknown';
  /** The series that was looked for last and is not known. */
  #unknownStart = -1;
  #unknownEnd = -1;

  /** @param secondTimestamps OpenMetrics */
  constructor(parts: TextPageParts, parser: TextParser, secondTimestamps: boolean) {
    this.#slots = parts.slots;
    this.#memory = parts.memory;
    this.#index = parts.index;
    this.#samples = parts.samples;
    this.#metadata = parts.metadata;
    this.#maker = parts.maker;
    this.#parser = parser;
    this.#tail = new TailScanner(secondTimestamps);
    this.#lines = parts.memory.newLines();
  }

  start(body: Uint8Array, lastPage: number): void {
    this.#body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.#lines = this.#memory.newLines();
    this.#lastPage = lastPage;
    this.#at = 0;
    this.#expected = 0;
    this.#type = 'unknown';
    this.#unknownStart = -1;
    this.#parser.reset(this.#body);
    this.#blocks.begin(lastPage > 0);
  }

  advance(steps: number): boolean {
    const { length } = this.#body;
    for (let left = steps; left > 0; ) {
      if (this.#at < length) {
        if (this.#blocks.isDue() && this.#readBlock(this.#lastPage)) {
          left -= this.#blocks.lineCount / LINES_PER_STEP;
          continue;
        }
        if (this.#readExpected() || this.#readMoved()) {
          left -= LINE_STEPS;
          continue;
        }
      }
      // Whether the page may end here is the parser's to say.
      if (!this.#readWithParser()) {
        this.#linesEnd = this.#at;
        return true;
      }
      left -= PARSED_ENTRY_STEPS;
    }
    return false;
  }

  release(): void {
    this.#body = EMPTY;
    this.#view = EMPTY_VIEW;
    this.#parser.reset(EMPTY);
  }

  keep(body: Uint8Array): void {
    this.#memory.keep(body, this.#linesEnd);
  }

  /** A run of lines equal to those of the last page, values and all. */
  #readBlock(lastPage: number): boolean {
    const memory = this.#memory;
    const first = this.#expected;
    const count = Math.min(this.#blocks.lineCount, memory.sealedCount - first);
    if (count <= 0) {
      this.#blocks.missed();
      return false;
    }
    const { starts } = memory.lines;
    const from = starts[first] as number;
    const to = memory.lineEnd(first + count - 1);
    const at = this.#at;
    const end = at + to - from;
    if (end > this.#body.length || this.#body.compare(memory.bytes, from, to, at, end) !== 0) {
      this.#blocks.missed();
      return false;
    }
    this.#addUnchanged(first, first + count, at - from, lastPage);
    this.#blocks.matched();
    this.#at = end;
    this.#expected = first + count;
    return true;
  }

  #addUnchanged(first: number, end: number, shift: number, lastPage: number): void {
    const { starts, keyLengths, slots } = this.#memory.lines;
    const lines = this.#lines;
    const lineOf = this.#slots.line;
    for (let line = first; line < end; line++) {
      const slot = slots[line] as number;
      if (slot >= 0) {
        lineOf[slot] = lines.count;
        this.#samples.addUnchanged(slot, lastPage);
      } else {
        this.#enterType(slot);
      }
      lines.add((starts[line] as number) + shift, keyLengths[line] as number, slot);
    }
  }

  /** The line that came here last time, with the same or another value. */
  #readExpected(): boolean {
    const { lines, view } = this.#memory;
    const line = this.#expected;
    if (line >= lines.count) return false;
    const length = lines.keyLengths[line] as number;
    const slot = lines.slots[line] as number;
    if (slot === FORGOTTEN || this.#at + length > this.#body.length) return false;
    if (!equalBytes(view, lines.starts[line] as number, this.#view, this.#at, length)) return false;
    if (slot >= 0) {
      if (!this.#readTail(slot, length, line)) return false;
    } else {
      this.#enterType(slot);
      this.#lines.add(this.#at, length, slot);
      this.#at += length;
    }
    this.#expected = line + 1;
    return true;
  }

  /** A series that stood elsewhere, or that comes again. */
  #readMoved(): boolean {
    const end = seriesEnd(this.#body, this.#at);
    if (end < 0) return false;
    const { page } = this.#samples;
    const slot = this.#index.find(this.#body, this.#view, this.#at, end, page, this.#lines);
    if (slot < 0) {
      this.#unknownStart = this.#at;
      this.#unknownEnd = end;
      return false;
    }
    const isRepeat = this.#slots.page[slot] === page;
    const line = this.#slots.line[slot] as number;
    if (!this.#readTail(slot, end - this.#at, isRepeat ? -1 : line)) return false;
    if (!isRepeat) this.#expected = line + 1;
    return true;
  }

  /** @param lastLine the series' line in the last page, -1 when there is none */
  #readTail(slot: number, keyLength: number, lastLine: number): boolean {
    const tail = this.#tail;
    const kind = tail.scan(this.#body, this.#at + keyLength);
    if (kind === 'unusual') return false;
    if (kind === 'exemplar') {
      const end = this.#knownExemplarEnd(tail.end, lastLine);
      if (end < 0) return false;
      tail.end = end;
    }
    this.#addLine(slot, this.#at, keyLength);
    this.#samples.add(slot, tail.value, tail.timestampMs);
    this.#at = tail.end;
    return true;
  }

  /** End of a line whose exemplar is that of the last page, which needs no reading; or -1. */
  #knownExemplarEnd(start: number, lastLine: number): number {
    if (lastLine < 0) return -1;
    const lineFeed = this.#body.indexOf(LF, start);
    if (lineFeed < 0) return -1;
    const length = lineFeed + 1 - start;
    const from = this.#memory.lineEnd(lastLine) - length;
    const least = (this.#memory.lines.starts[lastLine] as number) + 1;
    if (from < least) return -1;
    return equalBytes(this.#memory.view, from, this.#view, start, length) ? lineFeed + 1 : -1;
  }

  /** One entry by the parser. @returns false at the end of the page */
  #readWithParser(): boolean {
    const parser = this.#parser;
    const start = this.#at;
    parser.seek(start, this.#type);
    const kind = parser.next();
    const end = Math.min(parser.position, this.#body.length);
    switch (kind) {
      case 'end':
        return false;
      case 'series':
        this.#readNewSeries(start, end);
        return true;
      case 'type':
        this.#type = parser.metricType;
        this.#metadata.setType(parser.familyName, parser.metricType);
        this.#addVerbatim(start, end, VERBATIM - 1 - TYPES.indexOf(parser.metricType));
        return true;
      case 'help':
        this.#metadata.setHelp(parser.familyName, parser.text);
        break;
      case 'unit':
        this.#metadata.setUnit(parser.familyName, parser.text);
        break;
      case 'comment':
      case 'histogram':
        break;
    }
    this.#addVerbatim(start, end, VERBATIM);
    return true;
  }

  #readNewSeries(start: number, end: number): void {
    const parser = this.#parser;
    const { seriesStart, seriesEnd: keyEnd } = parser;
    const { page } = this.#samples;
    if (seriesStart > start) this.#lines.add(start, seriesStart - start, VERBATIM);
    const isUnknown = seriesStart === this.#unknownStart && keyEnd === this.#unknownEnd;
    let slot = isUnknown
      ? -1
      : this.#index.find(this.#body, this.#view, seriesStart, keyEnd, page, this.#lines);
    if (slot < 0) {
      slot = this.#maker.make(parser.labels(), this.#index.lastHash);
      this.#index.add(slot);
    } else if (this.#slots.page[slot] !== page) {
      this.#expected = (this.#slots.line[slot] as number) + 1;
    }
    this.#addLine(slot, seriesStart, keyEnd - seriesStart);
    const timestampMs = parser.timestampMs ?? Number.NaN;
    this.#samples.add(slot, parser.value, timestampMs);
    const exemplars = parser.exemplars();
    if (exemplars.length > 0) this.#samples.addExemplars(slot, exemplars, timestampMs);
    this.#at = end;
  }

  #addLine(slot: number, start: number, keyLength: number): void {
    this.#slots.line[slot] = this.#lines.count;
    this.#lines.add(start, keyLength, slot);
  }

  #addVerbatim(start: number, end: number, slot: number): void {
    // Without a line feed the line could go on next time.
    const isWhole = this.#body[end - 1] === LF;
    this.#lines.add(start, end - start, isWhole ? slot : FORGOTTEN);
    this.#at = end;
    if (this.#expected < this.#memory.lines.count) this.#skipVerbatim();
  }

  /** Metadata that changed stands in the place of metadata that was. */
  #skipVerbatim(): void {
    if ((this.#memory.lines.slots[this.#expected] as number) < 0) this.#expected++;
  }

  #enterType(slot: number): void {
    if (slot < VERBATIM && slot !== FORGOTTEN) {
      this.#type = TYPES[VERBATIM - 1 - slot] as MetricType;
    }
  }
}
