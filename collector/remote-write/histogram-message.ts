/** The `Histogram` message, which remote write 1.0 and 2.0 share field by field. */
import type { CounterResetHint, FloatHistogram, Span } from '../../model/histogram.ts';
import { fromIntegerHistogram } from '../../model/integer-histogram.ts';
import {
  FIXED64,
  LENGTH_DELIMITED,
  type ProtobufReader,
  tagOf,
  VARINT,
} from '../../model/protobuf-wire.ts';
import { isStaleAt } from '../../model/value-bits.ts';

/** No valid histogram has more; a message with more is an attack on memory. */
const BUCKETS_MAX = 100_000;

export interface TimedHistogram {
  readonly timestampMs: number;
  readonly histogram: FloatHistogram;
  /** Its counts came as integers, so that they must add up. */
  readonly isInteger: boolean;
}

const RESET_HINTS: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];

/** A histogram with so many buckets that it cannot be meant. */
export class HistogramSizeError extends Error {
  override readonly name = 'HistogramSizeError';
}

/** Reads to the end of the message that the reader has entered. */
export function readHistogram(reader: ProtobufReader): TimedHistogram {
  let isFloat = false;
  let count = 0;
  let zeroCount = 0;
  let schema = 0;
  let zeroThreshold = 0;
  let timestampMs = 0;
  let counterResetHint: CounterResetHint = 'unknown';
  const sum = new Float64Array(1);
  const sumWords = new Uint32Array(sum.buffer);
  const negativeSpans: Span[] = [];
  const positiveSpans: Span[] = [];
  const negativeDeltas: number[] = [];
  const positiveDeltas: number[] = [];
  const negativeCounts: number[] = [];
  const positiveCounts: number[] = [];
  const customValues: number[] = [];
  while (!reader.atEnd) {
    const tag = reader.readTag();
    switch (tag) {
      case tagOf(1, VARINT):
        count = reader.readUint();
        break;
      case tagOf(2, FIXED64):
        count = reader.readDouble();
        isFloat = true;
        break;
      case tagOf(3, FIXED64):
        reader.readDoubleBits(sumWords, 0);
        break;
      case tagOf(4, VARINT):
        schema = reader.readSint();
        break;
      case tagOf(5, FIXED64):
        zeroThreshold = reader.readDouble();
        break;
      case tagOf(6, VARINT):
        zeroCount = reader.readUint();
        break;
      case tagOf(7, FIXED64):
        zeroCount = reader.readDouble();
        break;
      case tagOf(8, LENGTH_DELIMITED):
        negativeSpans.push(readSpan(reader));
        break;
      case tagOf(11, LENGTH_DELIMITED):
        positiveSpans.push(readSpan(reader));
        break;
      case tagOf(9, VARINT):
      case tagOf(9, LENGTH_DELIMITED):
        readSints(reader, tag, negativeDeltas);
        break;
      case tagOf(12, VARINT):
      case tagOf(12, LENGTH_DELIMITED):
        readSints(reader, tag, positiveDeltas);
        break;
      case tagOf(10, FIXED64):
      case tagOf(10, LENGTH_DELIMITED):
        readDoubles(reader, tag, negativeCounts);
        break;
      case tagOf(13, FIXED64):
      case tagOf(13, LENGTH_DELIMITED):
        readDoubles(reader, tag, positiveCounts);
        break;
      case tagOf(14, VARINT):
        counterResetHint = RESET_HINTS[reader.readUint()] ?? 'unknown';
        break;
      case tagOf(15, VARINT):
        timestampMs = reader.readInt();
        break;
      case tagOf(16, FIXED64):
      case tagOf(16, LENGTH_DELIMITED):
        readDoubles(reader, tag, customValues);
        break;
      default:
        reader.skip(tag);
    }
  }
  const shared = {
    counterResetHint,
    schema,
    zeroThreshold,
    zeroCount,
    count,
    sum: sum[0] as number,
    negativeSpans,
    positiveSpans,
    customValues,
    isStale: isStaleAt(sumWords, 0),
  };
  const histogram = isFloat
    ? { ...shared, negativeBuckets: negativeCounts, positiveBuckets: positiveCounts }
    : fromIntegerHistogram({ ...shared, negativeDeltas, positiveDeltas });
  return { timestampMs, histogram, isInteger: !isFloat };
}

function readSpan(reader: ProtobufReader): Span {
  let offset = 0;
  let length = 0;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, VARINT)) offset = reader.readSint();
    else if (tag === tagOf(2, VARINT)) length = reader.readUint();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { offset, length };
}

function readSints(reader: ProtobufReader, tag: number, into: number[]): void {
  readPacked(reader, tag, into, () => reader.readSint());
}

function readDoubles(reader: ProtobufReader, tag: number, into: number[]): void {
  readPacked(reader, tag, into, () => reader.readDouble());
}

/** A repeated scalar comes as one packed run or as single fields. */
function readPacked(reader: ProtobufReader, tag: number, into: number[], read: () => number): void {
  if ((tag & 7) !== LENGTH_DELIMITED) {
    push(into, read());
    return;
  }
  const outerEnd = reader.enter();
  while (!reader.atEnd) push(into, read());
  reader.leave(outerEnd);
}

function push(into: number[], value: number): void {
  if (into.length >= BUCKETS_MAX) {
    throw new HistogramSizeError(`histogram with more than ${BUCKETS_MAX} buckets`);
  }
  into.push(value);
}
