/**
 * `prometheus.WriteRequest` (remote write 1.0) into a batch. A series that came before is known
 * again by the bytes of its labels, so that a steady sender costs no strings.
 */

import {
  InvalidHistogramError,
  validateHistogram,
  validateObservationCount,
} from '../../model/histogram-validation.ts';
import { Labels } from '../../model/labels.ts';
import {
  FIXED64,
  LENGTH_DELIMITED,
  type ProtobufReader,
  tagOf,
  VARINT,
} from '../../model/protobuf-wire.ts';
import { NO_SERIES, type SeriesRef } from '../../model/sink.ts';
import { readHistogram, type TimedHistogram } from './histogram-message.ts';
import { RecentMap } from './recent-map.ts';
import { METRIC_TYPES, readLabel, readSample } from './shared-messages.ts';
import type { WriteBatch } from './write-batch.ts';
import { checkedLabels } from './write-labels.ts';

/** Label sets remembered by their bytes. */
const KNOWN_SERIES_MAX = 500_000;

interface ReadExemplar {
  readonly labels: Labels;
  readonly value: number;
  readonly timestampMs: number;
}

/** Remembers the series of the requests before. One for a sink. */
export class WriteRequestV1Decoder {
  readonly #known = new RecentMap<string, SeriesRef>(KNOWN_SERIES_MAX);

  /** @throws ProtobufError; what is wrong with single series becomes a problem of the batch */
  decode(reader: ProtobufReader, batch: WriteBatch, nowMs: number): void {
    this.#known.tick(nowMs);
    while (!reader.atEnd) {
      const tag = reader.readTag();
      if (tag === tagOf(1, LENGTH_DELIMITED)) this.#readSeries(reader, batch);
      else if (tag === tagOf(3, LENGTH_DELIMITED)) readMetadata(reader, batch);
      else reader.skip(tag);
    }
  }

  #readSeries(reader: ProtobufReader, batch: WriteBatch): void {
    const outerEnd = reader.enter();
    const firstRow = batch.count;
    const labelsStart = reader.offset;
    let labelsEnd = labelsStart;
    const lateLabels: string[] = [];
    const exemplars: ReadExemplar[] = [];
    const histograms: TimedHistogram[] = [];
    while (!reader.atEnd) {
      const isLeading = reader.offset === labelsEnd;
      const tag = reader.readTag();
      switch (tag) {
        case tagOf(1, LENGTH_DELIMITED):
          if (isLeading) {
            reader.skip(tag);
            labelsEnd = reader.offset;
          } else readLabel(reader, lateLabels);
          break;
        case tagOf(2, LENGTH_DELIMITED):
          readSample(reader, batch);
          break;
        case tagOf(3, LENGTH_DELIMITED):
          exemplars.push(readExemplar(reader));
          break;
        case tagOf(4, LENGTH_DELIMITED): {
          const end = reader.enter();
          histograms.push(readHistogram(reader));
          reader.leave(end);
          break;
        }
        default:
          reader.skip(tag);
      }
    }
    reader.leave(outerEnd);
    const describe = (): string =>
      Labels.fromPairs([...labelPairs(reader, labelsStart, labelsEnd), ...lateLabels]).toString();
    const ref = this.#resolve(reader, labelsStart, labelsEnd, lateLabels, batch);
    if (ref === NO_SERIES) batch.invalidLabelSamples += batch.count - firstRow + histograms.length;
    batch.assign(firstRow, ref, describe);
    if (ref === NO_SERIES) return;
    addHistograms(batch, ref, histograms, describe);
    for (const exemplar of exemplars) batch.exemplars.push({ ref, ...exemplar });
  }

  #resolve(
    reader: ProtobufReader,
    labelsStart: number,
    labelsEnd: number,
    lateLabels: readonly string[],
    batch: WriteBatch,
  ): SeriesRef {
    const isWhole = lateLabels.length === 0;
    const key = isWhole ? reader.latin1(labelsStart, labelsEnd) : '';
    const known = isWhole ? this.#known.get(key) : undefined;
    if (known !== undefined) return known;
    const labels = checkedLabels([...labelPairs(reader, labelsStart, labelsEnd), ...lateLabels]);
    if (typeof labels === 'string') {
      batch.problem(labels);
      return NO_SERIES;
    }
    const ref = batch.resolve(labels);
    if (ref !== NO_SERIES && isWhole) this.#known.set(key, ref);
    return ref;
  }
}

/** Valid ones go into the batch, the others become problems. */
export function addHistograms(
  batch: WriteBatch,
  ref: SeriesRef,
  histograms: readonly TimedHistogram[],
  describe: () => string,
): void {
  for (const { timestampMs, histogram, isInteger } of histograms) {
    if (batch.isTooNew(timestampMs)) {
      batch.problem(`out of bounds: timestamp is too far in the future for series ${describe()}`);
      continue;
    }
    try {
      if (!histogram.isStale) validateHistogram(histogram);
      if (!histogram.isStale && isInteger) validateObservationCount(histogram);
    } catch (error) {
      if (!(error instanceof InvalidHistogramError)) throw error;
      batch.problem(`${error.message} for series ${describe()}`);
      continue;
    }
    batch.histograms.push({ ref, timestampMs, histogram });
  }
}

/** The labels that stand in a row at the start of a series. */
function labelPairs(reader: ProtobufReader, start: number, end: number): string[] {
  const pairs: string[] = [];
  const labels = reader.within(start, end);
  while (!labels.atEnd) {
    labels.readTag();
    readLabel(labels, pairs);
  }
  return pairs;
}

function readExemplar(reader: ProtobufReader): ReadExemplar {
  const pairs: string[] = [];
  let value = 0;
  let timestampMs = 0;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) readLabel(reader, pairs);
    else if (tag === tagOf(2, FIXED64)) value = reader.readDouble();
    else if (tag === tagOf(3, VARINT)) timestampMs = reader.readInt();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { labels: Labels.fromPairs(pairs), value, timestampMs };
}

function readMetadata(reader: ProtobufReader, batch: WriteBatch): void {
  let type = 0;
  let metricName = '';
  let help = '';
  let unit = '';
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, VARINT)) type = reader.readUint();
    else if (tag === tagOf(2, LENGTH_DELIMITED)) metricName = reader.readString();
    else if (tag === tagOf(4, LENGTH_DELIMITED)) help = reader.readString();
    else if (tag === tagOf(5, LENGTH_DELIMITED)) unit = reader.readString();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  if (metricName === '') return;
  batch.metadata.push({ metricName, type: METRIC_TYPES[type] ?? 'unknown', help, unit });
}
