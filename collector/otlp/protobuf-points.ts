/** The data points of OTLP metrics in protobuf. */
import {
  FIXED64,
  LENGTH_DELIMITED,
  type ProtobufReader,
  tagOf,
  VARINT,
} from '../../model/protobuf-wire.ts';
import {
  type DenseBuckets,
  type ExponentialPoint,
  type HistogramPoint,
  type NumberPoint,
  OTLP_BUCKETS_MAX,
  type OtlpExemplar,
  OtlpFormatError,
  type SummaryPoint,
} from './otlp-metrics.ts';
import { readAttribute } from './protobuf-attributes.ts';

const NANOSECONDS_PER_MS = 1_000_000n;
const NO_RECORDED_VALUE = 1;

/** What all points have, and the field numbers they have it under. */
class Head {
  readonly attributes: string[] = [];
  readonly exemplars: OtlpExemplar[] = [];
  timestampMs = 0;
  startMs = 0;
  hasNoValue = false;
  readonly #attributesTag: number;
  readonly #exemplarsTag: number;
  readonly #flagsTag: number;

  constructor(attributesField: number, exemplarsField: number, flagsField: number) {
    this.#attributesTag = tagOf(attributesField, LENGTH_DELIMITED);
    this.#exemplarsTag = tagOf(exemplarsField, LENGTH_DELIMITED);
    this.#flagsTag = tagOf(flagsField, VARINT);
  }

  /** The fields that only this kind of point has are read before this is asked. */
  read(reader: ProtobufReader, tag: number): void {
    if (tag === this.#attributesTag) readAttribute(reader, this.attributes);
    else if (tag === tagOf(2, FIXED64)) this.startMs = readTimeMs(reader);
    else if (tag === tagOf(3, FIXED64)) this.timestampMs = readTimeMs(reader);
    else if (tag === this.#exemplarsTag) this.exemplars.push(readExemplar(reader));
    else if (tag === this.#flagsTag) {
      this.hasNoValue = reader.readUint() % 2 === NO_RECORDED_VALUE;
    } else reader.skip(tag);
  }

  get fields() {
    const { attributes, exemplars, timestampMs, startMs, hasNoValue } = this;
    return { attributes, exemplars, timestampMs, startMs, hasNoValue };
  }
}

export function readNumberPoint(reader: ProtobufReader): NumberPoint {
  const head = new Head(7, 5, 8);
  let value = 0;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(4, FIXED64)) value = reader.readDouble();
    else if (tag === tagOf(6, FIXED64)) value = readSigned64(reader);
    else head.read(reader, tag);
  }
  reader.leave(outerEnd);
  return { ...head.fields, value };
}

export function readHistogramPoint(reader: ProtobufReader): HistogramPoint {
  const head = new Head(9, 8, 10);
  let count = 0;
  let sum: number | undefined;
  const bucketCounts: number[] = [];
  const bounds: number[] = [];
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(4, FIXED64)) count = Number(reader.readFixed64());
    else if (tag === tagOf(5, FIXED64)) sum = reader.readDouble();
    else if (Math.floor(tag / 8) === 6) {
      readRepeated(reader, tag, bucketCounts, FIXED64, () => Number(reader.readFixed64()));
    } else if (Math.floor(tag / 8) === 7) {
      readRepeated(reader, tag, bounds, FIXED64, () => reader.readDouble());
    } else head.read(reader, tag);
  }
  reader.leave(outerEnd);
  return { ...head.fields, count, sum, bucketCounts, bounds };
}

