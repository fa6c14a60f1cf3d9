/** Remote write requests as a receiver gets them, read strictly. */
import { uncompressSync } from 'snappy';
import {
  FIXED64,
  LENGTH_DELIMITED,
  ProtobufReader,
  tagOf,
  VARINT,
} from '../../model/protobuf-wire.ts';
import { isStaleAt } from '../../model/value-bits.ts';

export interface CapturedSeries {
  /** name, value … as sent. */
  readonly labels: readonly string[];
  readonly samples: { timestampMs: number; value: number | 'stale'; startMs: number }[];
  /** Schema, count and time of each. */
  readonly histograms: { timestampMs: number; count: number; sum: number; schema: number }[];
  readonly exemplars: { labels: readonly string[]; value: number; timestampMs: number }[];
  metadata: { type: number; help: string; unit: string } | undefined;
}

export interface CapturedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Empty in 1.0. */
  readonly symbols: readonly string[];
  readonly series: readonly CapturedSeries[];
  /** Families that came as messages of their own (1.0). */
  readonly families: readonly string[];
  /** What is wrong with it; empty for a good request. */
  readonly problems: readonly string[];
}

/** @throws what snappy or the wire format find wrong */
export function readCaptured(headers: Record<string, string>, body: Buffer): CapturedRequest {
  const isV2 = (headers['content-type'] ?? '').includes('io.prometheus.write.v2.Request');
  const reader = new ProtobufReader(uncompressSync(body, { asBuffer: true }) as Buffer);
  const problems: string[] = [];
  const symbols: string[] = [];
  const series: CapturedSeries[] = [];
  const families: string[] = [];
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (isV2 && tag === tagOf(4, LENGTH_DELIMITED)) symbols.push(reader.readString());
    else if (tag === tagOf(isV2 ? 5 : 1, LENGTH_DELIMITED)) {
      series.push(isV2 ? readSeriesV2(reader, symbols, problems) : readSeriesV1(reader));
    } else if (!isV2 && tag === tagOf(3, LENGTH_DELIMITED)) families.push(readFamily(reader));
    else {
      problems.push(`unexpected field ${tag}`);
      reader.skip(tag);
    }
  }
  if (isV2 && symbols[0] !== '') problems.push('symbol 0 is not empty');
  if (new Set(symbols).size !== symbols.length) problems.push('a symbol comes twice');
  for (const one of series) problems.push(...seriesProblems(one));
  return { headers, body, symbols, series, families, problems };
}

function seriesProblems({ labels, samples, histograms, exemplars }: CapturedSeries): string[] {
  const problems: string[] = [];
  const names = labels.filter((_, at) => at % 2 === 0);
  if (labels.length % 2 !== 0) problems.push('odd count of labels');
  if (!names.includes('__name__')) problems.push('no __name__');
  if (names.includes('')) problems.push('an empty label name');
  if (names.some((name, at) => at > 0 && (names[at - 1] as string) >= name)) {
    problems.push(`labels not in order, or twice: ${names.join()}`);
  }
  if (samples.length > 0 && histograms.length > 0) problems.push('samples beside histograms');
  const times = [...samples, ...histograms].map(({ timestampMs }) => timestampMs);
  if (
    times.some((time, at) => !Number.isInteger(time) || (at > 0 && time < (times[at - 1] ?? 0)))
  ) {
    problems.push(`times not in order: ${times.join()}`);
  }
  if (exemplars.some((one) => one.labels.length % 2 !== 0 || !Number.isInteger(one.timestampMs))) {
    problems.push('exemplar without label or time');
  }
  if (samples.some(({ startMs, timestampMs }) => startMs > timestampMs)) {
    problems.push('start after the sample');
  }
  return problems;
}

function newSeries(labels: readonly string[]): CapturedSeries {
  return { labels, samples: [], histograms: [], exemplars: [], metadata: undefined };
}

function readSeriesV1(reader: ProtobufReader): CapturedSeries {
  const labels: string[] = [];
  const series = newSeries(labels);
  inMessage(reader, (tag) => {
    if (tag === tagOf(1, LENGTH_DELIMITED)) readPair(reader, labels);
    else if (tag === tagOf(2, LENGTH_DELIMITED)) series.samples.push(readSample(reader));
    else if (tag === tagOf(3, LENGTH_DELIMITED)) {
      const pairs: string[] = [];
      series.exemplars.push({
        labels: pairs,
        ...readExemplar(reader, 3, (inner) => {
          if (inner !== tagOf(1, LENGTH_DELIMITED)) return false;
          readPair(reader, pairs);
          return true;
        }),
      });
    } else if (tag === tagOf(4, LENGTH_DELIMITED)) series.histograms.push(readHistogram(reader));
    else throw new Error(`unexpected field ${tag} of a series`);
  });
  return series;
}

