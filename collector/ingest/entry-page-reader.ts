/** Reads a page entry by entry: protobuf, and text whose histograms are put together. */
import type { ExpositionParser } from '../exposition/exposition-parser.ts';
import type { EntryIndex } from './entry-index.ts';
import { fitHistogram } from './fit-histogram.ts';
import { IngestError, type IngestLimits } from './ingest-options.ts';
import type { MetadataMemory } from './metadata-memory.ts';
import { PARSED_ENTRY_STEPS, type PageReader } from './page-reader.ts';
import type { PageSamples } from './page-samples.ts';
import type { SeriesMaker } from './series-maker.ts';

export interface EntryPageParts {
  readonly entries: EntryIndex;
  readonly samples: PageSamples;
  readonly metadata: MetadataMemory;
  readonly maker: SeriesMaker;
  readonly limits: IngestLimits;
}

export class EntryPageReader implements PageReader {
  readonly #parts: EntryPageParts;
  readonly #openParser: (body: Uint8Array) => ExpositionParser;
  #parser: ExpositionParser | undefined = undefined;
  #hasTooManyBuckets = false;

  constructor(parts: EntryPageParts, openParser: (body: Uint8Array) => ExpositionParser) {
    this.#parts = parts;
    this.#openParser = openParser;
  }

  start(body: Uint8Array): void {
    this.#parser = this.#openParser(body);
    this.#hasTooManyBuckets = false;
  }

  advance(steps: number): boolean {
    const parser = this.#parser;
    if (parser === undefined) return true;
    for (let left = steps; left > 0; left -= PARSED_ENTRY_STEPS) {
      if (this.#readEntry(parser)) continue;
      // As with the sample limit, the page was read to its end to count it.
      if (this.#hasTooManyBuckets) {
        throw new IngestError('bucket_limit', 'histogram bucket limit exceeded');
      }
      return true;
    }
    return false;
  }

  release(): void {
    this.#parser = undefined;
  }

  keep(): void {
    // Slots are found by labels, whatever page they came from.
  }

  /** @returns false at the end of the page */
  #readEntry(parser: ExpositionParser): boolean {
    const { metadata } = this.#parts;
    const kind = parser.next();
    if (kind === 'series' || kind === 'histogram') this.#readSample(parser);
    else if (kind === 'type') metadata.setType(parser.familyName, parser.metricType);
    else if (kind === 'help') metadata.setHelp(parser.familyName, parser.text);
    else if (kind === 'unit') metadata.setUnit(parser.familyName, parser.text);
    return kind !== 'end';
  }

  #readSample(parser: ExpositionParser): void {
    const { samples, limits } = this.#parts;
    const slot = this.#slotOf(parser);
    const { histogram, timestampMs } = parser;
    if (histogram === undefined) {
      samples.add(slot, parser.value, timestampMs ?? Number.NaN);
    } else {
      const fitting = fitHistogram(histogram, limits);
      if (fitting === undefined) this.#hasTooManyBuckets = true;
      samples.addHistogram(slot, fitting ?? histogram, timestampMs);
    }
    const exemplars = parser.exemplars();
    if (exemplars.length > 0) samples.addExemplars(slot, exemplars, timestampMs ?? Number.NaN);
  }

  #slotOf(parser: ExpositionParser): number {
    const { entries, maker } = this.#parts;
    const labels = parser.labels();
    const known = entries.find(labels);
    if (known !== undefined) return known;
    const slot = maker.make(labels, 0);
    entries.add(labels, slot);
    return slot;
  }
}
