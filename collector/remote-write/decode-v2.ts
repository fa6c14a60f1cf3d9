/** `io.prometheus.write.v2.Request` (remote write 2.0) into a batch. */

import { Labels, METRIC_NAME } from '../../model/labels.ts';
import {
  FIXED64,
  LENGTH_DELIMITED,
  ProtobufError,
  type ProtobufReader,
  tagOf,
  VARINT,
} from '../../model/protobuf-wire.ts';
import { NO_SERIES } from '../../model/sink.ts';
import { addHistograms } from './decode-v1.ts';
import { readHistogram, type TimedHistogram } from './histogram-message.ts';
import { METRIC_TYPES, readSample } from './shared-messages.ts';
import type { WriteBatch } from './write-batch.ts';
import { checkedLabels } from './write-labels.ts';

/** More distinct strings than a request of 10,000 series can need. */
const SYMBOLS_MAX = 1_000_000;

interface Metadata {
  type: number;
  helpRef: number;
  unitRef: number;
}

interface RefExemplar {
  readonly labelRefs: readonly number[];
  readonly value: number;
  readonly timestampMs: number;
}

/** @throws ProtobufError; what is wrong with single series becomes a problem of the batch */
export function decodeWriteRequestV2(reader: ProtobufReader, batch: WriteBatch): void {
  const symbols: string[] = [];
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(4, LENGTH_DELIMITED)) {
      if (symbols.length >= SYMBOLS_MAX) {
        throw new ProtobufError(`more than ${SYMBOLS_MAX} symbols`, reader.offset);
      }
      symbols.push(reader.readString());
    } else if (tag === tagOf(5, LENGTH_DELIMITED)) readSeries(reader, symbols, batch);
    else reader.skip(tag);
  }
}

function readSeries(reader: ProtobufReader, symbols: readonly string[], batch: WriteBatch): void {
  const firstRow = batch.count;
  const labelRefs: number[] = [];
  const histograms: TimedHistogram[] = [];
  const exemplars: RefExemplar[] = [];
  const metadata: Metadata = { type: 0, helpRef: 0, unitRef: 0 };
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    switch (tag) {
      case tagOf(1, VARINT):
      case tagOf(1, LENGTH_DELIMITED):
        readRefs(reader, tag, labelRefs);
        break;
      case tagOf(2, LENGTH_DELIMITED):
        readSample(reader, batch);
        break;
      case tagOf(3, LENGTH_DELIMITED): {
        const end = reader.enter();
        histograms.push(readHistogram(reader));
        reader.leave(end);
        break;
      }
      case tagOf(4, LENGTH_DELIMITED):
        exemplars.push(readExemplar(reader));
        break;
      case tagOf(5, LENGTH_DELIMITED):
        readMetadata(reader, metadata);
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  const sampleCount = batch.count - firstRow + histograms.length;
  const labels = labelsOf(labelRefs, symbols, 'series');
  const describe = (): string => labels.toString();
  if (typeof labels === 'string') {
    batch.problem(labels);
    batch.invalidLabelSamples += sampleCount;
    batch.assign(firstRow, NO_SERIES, describe);
    return;
  }
  const hasMetadata = addMetadata(batch, labels, metadata, symbols);
  if (sampleCount === 0 && exemplars.length === 0) {
    // Metadata may come alone; a series with nothing at all is a mistake of its sender.
    if (!hasMetadata) {
      batch.problem(
        `TimeSeries must contain at least one sample or histogram for series ${describe()}`,
      );
    }
    return;
  }
  const ref = batch.resolve(labels);
  batch.assign(firstRow, ref, describe);
  if (ref === NO_SERIES) return;
  addHistograms(batch, ref, histograms, describe);
  for (const { labelRefs: refs, value, timestampMs } of exemplars) {
    const exemplarLabels = pairsOf(refs, symbols);
    if (typeof exemplarLabels === 'string') {
      batch.problem(`parsing exemplar for series ${describe()}: ${exemplarLabels}`);
    } else {
      batch.exemplars.push({ ref, labels: Labels.fromPairs(exemplarLabels), value, timestampMs });
    }
  }
}

function labelsOf(
  refs: readonly number[],
  symbols: readonly string[],
  what: string,
): Labels | string {
  const pairs = pairsOf(refs, symbols);
  if (typeof pairs === 'string') return `parsing labels for ${what} [${refs.join(' ')}]: ${pairs}`;
  return checkedLabels(pairs);
}

function pairsOf(refs: readonly number[], symbols: readonly string[]): string[] | string {
  if (refs.length % 2 !== 0) return `invalid labelRefs length ${refs.length}`;
  const pairs: string[] = [];
  for (const ref of refs) {
    const symbol = symbols[ref];
    if (symbol === undefined) {
      return `labelRefs ${ref} is outside of symbols table (size ${symbols.length})`;
    }
    pairs.push(symbol);
  }
  return pairs;
}

/** Says whether there was any. */
function addMetadata(
  batch: WriteBatch,
  labels: Labels,
  metadata: Metadata,
  symbols: readonly string[],
): boolean {
  const help = symbols[metadata.helpRef] ?? '';
  const unit = symbols[metadata.unitRef] ?? '';
  const type = METRIC_TYPES[metadata.type] ?? 'unknown';
  if (type === 'unknown' && help === '' && unit === '') return false;
  batch.metadata.push({ metricName: labels.get(METRIC_NAME), type, help, unit });
  return true;
}

function readRefs(reader: ProtobufReader, tag: number, into: number[]): void {
  if ((tag & 7) === VARINT) {
    into.push(reader.readUint());
    return;
  }
  const outerEnd = reader.enter();
  while (!reader.atEnd) into.push(reader.readUint());
  reader.leave(outerEnd);
}

function readExemplar(reader: ProtobufReader): RefExemplar {
  const labelRefs: number[] = [];
  let value = 0;
  let timestampMs = 0;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, VARINT) || tag === tagOf(1, LENGTH_DELIMITED)) {
      readRefs(reader, tag, labelRefs);
    } else if (tag === tagOf(2, FIXED64)) value = reader.readDouble();
    else if (tag === tagOf(3, VARINT)) timestampMs = reader.readInt();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { labelRefs, value, timestampMs };
}

function readMetadata(reader: ProtobufReader, into: Metadata): void {
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, VARINT)) into.type = reader.readUint();
    else if (tag === tagOf(3, VARINT)) into.helpRef = reader.readUint();
    else if (tag === tagOf(4, VARINT)) into.unitRef = reader.readUint();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}
