/** `io.prometheus.client.Histogram` off the wire, and its buckets and spans. */
import type { Span } from '../../model/histogram.ts';
import { type ProtobufReader, tagOf } from '../../model/protobuf-wire.ts';
import { readExemplar, readTimestampMs } from './exemplar-message.ts';
import type { ParsedExemplar } from './exposition-parser.ts';

interface BucketMessage {
  readonly cumulativeCount: number;
  readonly upperBound: number;
  readonly exemplar: ParsedExemplar | undefined;
}

export interface HistogramMessage {
  count: number;
  /** Counts as floats where it is above zero. */
  countFloat: number;
  sum: number;
  readonly buckets: BucketMessage[];
  startTimestampMs: number;
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  zeroCountFloat: number;
  readonly negativeSpans: Span[];
  readonly negativeDeltas: number[];
  readonly negativeCounts: number[];
  readonly positiveSpans: Span[];
  readonly positiveDeltas: number[];
  readonly positiveCounts: number[];
  readonly exemplars: ParsedExemplar[];
}

/** Reads up to the end of `reader`. @throws ProtobufError, LabelTextError */
export function readHistogram(reader: ProtobufReader): HistogramMessage {
  const h: HistogramMessage = {
    count: 0,
    countFloat: 0,
    sum: 0,
    buckets: [],
    startTimestampMs: 0,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    zeroCountFloat: 0,
    negativeSpans: [],
    negativeDeltas: [],
    negativeCounts: [],
    positiveSpans: [],
    positiveDeltas: [],
    positiveCounts: [],
    exemplars: [],
  };
  while (!reader.atEnd) readField(reader, reader.readTag(), h);
  return h;
}

function readField(reader: ProtobufReader, tag: number, h: HistogramMessage): void {
  switch (tag) {
    case tagOf(1, 0):
      h.count = reader.readUint();
      break;
    case tagOf(2, 1):
      h.sum = reader.readDouble();
      break;
    case tagOf(3, 2):
      h.buckets.push(readBucket(reader));
      break;
    case tagOf(4, 1):
      h.countFloat = reader.readDouble();
      break;
    case tagOf(5, 0):
      h.schema = reader.readSint();
      break;
    case tagOf(6, 1):
      h.zeroThreshold = reader.readDouble();
      break;
    case tagOf(7, 0):
      h.zeroCount = reader.readUint();
      break;
    case tagOf(8, 1):
      h.zeroCountFloat = reader.readDouble();
      break;
    case tagOf(9, 2):
      h.negativeSpans.push(readSpan(reader));
      break;
    case tagOf(12, 2):
      h.positiveSpans.push(readSpan(reader));
      break;
    case tagOf(15, 2):
      h.startTimestampMs = readTimestampMs(reader);
      break;
    case tagOf(16, 2):
      h.exemplars.push(readExemplar(reader));
      break;
    default:
      readNumbers(reader, tag, h);
  }
}

/** Repeated numbers come packed or one by one. */
function readNumbers(reader: ProtobufReader, tag: number, h: HistogramMessage): void {
  switch (tag) {
    case tagOf(10, 2):
      return readPacked(reader, h.negativeDeltas, () => reader.readSint());
    case tagOf(10, 0):
      h.negativeDeltas.push(reader.readSint());
      return;
    case tagOf(11, 2):
      return readPacked(reader, h.negativeCounts, () => reader.readDouble());
    case tagOf(11, 1):
      h.negativeCounts.push(reader.readDouble());
      return;
    case tagOf(13, 2):
      return readPacked(reader, h.positiveDeltas, () => reader.readSint());
    case tagOf(13, 0):
      h.positiveDeltas.push(reader.readSint());
      return;
    case tagOf(14, 2):
      return readPacked(reader, h.positiveCounts, () => reader.readDouble());
    case tagOf(14, 1):
      h.positiveCounts.push(reader.readDouble());
      return;
    default:
      reader.skip(tag);
  }
}

function readPacked(reader: ProtobufReader, numbers: number[], read: () => number): void {
  const end = reader.enter();
  while (!reader.atEnd) numbers.push(read());
  reader.leave(end);
}

function readBucket(reader: ProtobufReader): BucketMessage {
  const end = reader.enter();
  let count = 0;
  let countFloat = 0;
  let upperBound = 0;
  let exemplar: ParsedExemplar | undefined;
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, 0)) count = reader.readUint();
    else if (tag === tagOf(2, 1)) upperBound = reader.readDouble();
    else if (tag === tagOf(3, 2)) exemplar = readExemplar(reader);
    else if (tag === tagOf(4, 1)) countFloat = reader.readDouble();
    else reader.skip(tag);
  }
  reader.leave(end);
  return { cumulativeCount: countFloat === 0 ? count : countFloat, upperBound, exemplar };
}

function readSpan(reader: ProtobufReader): Span {
  const end = reader.enter();
  let offset = 0;
  let length = 0;
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, 0)) offset = reader.readSint();
    else if (tag === tagOf(2, 0)) length = reader.readUint();
    else reader.skip(tag);
  }
  reader.leave(end);
  return { offset, length };
}