export function readExponentialPoint(reader: ProtobufReader): ExponentialPoint {
  const head = new Head(1, 11, 10);
  let count = 0;
  let sum: number | undefined;
  let scale = 0;
  let zeroCount = 0;
  let zeroThreshold = 0;
  let positive: DenseBuckets = { offset: 0, counts: [] };
  let negative: DenseBuckets = { offset: 0, counts: [] };
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(4, FIXED64)) count = Number(reader.readFixed64());
    else if (tag === tagOf(5, FIXED64)) sum = reader.readDouble();
    else if (tag === tagOf(6, VARINT)) scale = reader.readSint();
    else if (tag === tagOf(7, FIXED64)) zeroCount = Number(reader.readFixed64());
    else if (tag === tagOf(8, LENGTH_DELIMITED)) positive = readBuckets(reader);
    else if (tag === tagOf(9, LENGTH_DELIMITED)) negative = readBuckets(reader);
    else if (tag === tagOf(14, FIXED64)) zeroThreshold = reader.readDouble();
    else head.read(reader, tag);
  }
  reader.leave(outerEnd);
  return { ...head.fields, count, sum, scale, zeroCount, zeroThreshold, positive, negative };
}

export function readSummaryPoint(reader: ProtobufReader): SummaryPoint {
  // Summaries have no exemplars; field 0 does not exist.
  const head = new Head(7, 0, 8);
  let count = 0;
  let sum = 0;
  const quantiles: { quantile: number; value: number }[] = [];
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(4, FIXED64)) count = Number(reader.readFixed64());
    else if (tag === tagOf(5, FIXED64)) sum = reader.readDouble();
    else if (tag === tagOf(6, LENGTH_DELIMITED)) quantiles.push(readQuantile(reader));
    else head.read(reader, tag);
  }
  reader.leave(outerEnd);
  return { ...head.fields, count, sum, quantiles };
}

function readQuantile(reader: ProtobufReader) {
  let quantile = 0;
  let value = 0;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, FIXED64)) quantile = reader.readDouble();
    else if (tag === tagOf(2, FIXED64)) value = reader.readDouble();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { quantile, value };
}

function readBuckets(reader: ProtobufReader): DenseBuckets {
  let offset = 0;
  const counts: number[] = [];
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, VARINT)) offset = reader.readSint();
    else if (Math.floor(tag / 8) === 2) {
      readRepeated(reader, tag, counts, VARINT, () => reader.readUint());
    } else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { offset, counts };
}

function readExemplar(reader: ProtobufReader): OtlpExemplar {
  const attributes: string[] = [];
  let timestampMs = 0;
  let value = 0;
  let traceId = '';
  let spanId = '';
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(7, LENGTH_DELIMITED)) readAttribute(reader, attributes);
    else if (tag === tagOf(2, FIXED64)) timestampMs = readTimeMs(reader);
    else if (tag === tagOf(3, FIXED64)) value = reader.readDouble();
    else if (tag === tagOf(6, FIXED64)) value = readSigned64(reader);
    else if (tag === tagOf(4, LENGTH_DELIMITED)) spanId = readId(reader);
    else if (tag === tagOf(5, LENGTH_DELIMITED)) traceId = readId(reader);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { attributes, timestampMs, value, traceId, spanId };
}

function readTimeMs(reader: ProtobufReader): number {
  return Number(reader.readFixed64() / NANOSECONDS_PER_MS);
}

function readSigned64(reader: ProtobufReader): number {
  return Number(BigInt.asIntN(64, reader.readFixed64()));
}

/** An id of zeros is none. */
function readId(reader: ProtobufReader): string {
  const text = Buffer.from(reader.readBytes()).toString('hex');
  return /^0*$/.test(text) ? '' : text;
}

/** A repeated number comes as one packed run or as single fields. */
function readRepeated(
  reader: ProtobufReader,
  tag: number,
  into: number[],
  wireType: number,
  read: () => number,
): void {
  if (tag % 8 === wireType) into.push(read());
  else if (tag % 8 === LENGTH_DELIMITED) {
    const outerEnd = reader.enter();
    while (!reader.atEnd) {
      into.push(read());
      if (into.length > OTLP_BUCKETS_MAX) break;
    }
    reader.leave(outerEnd);
  } else reader.skip(tag);
  if (into.length > OTLP_BUCKETS_MAX) {
    throw new OtlpFormatError(`histogram with more than ${OTLP_BUCKETS_MAX} buckets`);
  }
}
