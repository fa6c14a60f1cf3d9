/** `prometheus.ReadResponse` and the frames of `ChunkedReadResponse` into series. */

import type { FloatHistogram } from '../../model/histogram.ts';
import { Labels } from '../../model/labels.ts';
import {
  FIXED64,
  LENGTH_DELIMITED,
  ProtobufReader,
  tagOf,
  VARINT,
} from '../../model/protobuf-wire.ts';
import { floatColumn } from '../../model/value-bits.ts';
import { readHistogram } from '../remote-write/histogram-message.ts';
import { readLabel } from '../remote-write/shared-messages.ts';
import { framesOf } from './chunk-frames.ts';
import { decodeXorChunk } from './xor-chunk.ts';

const XOR_ENCODING = 1;
const SAMPLES_MIN = 128;

export interface ReadSeries {
  readonly labels: Labels;
  /** Ascending; of samples and values alike. */
  readonly timestampsMs: Float64Array;
  /** May hold stale markers (value-bits.ts). */
  readonly values: Float64Array;
  readonly histograms: readonly TimedHistogram[];
}

export interface TimedHistogram {
  readonly timestampMs: number;
  readonly histogram: FloatHistogram;
}

/** A chunk of native histograms, which we read as samples only. */
export class HistogramChunkError extends Error {
  override readonly name = 'HistogramChunkError';
}

/** All queries' series in the order of the answer. @throws ProtobufError, HistogramSizeError */
export function* decodeSamples(message: Uint8Array): Generator<ReadSeries> {
  const reader = new ProtobufReader(message);
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag !== tagOf(1, LENGTH_DELIMITED)) {
      reader.skip(tag);
      continue;
    }
    const resultEnd = reader.enter();
    while (!reader.atEnd) {
      const inner = reader.readTag();
      if (inner === tagOf(1, LENGTH_DELIMITED)) yield readSeries(reader);
      else reader.skip(inner);
    }
    reader.leave(resultEnd);
  }
}

/**
 * A series may come in several pieces, one after another.
 * @throws ChunkError, ProtobufError, HistogramChunkError
 */
export function* decodeFrames(body: Uint8Array): Generator<ReadSeries> {
  for (const message of framesOf(body)) {
    const reader = new ProtobufReader(message);
    while (!reader.atEnd) {
      const tag = reader.readTag();
      if (tag === tagOf(1, LENGTH_DELIMITED)) yield readChunkedSeries(reader);
      else reader.skip(tag);
    }
  }
}

function readSeries(reader: ProtobufReader): ReadSeries {
  const pairs: string[] = [];
  const histograms: TimedHistogram[] = [];
  let timestampsMs = new Float64Array(SAMPLES_MIN);
  let column = floatColumn(SAMPLES_MIN);
  let count = 0;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) readLabel(reader, pairs);
    else if (tag === tagOf(2, LENGTH_DELIMITED)) {
      if (count === timestampsMs.length) {
        const longer = new Float64Array(count * 2);
        longer.set(timestampsMs);
        timestampsMs = longer;
        const wider = floatColumn(count * 2);
        wider.words.set(column.words);
        column = wider;
      }
      timestampsMs[count] = readSample(reader, column.words, count);
      count++;
    } else if (tag === tagOf(4, LENGTH_DELIMITED)) {
      const end = reader.enter();
      histograms.push(readHistogram(reader));
      reader.leave(end);
    } else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return {
    labels: Labels.fromPairs(pairs),
    timestampsMs: timestampsMs.subarray(0, count),
    values: column.values.subarray(0, count),
    histograms,
  };
}

/** Writes the value's bits, returns the time. */
function readSample(reader: ProtobufReader, words: Uint32Array, index: number): number {
  let timestampMs = 0;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, FIXED64)) reader.readDoubleBits(words, index);
    else if (tag === tagOf(2, VARINT)) timestampMs = reader.readInt();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return timestampMs;
}

function readChunkedSeries(reader: ProtobufReader): ReadSeries {
  const pairs: string[] = [];
  const chunks: ReturnType<typeof decodeXorChunk>[] = [];
  let count = 0;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) readLabel(reader, pairs);
    else if (tag === tagOf(2, LENGTH_DELIMITED)) {
      const chunk = decodeXorChunk(readChunkData(reader));
      chunks.push(chunk);
      count += chunk.values.length;
    } else reader.skip(tag);
  }
  reader.leave(outerEnd);
  const timestampsMs = new Float64Array(count);
  const values = new Float64Array(count);
  let at = 0;
  for (const chunk of chunks) {
    timestampsMs.set(chunk.timestampsMs, at);
    values.set(chunk.values, at);
    at += chunk.values.length;
  }
  return { labels: Labels.fromPairs(pairs), timestampsMs, values, histograms: [] };
}

function readChunkData(reader: ProtobufReader): Uint8Array {
  let encoding = 0;
  let data = new Uint8Array(0);
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(3, VARINT)) encoding = reader.readUint();
    else if (tag === tagOf(4, LENGTH_DELIMITED)) data = reader.readBytes() as typeof data;
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  if (encoding !== XOR_ENCODING) {
    throw new HistogramChunkError(`chunk encoding ${encoding} is not read`);
  }
  return data;
}
