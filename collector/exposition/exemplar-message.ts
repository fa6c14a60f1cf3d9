/** Label pairs, exemplars and timestamps of the protobuf format off the wire. */
import { type ProtobufReader, tagOf } from '../../model/protobuf-wire.ts';
import type { ParsedExemplar } from './exposition-parser.ts';
import { labelsOf } from './label-text.ts';

/** Appends name and value. */
export function readLabelPair(reader: ProtobufReader, pairs: string[]): void {
  const end = reader.enter();
  let name = '';
  let value = '';
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, 2)) name = reader.readString();
    else if (tag === tagOf(2, 2)) value = reader.readString();
    else reader.skip(tag);
  }
  reader.leave(end);
  pairs.push(name, value);
}

/** Reads the nested message. */
export function readExemplar(reader: ProtobufReader): ParsedExemplar {
  const end = reader.enter();
  const pairs: string[] = [];
  let value = 0;
  let timestampMs: number | undefined;
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, 2)) readLabelPair(reader, pairs);
    else if (tag === tagOf(2, 1)) value = reader.readDouble();
    else if (tag === tagOf(3, 2)) timestampMs = readTimestampMs(reader);
    else reader.skip(tag);
  }
  reader.leave(end);
  return { labels: labelsOf(pairs), value, timestampMs };
}

/** Reads the nested `google.protobuf.Timestamp`. */
export function readTimestampMs(reader: ProtobufReader): number {
  const end = reader.enter();
  let seconds = 0;
  let nanoseconds = 0;
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, 0)) seconds = reader.readInt();
    else if (tag === tagOf(2, 0)) nanoseconds = reader.readInt();
    else reader.skip(tag);
  }
  reader.leave(end);
  return seconds * 1000 + Math.trunc(nanoseconds / 1e6);
}