function readSeriesV2(
  reader: ProtobufReader,
  symbols: readonly string[],
  problems: string[],
): CapturedSeries {
  const labels: string[] = [];
  const series = newSeries(labels);
  const symbol = (ref: number): string => {
    const text = symbols[ref];
    if (text === undefined) problems.push(`reference ${ref} outside of the symbols`);
    return text ?? '';
  };
  const readRefs = (into: string[]): void => {
    const outerEnd = reader.enter();
    while (!reader.atEnd) into.push(symbol(reader.readUint()));
    reader.leave(outerEnd);
  };
  inMessage(reader, (tag) => {
    if (tag === tagOf(1, LENGTH_DELIMITED)) readRefs(labels);
    else if (tag === tagOf(2, LENGTH_DELIMITED)) series.samples.push(readSample(reader));
    else if (tag === tagOf(3, LENGTH_DELIMITED)) series.histograms.push(readHistogram(reader));
    else if (tag === tagOf(4, LENGTH_DELIMITED)) {
      const pairs: string[] = [];
      const exemplar = readExemplar(reader, 3, (inner) => {
        if (inner !== tagOf(1, LENGTH_DELIMITED)) return false;
        readRefs(pairs);
        return true;
      });
      series.exemplars.push({ labels: pairs, ...exemplar });
    } else if (tag === tagOf(5, LENGTH_DELIMITED)) {
      const metadata = { type: 0, help: '', unit: '' };
      inMessage(reader, (inner) => {
        const value = reader.readUint();
        if (inner === tagOf(1, VARINT)) metadata.type = value;
        else if (inner === tagOf(3, VARINT)) metadata.help = symbol(value);
        else if (inner === tagOf(4, VARINT)) metadata.unit = symbol(value);
        else throw new Error(`unexpected field ${inner} of metadata`);
      });
      series.metadata = metadata;
    } else throw new Error(`unexpected field ${tag} of a series`);
  });
  return series;
}

function readSample(reader: ProtobufReader) {
  const bits = new Uint32Array(2);
  const sample = { timestampMs: 0, value: 0 as number | 'stale', startMs: 0 };
  inMessage(reader, (tag) => {
    if (tag === tagOf(1, FIXED64)) reader.readDoubleBits(bits, 0);
    else if (tag === tagOf(2, VARINT)) sample.timestampMs = reader.readInt();
    else if (tag === tagOf(3, VARINT)) sample.startMs = reader.readInt();
    else throw new Error(`unexpected field ${tag} of a sample`);
  });
  sample.value = isStaleAt(bits, 0) ? 'stale' : (new Float64Array(bits.buffer)[0] as number);
  return sample;
}

function readHistogram(reader: ProtobufReader) {
  const histogram = { timestampMs: 0, count: 0, sum: 0, schema: 0 };
  inMessage(reader, (tag) => {
    if (tag === tagOf(1, VARINT)) histogram.count = reader.readUint();
    else if (tag === tagOf(2, FIXED64)) histogram.count = reader.readDouble();
    else if (tag === tagOf(3, FIXED64)) histogram.sum = reader.readDouble();
    else if (tag === tagOf(4, VARINT)) histogram.schema = reader.readSint();
    else if (tag === tagOf(15, VARINT)) histogram.timestampMs = reader.readInt();
    else reader.skip(tag);
  });
  return histogram;
}

function readExemplar(
  reader: ProtobufReader,
  timeField: number,
  readLabels: (tag: number) => boolean,
) {
  const exemplar = { value: 0, timestampMs: 0 };
  inMessage(reader, (tag) => {
    if (readLabels(tag)) return;
    if (tag === tagOf(2, FIXED64)) exemplar.value = reader.readDouble();
    else if (tag === tagOf(timeField, VARINT)) exemplar.timestampMs = reader.readInt();
    else throw new Error(`unexpected field ${tag} of an exemplar`);
  });
  return exemplar;
}

function readPair(reader: ProtobufReader, pairs: string[]): void {
  let name = '';
  let value = '';
  inMessage(reader, (tag) => {
    if (tag === tagOf(1, LENGTH_DELIMITED)) name = reader.readString();
    else value = reader.readString();
  });
  pairs.push(name, value);
}

function readFamily(reader: ProtobufReader): string {
  let name = '';
  inMessage(reader, (tag) => {
    if (tag === tagOf(2, LENGTH_DELIMITED)) name = reader.readString();
    else reader.skip(tag);
  });
  return name;
}

function inMessage(reader: ProtobufReader, onTag: (tag: number) => void): void {
  const outerEnd = reader.enter();
  while (!reader.atEnd) onTag(reader.readTag());
  reader.leave(outerEnd);
}
