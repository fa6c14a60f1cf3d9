/** Remote write messages built by hand, for tests of what reads them. */
import { METRIC_NAME } from '../../model/labels.ts';
import { ProtobufWriter } from '../../model/protobuf-writer.ts';
import { floatColumn, setNormalNanAt, setStaleAt } from '../../model/value-bits.ts';

export type LabelRecord = Readonly<Record<string, string>>;

export interface SeriesParts {
  readonly labels: LabelRecord;
  readonly samples?: readonly TimedValue[];
  readonly histograms?: readonly HistogramParts[];
  readonly exemplars?: readonly (TimedValue & { readonly labels: LabelRecord })[];
  readonly metadata?: { readonly type: number; readonly help: string; readonly unit: string };
}

export interface TimedValue {
  readonly timestampMs: number;
  readonly startMs?: number;
  /** `NaN`, `StaleNaN`, `+Inf` and `-Inf` as text. */
  readonly value: number | string;
}

/** Buckets of one or two observations on the sides asked for; the count is their sum. */
export interface HistogramParts {
  readonly timestampMs: number;
  readonly startMs?: number;
  readonly sum: number;
  readonly hasPositive: boolean;
  readonly hasNegative: boolean;
  readonly hasZero: boolean;
  readonly isCustom: boolean;
  readonly isCountWrong: boolean;
}

/** `prometheus.WriteRequest`, with samples alone. */
export function messageV1(series: readonly SeriesParts[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { labels, samples = [] } of series) {
    const one = writer.begin(1);
    for (const [name, value] of Object.entries(labels)) {
      const label = writer.begin(1);
      writer.string(1, name).string(2, value).end(label);
    }
    for (const sample of samples) {
      const message = writer.begin(2);
      writeDouble(writer, 1, sample.value);
      writer.int(2, sample.timestampMs).end(message);
    }
    writer.end(one);
  }
  return writer.finish();
}

/** `io.prometheus.write.v2.Request`. */
export function messageV2(series: readonly SeriesParts[]): Uint8Array {
  const symbols = new Map<string, number>([['', 0]]);
  const refOf = (text: string): number => {
    const ref = symbols.get(text) ?? symbols.size;
    symbols.set(text, ref);
    return ref;
  };
  const body = new ProtobufWriter();
  for (const one of series) writeSeries(body, one, refOf);
  const writer = new ProtobufWriter();
  for (const symbol of symbols.keys()) writer.string(4, symbol);
  return Buffer.concat([writer.finish(), body.finish()]);
}

function writeSeries(
  writer: ProtobufWriter,
  parts: SeriesParts,
  refOf: (text: string) => number,
): void {
  const series = writer.begin(5);
  writeRefs(writer, parts.labels, refOf);
  for (const { value, timestampMs, startMs = 0 } of parts.samples ?? []) {
    const sample = writer.begin(2);
    writeDouble(writer, 1, value);
    writer.int(2, timestampMs).int(3, startMs).end(sample);
  }
  for (const histogram of parts.histograms ?? []) writeHistogram(writer, histogram);
  for (const { labels, value, timestampMs } of parts.exemplars ?? []) {
    const exemplar = writer.begin(4);
    writeRefs(writer, labels, refOf);
    writeDouble(writer, 2, value);
    writer.int(3, timestampMs).end(exemplar);
  }
  if (parts.metadata !== undefined) {
    const { type, help, unit } = parts.metadata;
    const metadata = writer.begin(5);
    writer.uint(1, type).uint(3, refOf(help)).uint(4, refOf(unit)).end(metadata);
  }
  writer.end(series);
}

function writeRefs(
  writer: ProtobufWriter,
  labels: LabelRecord,
  refOf: (text: string) => number,
): void {
  const refs = writer.begin(1);
  const names = Object.keys(labels).sort();
  for (const name of names) {
    writer.rawUint(refOf(name)).rawUint(refOf(labels[name] as string));
  }
  writer.end(refs);
}

function writeHistogram(writer: ProtobufWriter, parts: HistogramParts): void {
  const count =
    (parts.hasPositive || parts.isCustom ? 3 : 0) +
    (parts.hasNegative ? 3 : 0) +
    (parts.hasZero ? 2 : 0);
  const histogram = writer.begin(3);
  writer.uint(1, parts.isCountWrong ? count + 1 : count).double(3, parts.sum);
  writer.sint(4, parts.isCustom ? -53 : 0);
  if (!parts.isCustom) writer.double(5, 1e-128);
  if (parts.hasZero) writer.uint(6, 2);
  if (parts.hasNegative) writeTwoBuckets(writer, 8, 9);
  if (parts.hasPositive || parts.isCustom) writeTwoBuckets(writer, 11, 12);
  writer.int(15, parts.timestampMs);
  if (parts.isCustom) {
    const bounds = writer.begin(16);
    for (const bound of [0.1, 1, 10]) writer.rawDouble(bound);
    writer.end(bounds);
  }
  writer.int(17, parts.startMs ?? 0).end(histogram);
}

/** One observation in the first, two in the second. */
function writeTwoBuckets(writer: ProtobufWriter, spanField: number, deltaField: number): void {
  const span = writer.begin(spanField);
  writer.sint(1, 0).uint(2, 2).end(span);
  const deltas = writer.begin(deltaField);
  writer.rawSint(1).rawSint(1).end(deltas);
}

function writeDouble(writer: ProtobufWriter, field: number, value: number | string): void {
  const column = floatColumn(1);
  if (value === 'StaleNaN') setStaleAt(column.words, 0);
  else if (value === 'NaN') setNormalNanAt(column.words, 0);
  else
    column.values[0] = typeof value === 'string' ? Number(value.replace('Inf', 'Infinity')) : value;
  writer.doubleBits(field, column.words, 0);
}

/** Sends each metadata with the series of its metric; without one it is a series of its own. */
export function withMetadata(
  series: readonly SeriesParts[],
  labels: LabelRecord,
  metadata: SeriesParts['metadata'] & object,
): SeriesParts[] {
  const name = labels[METRIC_NAME];
  const found = series.some((one) => one.labels[METRIC_NAME] === name);
  if (!found) return [...series, { labels, metadata }];
  return series.map((one) => (one.labels[METRIC_NAME] === name ? { ...one, metadata } : one));
}
