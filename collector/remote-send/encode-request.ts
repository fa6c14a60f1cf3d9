/** Batches as remote write messages, 1.0 and 2.0. */

import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import { ProtobufWriter } from '../../model/protobuf-writer.ts';
import type { MetricMetadata, SeriesRef } from '../../model/sink.ts';
import { METRIC_TYPES } from '../remote-write/shared-messages.ts';
import { writeHistogram } from '../remote-write/write-histogram.ts';
import type { OutgoingBatch } from './sample-queue.ts';

/** Undefined for a series that is not sent. */
export type LabelsOf = (ref: SeriesRef) => Labels | undefined;

/** One series of a message: places in the columns of the batch. */
interface SeriesRows {
  readonly labels: Labels;
  readonly samples: number[];
  readonly histograms: number[];
  readonly exemplars: number[];
}

/** `prometheus.WriteRequest`. */
export function encodeV1(batch: OutgoingBatch, labelsOf: LabelsOf): Uint8Array {
  const writer = new ProtobufWriter(batch.count * 128);
  for (const rows of seriesOf(batch, labelsOf)) {
    const series = writer.begin(1);
    writeLabels(writer, 1, rows.labels);
    for (const at of rows.samples) writeSample(writer, batch, at);
    for (const at of rows.exemplars) {
      const exemplar = batch.exemplars[at];
      if (exemplar === undefined) continue;
      const message = writer.begin(3);
      writeLabels(writer, 1, exemplar.labels);
      writer.double(2, exemplar.value).int(3, exemplar.timestampMs).end(message);
    }
    for (const at of rows.histograms) writeHistogramAt(writer, 4, batch, at);
    writer.end(series);
  }
  return writer.finish();
}

/** A 1.0 message with metadata alone. */
export function encodeMetadataV1(metadata: readonly MetricMetadata[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { metricName, type, help, unit } of metadata) {
    const message = writer.begin(3);
    writer.uint(1, METRIC_TYPES.indexOf(type)).string(2, metricName);
    writer.string(4, help).string(5, unit).end(message);
  }
  return writer.finish();
}

/** `io.prometheus.write.v2.Request`. */
export function encodeV2(
  batch: OutgoingBatch,
  labelsOf: LabelsOf,
  metadataOf: (metricName: string) => MetricMetadata | undefined,
): Uint8Array {
  const symbols = new Map<string, number>([['', 0]]);
  const refOf = (text: string): number => {
    let ref = symbols.get(text);
    if (ref === undefined) {
      ref = symbols.size;
      symbols.set(text, ref);
    }
    return ref;
  };
  const body = new ProtobufWriter(batch.count * 64);
  for (const rows of seriesOf(batch, labelsOf)) {
    const series = body.begin(5);
    writeLabelRefs(body, rows.labels, refOf);
    for (const at of rows.samples) writeSample(body, batch, at);
    for (const at of rows.histograms) writeHistogramAt(body, 3, batch, at);
    for (const at of rows.exemplars) {
      const exemplar = batch.exemplars[at];
      if (exemplar === undefined) continue;
      const message = body.begin(4);
      writeLabelRefs(body, exemplar.labels, refOf);
      body.double(2, exemplar.value).int(3, exemplar.timestampMs).end(message);
    }
    const metadata = metadataOf(rows.labels.get(METRIC_NAME));
    if (metadata !== undefined) {
      const message = body.begin(5);
      body.uint(1, METRIC_TYPES.indexOf(metadata.type));
      body.uint(3, refOf(metadata.help)).uint(4, refOf(metadata.unit)).end(message);
    }
    body.end(series);
  }
  const table = new ProtobufWriter();
  for (const symbol of symbols.keys()) table.string(4, symbol);
  return Buffer.concat([table.finish(), body.finish()]);
}

/** A series once, its samples in the order of the queue. */
function seriesOf(batch: OutgoingBatch, labelsOf: LabelsOf): Iterable<SeriesRows> {
  const byRef = new Map<SeriesRef, SeriesRows>();
  const rowsOf = (ref: SeriesRef): SeriesRows | undefined => {
    const known = byRef.get(ref);
    if (known !== undefined) return known;
    const labels = labelsOf(ref);
    if (labels === undefined) return undefined;
    const rows = { labels, samples: [], histograms: [], exemplars: [] };
    byRef.set(ref, rows);
    return rows;
  };
  for (let at = 0; at < batch.count; at++) rowsOf(batch.refs[at] as number)?.samples.push(at);
  for (const [at, { ref }] of batch.histograms.entries()) rowsOf(ref)?.histograms.push(at);
  for (const [at, { ref }] of batch.exemplars.entries()) rowsOf(ref)?.exemplars.push(at);
  return byRef.values();
}

function writeLabels(writer: ProtobufWriter, field: number, labels: Labels): void {
  for (let at = 0; at < labels.pairs.length; at += 2) {
    const label = writer.begin(field);
    writer.string(1, labels.pairs[at] as string);
    writer.string(2, labels.pairs[at + 1] as string).end(label);
  }
}

function writeLabelRefs(
  writer: ProtobufWriter,
  labels: Labels,
  refOf: (text: string) => number,
): void {
  const packed = writer.begin(1);
  for (const text of labels.pairs) writer.rawUint(refOf(text));
  writer.end(packed);
}

function writeSample(writer: ProtobufWriter, batch: OutgoingBatch, at: number): void {
  const sample = writer.begin(2);
  writer.doubleBits(1, batch.column.words, at);
  writer.int(2, batch.timestampsMs[at] as number).end(sample);
}

function writeHistogramAt(
  writer: ProtobufWriter,
  field: number,
  batch: OutgoingBatch,
  at: number,
): void {
  const sample = batch.histograms[at];
  if (sample === undefined) return;
  writeHistogram(writer, field, sample.timestampMs, sample.histogram);
}
