/** `prometheus.ReadResponse` and `ChunkedReadResponse` from columns. */
import type { Labels } from '../../model/labels.ts';
import { ProtobufWriter } from '../../model/protobuf-writer.ts';
import type { SeriesColumns } from '../../model/source.ts';
import { wordsOf } from '../../model/value-bits.ts';
import { writeHistogram } from '../remote-write/write-histogram.ts';
import { frame } from './chunk-frames.ts';
import { XorChunkEncoder } from './xor-chunk.ts';

/** As many as Prometheus puts into one, so that readers meet what they know. */
const CHUNK_SAMPLES_MAX = 120;

/** Prometheus' `--storage.remote.read-max-bytes-in-frame`. */
const FRAME_BYTES_MAX = 1024 * 1024;

const XOR_ENCODING = 1;

/** @param results one for each query of the request */
export function encodeSamples(
  results: readonly SeriesColumns[],
  externalLabels: Labels,
): Uint8Array {
  const writer = new ProtobufWriter();
  for (const columns of results) {
    const result = writer.begin(1);
    const words = wordsOf(columns.values);
    columns.labels.forEach((labels, series) => {
      const message = writer.begin(1);
      writeLabels(writer, withExternal(labels, externalLabels));
      const end = columns.offsets[series + 1] as number;
      for (let at = columns.offsets[series] as number; at < end; at++) {
        const timestampMs = columns.timestampsMs[at] as number;
        const histogram = columns.histograms?.[at];
        if (histogram === undefined) {
          const sample = writer.begin(2);
          writer.doubleBits(1, words, at).int(2, timestampMs).end(sample);
        } else writeHistogram(writer, 4, timestampMs, histogram);
      }
      writer.end(message);
    });
    writer.end(result);
  }
  return writer.finish();
}

/** Frames with at most one series each. Float samples only. */
export function* encodeChunks(
  queryIndex: number,
  columns: SeriesColumns,
  externalLabels: Labels,
): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new XorChunkEncoder();
  const words = wordsOf(columns.values);
  const writer = new ProtobufWriter();
  for (const [series, labels] of columns.labels.entries()) {
    const end = columns.offsets[series + 1] as number;
    let at = columns.offsets[series] as number;
    while (at < end) {
      writer.reset();
      const message = writer.begin(1);
      writeLabels(writer, withExternal(labels, externalLabels));
      while (at < end && writer.length < FRAME_BYTES_MAX) {
        const chunkEnd = Math.min(at + CHUNK_SAMPLES_MAX, end);
        const chunk = writer.begin(2);
        writer
          .int(1, columns.timestampsMs[at] as number)
          .int(2, columns.timestampsMs[chunkEnd - 1] as number)
          .uint(3, XOR_ENCODING)
          .bytes(4, encoder.encode(columns.timestampsMs, words, at, chunkEnd))
          .end(chunk);
        at = chunkEnd;
      }
      writer.end(message).int(2, queryIndex);
      yield frame(writer.finish());
    }
  }
}

function writeLabels(writer: ProtobufWriter, labels: Labels): void {
  for (const [name, value] of labels.entries()) {
    const label = writer.begin(1);
    writer.string(1, name).string(2, value).end(label);
  }
}

function withExternal(labels: Labels, externalLabels: Labels): Labels {
  let all = labels;
  for (const [name, value] of externalLabels.entries()) {
    if (!all.has(name)) all = all.with(name, value);
  }
  return all;
}
