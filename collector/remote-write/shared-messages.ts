/** Messages and enumerations that remote write 1.0 and 2.0 and remote read have in common. */
import {
  FIXED64,
  LENGTH_DELIMITED,
  type ProtobufReader,
  tagOf,
  VARINT,
} from '../../model/protobuf-wire.ts';
import type { MetricType } from '../../model/sink.ts';
import type { WriteBatch } from './write-batch.ts';

/** By the number of `MetricMetadata.MetricType`. */
export const METRIC_TYPES: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** A `Sample` as a new row of the batch; its start timestamp, if any, is passed over. */
export function readSample(reader: ProtobufReader, batch: WriteBatch): void {
  const outerEnd = reader.enter();
  const row = batch.addRow();
  batch.timestampsMs[row] = 0;
  batch.column.values[row] = 0;
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, FIXED64)) reader.readDoubleBits(batch.column.words, row);
    else if (tag === tagOf(2, VARINT)) batch.timestampsMs[row] = reader.readInt();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}

/** A `Label` at the end of `pairs`. */
export function readLabel(reader: ProtobufReader, pairs: string[]): void {
  let name = '';
  let value = '';
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) name = reader.readString();
    else if (tag === tagOf(2, LENGTH_DELIMITED)) value = reader.readString();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  pairs.push(name, value);
}
