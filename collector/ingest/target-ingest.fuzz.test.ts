/** Pages read by what is known of the last one come to the same as pages read from nothing. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPENMETRICS, Rig, TEXT } from '../../test/ingest-rig.ts';
import { findSuitesDir } from '../../test/suites.ts';
import { ExpositionError } from '../exposition/exposition-error.ts';
import { OpenMetricsParser } from '../exposition/openmetrics-parser.ts';
import { PrometheusParser } from '../exposition/prometheus-parser.ts';
import { IngestError } from './ingest-options.ts';

const SUITES = findSuitesDir();

/** A real answer; nothing where there are no cases, for tests that then do not run. */
function dump(file: string): Buffer {
  if (SUITES === undefined) return Buffer.alloc(1);
  return readFileSync(resolve(SUITES, 'exposition/dumps', file));
}

/** What the series of the last good page were, by their bytes: a type that changes later is late. */
type Known = Map<string, string>;

/** Series → value of a page by the parser alone; undefined when the page is to be refused. */
function valuesOf(
  page: Buffer,
  format: string,
  timeMs: number,
  known: Known,
): Map<string, string> | undefined {
  const values = new Map<string, string>();
  const seen: Known = new Map();
  try {
    const parser = format === TEXT ? new PrometheusParser(page) : new OpenMetricsParser(page);
    for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
      if (kind !== 'series') continue;
      const raw = page.toString('latin1', parser.seriesStart, parser.seriesEnd);
      const series = seen.get(raw) ?? known.get(raw) ?? parser.labels().toString();
      const sample = `${parser.value}@${parser.timestampMs ?? timeMs}`;
      if (parser.timestampMs !== undefined) values.set(`${series} ${sample}`, sample);
      // Seen before, with or without a timestamp, it is a duplicate.
      else if (!seen.has(raw) && !values.has(series)) values.set(series, sample);
      seen.set(raw, series);
    }
  } catch (error) {
    if (error instanceof ExpositionError) return undefined;
    throw error;
  }
  known.clear();
  for (const [raw, series] of seen) known.set(raw, series);
  return values;
}

/** The same of what came into the sink at `timeMs`. */
function keptOf(
  rig: Rig,
  before: ReadonlyMap<number, number>,
  timeMs: number,
): Map<string, string> {
  const values = new Map<string, string>();
  rig.sink.samples.forEach((samples, ref) => {
    const series = rig.sink.labels[ref]?.toString() ?? '';
    if (series.includes('job="j"')) return;
    for (const { value, timestampMs } of samples.slice(before.get(ref) ?? 0)) {
      if (typeof value !== 'number') continue;
      const sample = `${value}@${timestampMs}`;
      values.set(timestampMs === timeMs ? series : `${series} ${sample}`, sample);
    }
  });
  return values;
}

function sampleCounts(rig: Rig): Map<number, number> {
  return new Map(rig.sink.samples.map((samples, ref) => [ref, samples.length]));
}

function scrapeAndCompare(rig: Rig, page: Buffer, format: string, known: Known): void {
  const before = sampleCounts(rig);
  const stats = rig.scrape(page, format);
  const expected = page.length === 0 ? empty(known) : valuesOf(page, format, rig.timeMs, known);
  if (stats.error !== undefined) {
    expect(stats.error).toBeInstanceOf(IngestError);
    expect(keptOf(rig, before, rig.timeMs).size).toBe(0);
  }
  expect(stats.error === undefined).toBe(expected !== undefined);
  if (expected === undefined) return;
  const kept = keptOf(rig, before, rig.timeMs);
  // A sample whose line did not change at all, timestamp and all, is not handed on again.
  for (const [key, sample] of expected) {
    if (!sample.endsWith(`@${rig.timeMs}`) && !kept.has(key)) expected.delete(key);
  }
  expect(kept).toEqual(expected);
}

type Edit = (lines: string[], at: number, other: number) => void;

const EDITS: readonly Edit[] = [
  (lines, at, other) => {
    lines[at] = (lines[at] as string).replace(/ \S+/, ` ${other / 7}`);
  },
  (lines, at, other) => {
    lines[at] = (lines[at] as string).replace(/\d/, String(other % 10));
  },
  (lines, at) => {
    lines.splice(at, 1);
  },
  (lines, at, other) => {
    lines.splice(at, 0, lines[other % lines.length] as string);
  },
  (lines, at, other) => {
    lines.push(...lines.splice(at, other % 5));
  },
  (lines, at) => {
    lines[at] = `new_series{at="${at}"} 1`;
  },
  (lines, at, other) => {
    lines[at] = `${lines[at]} ${100 + (other % 5)}`;
  },
  (lines, at) => {
    lines[at] = `${lines[at]} # {trace_id="x"} 1`;
  },
  (lines, at, other) => {
    const line = lines[at] as string;
    const cut = other % (line.length + 1);
    lines[at] = line.slice(0, cut) + String.fromCharCode(other % 128) + line.slice(cut + 1);
  },
  (lines, at) => {
    lines[at] = '';
  },
];

const arbitraryEdits = fc.array(
  fc.tuple(fc.nat(EDITS.length - 1), fc.nat(10_000), fc.nat(10_000)),
  { maxLength: 6 },
);

function edited(text: string, edits: readonly (readonly [number, number, number])[]): string {
  const lines = text.split('\n');
  for (const [edit, at, other] of edits) {
    (EDITS[edit] as Edit)(lines, at % lines.length, other);
    if (lines.length === 0) lines.push('');
  }
  return lines.join('\n');
}

describe.skipIf(SUITES === undefined).each([
  ['textfile-different_metric_types.prom', TEXT],
  ['kubelet-resource.prom', TEXT],
  ['alltypes-5-families.om.txt', OPENMETRICS],
  ['histogram.om.txt', OPENMETRICS],
])('%s, edited from scrape to scrape', (file, format) => {
  const text = dump(file).toString('utf8');

  test('comes to what the parser reads', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEdits, { minLength: 2, maxLength: 5 }), (scrapes) => {
        const rig = new Rig();
        const known: Known = new Map();
        let page = text;
        for (const edits of scrapes) {
          // Every other page begins from the good one again.
          page = edits.length % 2 === 0 ? edited(text, edits) : edited(page, edits);
          scrapeAndCompare(rig, Buffer.from(page), format, known);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe.skipIf(SUITES === undefined)('bytes changed in a real answer', () => {
  const body = dump('etcd-1.35.prom').subarray(0, 20_000);

  test('come to what the parser reads, or to an error', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(body.length)),
        (changes, cut) => {
          const rig = new Rig();
          const known: Known = new Map();
          scrapeAndCompare(rig, body, TEXT, known);
          const changed = Buffer.from(body);
          for (const [at, byte] of changes) changed[at] = byte;
          scrapeAndCompare(rig, changed.subarray(0, cut ?? changed.length), TEXT, known);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('random bytes are refused or read, and never anything else', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(TEXT, OPENMETRICS),
      (bytes, format) => {
        const rig = new Rig();
        rig.scrape(bytes, format);
        rig.scrape(bytes, format);
      },
    ),
    { numRuns: 2000 },
  );
});

function empty(known: Known): Map<string, string> {
  known.clear();
  return new Map();
}
