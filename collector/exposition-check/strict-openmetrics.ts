/** OpenMetrics 1.0 as the standard has it; a scraper reads on where this finds fault. */
import { METRIC_NAME } from '../../model/labels.ts';
import { COMMA } from '../exposition/byte-classes.ts';
import { ExpositionError } from '../exposition/exposition-error.ts';
import type { EntryKind } from '../exposition/exposition-parser.ts';
import { OpenMetricsParser } from '../exposition/openmetrics-parser.ts';
import type { ExpositionProblem } from './exposition-problem.ts';
import { LineCounter } from './line-counter.ts';
import { type MetadataKind, StrictFamily } from './strict-family.ts';

/** One page's problems are told up to here. */
export const PROBLEMS_MAX = 1000;

/** What a conforming parser refuses, line by line; nothing follows a line that cannot be read. */
export function strictOpenMetricsProblems(bytes: Uint8Array): readonly ExpositionProblem[] {
  return new StrictReader(bytes).read();
}

class StrictReader {
  readonly #bytes: Uint8Array;
  readonly #parser: OpenMetricsParser;
  readonly #lines: LineCounter;
  readonly #problems: ExpositionProblem[] = [];
  /** Sample name → the family that has it. */
  readonly #claims = new Map<string, StrictFamily>();
  readonly #families = new Set<string>();
  #family: StrictFamily | undefined = undefined;
  #line = 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#parser = new OpenMetricsParser(bytes, { boundsAsWritten: true });
    this.#lines = new LineCounter(bytes);
  }

  read(): readonly ExpositionProblem[] {
    try {
      this.#readEntries();
    } catch (error) {
      if (!(error instanceof ExpositionError)) throw error;
      this.#problems.push({ line: error.line, metric: '', problem: error.problem });
    }
    return this.#problems;
  }

  #readEntries(): void {
    for (;;) {
      const start = this.#parser.position;
      const kind = this.#parser.next();
      if (kind === 'end' || this.#problems.length >= PROBLEMS_MAX) break;
      this.#readEntry(kind, this.#lines.lineOf(start));
    }
    this.#closeFamily();
  }

  #readEntry(kind: EntryKind, line: number): void {
    if (kind === 'type' || kind === 'help' || kind === 'unit') this.#readMetadata(kind, line);
    else if (kind === 'series') this.#readSeries(line);
  }

  #readMetadata(kind: MetadataKind, line: number): void {
    const { familyName } = this.#parser;
    const family = this.#open(familyName, line);
    this.#note(family.addMetadata(kind), familyName, line);
    if (kind === 'unit') family.unit = this.#parser.text;
    if (kind === 'type') family.type = this.#parser.metricType;
    this.#claim(family, line);
    this.#line = line;
  }

  #readSeries(line: number): void {
    const parser = this.#parser;
    const labels = parser.labels();
    const name = labels.get(METRIC_NAME);
    let family = this.#family;
    if (family === undefined || !family.claimedNames.includes(name)) {
      // A sample without metadata is a family of its own.
      family = this.#open(name, line);
      this.#claim(family, line);
    }
    const { value, timestampMs } = parser;
    const exemplars = parser.exemplars();
    const problem = family.addSeries({ labels, value, timestampMs, exemplars });
    this.#note(problem ?? this.#trailingComma(), family.name, line);
    this.#line = line;
  }

  /** The standard has none; Prometheus reads on. */
  #trailingComma(): string | undefined {
    const { seriesEnd } = this.#parser;
    return this.#bytes[seriesEnd - 2] === COMMA
      ? 'comma stands before the closing brace'
      : undefined;
  }

  #open(name: string, line: number): StrictFamily {
    if (this.#family?.name === name) return this.#family;
    this.#closeFamily();
    if (this.#families.has(name)) this.#note('family is given twice', name, line);
    this.#families.add(name);
    this.#family = new StrictFamily(name);
    return this.#family;
  }

  #claim(family: StrictFamily, line: number): void {
    for (const name of family.claimedNames) {
      const owner = this.#claims.get(name);
      if (owner !== undefined && owner.name !== family.name) {
        this.#note(`${name} is a sample name of ${owner.name} too`, family.name, line);
      }
      this.#claims.set(name, family);
    }
  }

  #closeFamily(): void {
    const family = this.#family;
    if (family !== undefined) this.#note(family.finish(), family.name, this.#line);
    this.#family = undefined;
  }

  #note(problem: string | undefined, metric: string, line: number): void {
    if (problem !== undefined) this.#problems.push({ line, metric, problem });
  }
}
