/** Text formats: entries and errors of Prometheus' own parsers, and real answers. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExpositionError } from '../../../collector/exposition/exposition-error.ts';
import type { ExpositionParser } from '../../../collector/exposition/exposition-parser.ts';
import { OpenMetricsParser } from '../../../collector/exposition/openmetrics-parser.ts';
import { PrometheusParser } from '../../../collector/exposition/prometheus-parser.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

type Bytes = string | { readonly base64: string };
type JsonNumber = number | string;

interface Entry {
  readonly entry: string;
  readonly raw?: string;
  readonly help?: string;
  readonly type?: string;
  readonly unit?: string;
  readonly comment?: string;
  readonly value?: JsonNumber;
  readonly timestamp_ms?: number;
  readonly start_timestamp_ms?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly exemplars?: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: JsonNumber;
    readonly timestamp_ms?: number;
  }[];
}

interface ParseCase {
  readonly name: string;
  readonly line?: number;
  readonly format: string;
  readonly type_and_unit_labels?: boolean;
  readonly input: Bytes;
  readonly ok?: boolean | null;
  readonly error?: string;
  readonly entries?: readonly Entry[];
}

interface Dump {
  readonly file: string;
  readonly format: string;
  readonly samples: number;
  readonly samples_with_timestamp: number;
  readonly families_by_type: Readonly<Record<string, number>>;
}

export const suite: ConformanceSuite = {
  name: 'exposition',
  caseCount: 131,
  run(dir, report) {
    for (const file of ['parse_text.json', 'parse_openmetrics.json']) {
      const { cases } = readJson<{ cases: readonly ParseCase[] }>(resolve(dir, 'exposition', file));
      for (const one of cases) report(judgeCase(file, one));
    }
    const dumps = resolve(dir, 'exposition/dumps');
    const { cases } = readJson<{ cases: readonly Dump[] }>(resolve(dumps, 'dumps.json'));
    for (const dump of cases) report(judgeDump(readFileSync(resolve(dumps, dump.file)), dump));
    return Promise.resolve();
  },
};

function judgeCase(file: string, one: ParseCase): CaseResult {
  const name = `${file} ${one.name}${one.line === undefined ? '' : `:${one.line}`}`;
  const bytes =
    typeof one.input === 'string'
      ? Buffer.from(one.input)
      : Buffer.from(one.input.base64, 'base64');
  const got: Entry[] = [];
  let error: string | undefined;
  try {
    readEntries(bytes, one, got);
  } catch (thrown) {
    if (!(thrown instanceof ExpositionError)) throw thrown;
    error = thrown.problem;
  }
  // `null`: any outcome but a crash.
  if (one.ok === null) return { name, ok: true };
  if (one.ok === false) {
    return { name, ok: error === one.error, expected: one.error ?? '', got: error ?? 'accepted' };
  }
  if (error !== undefined) return { name, ok: false, expected: 'accepted', got: error };
  if (one.entries === undefined) return { name, ok: true };
  const difference = firstDifference(one.entries, got);
  return { name, ok: difference === undefined, ...difference };
}

function readEntries(bytes: Buffer, one: ParseCase, out: Entry[]): void {
  const options = { typeAndUnitLabels: one.type_and_unit_labels ?? false, skipCreated: true };
  const parser = one.format.startsWith('text/plain')
    ? new PrometheusParser(bytes, options)
    : new OpenMetricsParser(bytes, options);
  for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
    if (kind === 'type') out.push({ entry: kind, raw: parser.familyName, type: parser.metricType });
    else if (kind === 'help') out.push({ entry: kind, raw: parser.familyName, help: parser.text });
    else if (kind === 'unit') out.push({ entry: kind, raw: parser.familyName, unit: parser.text });
    else if (kind === 'comment') out.push({ entry: kind, comment: parser.text });
    else {
      const raw = bytes.toString('utf8', parser.seriesStart, parser.seriesEnd);
      out.push({ entry: kind, raw, ...sampleOf(parser) });
    }
  }
}

function sampleOf(parser: ExpositionParser): Partial<Entry> {
  const startTimestampMs = parser.startTimestampMs();
  const exemplars = parser.exemplars().map(({ labels, value, timestampMs }) => ({
    labels: labels.toRecord(),
    value: jsonNumber(value),
    ...(timestampMs === undefined ? {} : { timestamp_ms: timestampMs }),
  }));
  return {
    value: jsonNumber(parser.value),
    labels: parser.labels().toRecord(),
    ...(parser.timestampMs === undefined ? {} : { timestamp_ms: parser.timestampMs }),
    ...(startTimestampMs === 0 ? {} : { start_timestamp_ms: startTimestampMs }),
    ...(exemplars.length === 0 ? {} : { exemplars }),
  };
}

function firstDifference(
  expected: readonly Entry[],
  got: readonly Entry[],
): { expected: string; got: string } | undefined {
  for (let index = 0; index < Math.max(expected.length, got.length); index++) {
    const left = canonical(expected[index]);
    const right = canonical(got[index]);
    if (left !== right) return { expected: left, got: right };
  }
  return undefined;
}

function judgeDump(bytes: Buffer, dump: Dump): CaseResult {
  const parser = dump.format.startsWith('text/plain')
    ? new PrometheusParser(bytes)
    : new OpenMetricsParser(bytes);
  let samples = 0;
  let withTimestamp = 0;
  const types: Record<string, number> = {};
  for (let kind = parser.next(); kind !== 'end'; kind = parser.next()) {
    if (kind === 'type') {
      const type = parser.metricType === 'unknown' ? 'untyped' : parser.metricType;
      types[type] = (types[type] ?? 0) + 1;
    } else if (kind === 'series') {
      parser.labels();
      samples++;
      if (parser.timestampMs !== undefined) withTimestamp++;
    }
  }
  const got = canonical({ samples, withTimestamp, types });
  const expected = canonical({
    samples: dump.samples,
    withTimestamp: dump.samples_with_timestamp,
    types: dump.families_by_type,
  });
  return { name: `dump ${dump.file}`, ok: got === expected, expected, got };
}

function jsonNumber(value: number): JsonNumber {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : value;
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? 'nothing'
  );
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
