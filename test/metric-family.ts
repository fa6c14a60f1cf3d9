/** Writes `io.prometheus.client.MetricFamily` messages, delimited, for tests. */
import { ProtobufWriter } from '../model/protobuf-writer.ts';

const TYPE_NUMBERS = {
  counter: 0,
  gauge: 1,
  summary: 2,
  untyped: 3,
  histogram: 4,
  gaugehistogram: 5,
} as const;

interface ExemplarInput {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestampMs?: number;
}

export interface HistogramInput {
  readonly count?: number;
  readonly countFloat?: number;
  readonly sum?: number;
  readonly buckets?: readonly (readonly [number, number, ExemplarInput?])[];
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly positiveSpans?: readonly (readonly [number, number])[];
  readonly positiveDeltas?: readonly number[];
  readonly positiveCounts?: readonly number[];
  readonly negativeSpans?: readonly (readonly [number, number])[];
  readonly negativeDeltas?: readonly number[];
  readonly createdMs?: number;
  readonly exemplars?: readonly ExemplarInput[];
}

interface MetricInput {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number;
  readonly exemplar?: ExemplarInput;
  readonly createdMs?: number;
  readonly summary?: {
    readonly count: number;
    readonly sum: number;
    readonly quantiles: readonly (readonly [number, number])[];
  };
  readonly histogram?: HistogramInput;
  readonly timestampMs?: number;
}

export interface FamilyInput {
  readonly name: string;
  readonly help?: string;
  readonly unit?: string;
  readonly type: keyof typeof TYPE_NUMBERS;
  readonly metrics: readonly MetricInput[];
}

export function encodeFamilies(...families: readonly FamilyInput[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const family of families) {
    const start = writer.beginDelimited();
    writer.string(1, family.name).string(2, family.help ?? '');
    writer.uint(3, TYPE_NUMBERS[family.type]);
    for (const metric of family.metrics) writeMetric(writer, family.type, metric);
    if (family.unit !== undefined) writer.string(5, family.unit);
    writer.end(start);
  }
  return writer.finish().slice();
}

const VALUE_FIELDS = { gauge: 2, counter: 3, untyped: 5 } as const;

function writeMetric(writer: ProtobufWriter, type: FamilyInput['type'], metric: MetricInput): void {
  const start = writer.begin(4);
  writeLabels(writer, metric.labels ?? {});
  if (type === 'gauge' || type === 'counter' || type === 'untyped') {
    const value = writer.begin(VALUE_FIELDS[type]);
    writer.double(1, metric.value ?? 0);
    if (metric.exemplar !== undefined) writeExemplar(writer, 2, metric.exemplar);
    if (metric.createdMs !== undefined) writeTimestamp(writer, 3, metric.createdMs);
    writer.end(value);
  }
  if (metric.summary !== undefined) {
    const summary = writer.begin(4);
    writer.uint(1, metric.summary.count).double(2, metric.summary.sum);
    for (const [quantile, value] of metric.summary.quantiles) {
      const at = writer.begin(3);
      writer.double(1, quantile).double(2, value).end(at);
    }
    writer.end(summary);
  }
  if (metric.histogram !== undefined) writeHistogram(writer, metric.histogram);
  if (metric.timestampMs !== undefined) writer.int(6, metric.timestampMs);
  writer.end(start);
}

function writeHistogram(writer: ProtobufWriter, h: HistogramInput): void {
  const start = writer.begin(7);
  writer.uint(1, h.count ?? 0).double(2, h.sum ?? 0);
  for (const [bound, count, exemplar] of h.buckets ?? []) {
    const bucket = writer.begin(3);
    writer.uint(1, count).double(2, bound);
    if (exemplar !== undefined) writeExemplar(writer, 3, exemplar);
    writer.end(bucket);
  }
  if (h.countFloat !== undefined) writer.double(4, h.countFloat);
  writer.sint(5, h.schema ?? 0).double(6, h.zeroThreshold ?? 0);
  writer.uint(7, h.zeroCount ?? 0);
  writeSpans(writer, 9, h.negativeSpans ?? []);
  for (const delta of h.negativeDeltas ?? []) writer.sint(10, delta);
  writeSpans(writer, 12, h.positiveSpans ?? []);
  const packed = writer.begin(13);
  for (const delta of h.positiveDeltas ?? []) writer.rawSint(delta);
  writer.end(packed);
  for (const count of h.positiveCounts ?? []) writer.double(14, count);
  if (h.createdMs !== undefined) writeTimestamp(writer, 15, h.createdMs);
  for (const exemplar of h.exemplars ?? []) writeExemplar(writer, 16, exemplar);
  writer.end(start);
}

function writeSpans(
  writer: ProtobufWriter,
  field: number,
  spans: readonly (readonly [number, number])[],
): void {
  for (const [offset, length] of spans) {
    const at = writer.begin(field);
    writer.sint(1, offset).uint(2, length).end(at);
  }
}

function writeLabels(writer: ProtobufWriter, labels: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(labels)) {
    const at = writer.begin(1);
    writer.string(1, name).string(2, value).end(at);
  }
}

function writeExemplar(writer: ProtobufWriter, field: number, exemplar: ExemplarInput): void {
  const start = writer.begin(field);
  writeLabels(writer, exemplar.labels);
  writer.double(2, exemplar.value);
  if (exemplar.timestampMs !== undefined) writeTimestamp(writer, 3, exemplar.timestampMs);
  writer.end(start);
}

function writeTimestamp(writer: ProtobufWriter, field: number, timestampMs: number): void {
  const start = writer.begin(field);
  writer.int(1, Math.floor(timestampMs / 1000)).int(2, (timestampMs % 1000) * 1e6);
  writer.end(start);
}
