/** `io.prometheus.client.Metric` off the wire; what is absent has protobuf's default. */
import { type ProtobufReader, tagOf } from '../../model/protobuf-wire.ts';
import { readExemplar, readLabelPair, readTimestampMs } from './exemplar-message.ts';
import type { ParsedExemplar } from './exposition-parser.ts';
import { type HistogramMessage, readHistogram } from './histogram-message.ts';

interface SummaryMessage {
  readonly count: number;
  readonly sum: number;
  /** quantile, value, quantile, value … */
  readonly quantiles: readonly number[];
}

export interface MetricMessage {
  /** name, value … in the order of the message */
  readonly labels: readonly string[];
  /** Of a counter, gauge or untyped. */
  readonly value: number;
  readonly exemplar: ParsedExemplar | undefined;
  readonly summary: SummaryMessage | undefined;
  readonly histogram: HistogramMessage | undefined;
  /** 0: none. */
  readonly startTimestampMs: number;
  readonly timestampMs: number | undefined;
}

const LABEL = tagOf(1, 2);
const GAUGE = tagOf(2, 2);
const COUNTER = tagOf(3, 2);
const SUMMARY = tagOf(4, 2);
const UNTYPED = tagOf(5, 2);
const TIMESTAMP_MS = tagOf(6, 0);
const HISTOGRAM = tagOf(7, 2);

type Draft = { -readonly [K in keyof MetricMessage]: MetricMessage[K] };

/**
 * Reads the message up to the end of `reader`.
 * @throws ProtobufError
 */
export function readMetric(reader: ProtobufReader): MetricMessage {
  const labels: string[] = [];
  const draft: Draft = {
    labels,
    value: 0,
    exemplar: undefined,
    summary: undefined,
    histogram: undefined,
    startTimestampMs: 0,
    timestampMs: undefined,
  };
  while (!reader.atEnd) {
    const tag = reader.readTag();
    switch (tag) {
      case LABEL:
        readLabelPair(reader, labels);
        break;
      case GAUGE:
      case UNTYPED:
      case COUNTER:
        readSimple(reader, draft);
        break;
      case SUMMARY:
        readSummary(reader, draft);
        break;
      case HISTOGRAM: {
        const end = reader.enter();
        draft.histogram = readHistogram(reader);
        draft.startTimestampMs = draft.histogram.startTimestampMs;
        reader.leave(end);
        break;
      }
      case TIMESTAMP_MS: {
        // Nothing on the wire tells 0 from absent.
        const timestampMs = reader.readInt();
        draft.timestampMs = timestampMs === 0 ? undefined : timestampMs;
        break;
      }
      default:
        reader.skip(tag);
    }
  }
  return draft;
}

/** Counter, gauge and untyped have their value in the same field. */
function readSimple(reader: ProtobufReader, draft: Draft): void {
  const end = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, 1)) draft.value = reader.readDouble();
    else if (tag === tagOf(2, 2)) draft.exemplar = readExemplar(reader);
    else if (tag === tagOf(3, 2)) draft.startTimestampMs = readTimestampMs(reader);
    else reader.skip(tag);
  }
  reader.leave(end);
}

function readSummary(reader: ProtobufReader, draft: Draft): void {
  const end = reader.enter();
  let count = 0;
  let sum = 0;
  const quantiles: number[] = [];
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, 0)) count = reader.readUint();
    else if (tag === tagOf(2, 1)) sum = reader.readDouble();
    else if (tag === tagOf(3, 2)) readQuantile(reader, quantiles);
    else if (tag === tagOf(4, 2)) draft.startTimestampMs = readTimestampMs(reader);
    else reader.skip(tag);
  }
  reader.leave(end);
  draft.summary = { count, sum, quantiles };
}

function readQuantile(reader: ProtobufReader, quantiles: number[]): void {
  const end = reader.enter();
  let quantile = 0;
  let value = 0;
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, 1)) quantile = reader.readDouble();
    else if (tag === tagOf(2, 1)) value = reader.readDouble();
    else reader.skip(tag);
  }
  reader.leave(end);
  quantiles.push(quantile, value);
}
