/** `KeyValue` and `AnyValue` in protobuf. */
import {
  FIXED64,
  LENGTH_DELIMITED,
  type ProtobufReader,
  tagOf,
  VARINT,
} from '../../model/protobuf-wire.ts';
import { type AnyValue, anyValueText, VALUE_DEPTH_MAX } from './any-value.ts';
import { OtlpFormatError } from './otlp-metrics.ts';

/** Reads a `KeyValue` and adds its name and text. */
export function readAttribute(reader: ProtobufReader, into: string[]): void {
  const [key, value] = readKeyValue(reader, 0);
  into.push(key, anyValueText(value));
}

function readKeyValue(reader: ProtobufReader, depth: number): [string, AnyValue] {
  let key = '';
  let value: AnyValue = null;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) key = reader.readString();
    else if (tag === tagOf(2, LENGTH_DELIMITED)) value = readAnyValue(reader, depth);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return [key, value];
}

function readAnyValue(reader: ProtobufReader, depth: number): AnyValue {
  if (depth > VALUE_DEPTH_MAX) {
    throw new OtlpFormatError(`attribute value nested deeper than ${VALUE_DEPTH_MAX}`);
  }
  let value: AnyValue = null;
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    switch (tag) {
      case tagOf(1, LENGTH_DELIMITED):
        value = reader.readString();
        break;
      case tagOf(2, VARINT):
        value = reader.readBool();
        break;
      case tagOf(3, VARINT):
        value = BigInt.asIntN(64, reader.readUint64());
        break;
      case tagOf(4, FIXED64):
        value = reader.readDouble();
        break;
      case tagOf(5, LENGTH_DELIMITED):
        value = readList(reader, depth);
        break;
      case tagOf(6, LENGTH_DELIMITED):
        value = readMap(reader, depth);
        break;
      case tagOf(7, LENGTH_DELIMITED):
        value = reader.readBytes();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return value;
}

function readList(reader: ProtobufReader, depth: number): AnyValue {
  const values: AnyValue[] = [];
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) values.push(readAnyValue(reader, depth + 1));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return values;
}

function readMap(reader: ProtobufReader, depth: number): AnyValue {
  const values = new Map<string, AnyValue>();
  const outerEnd = reader.enter();
  while (!reader.atEnd) {
    const tag = reader.readTag();
    if (tag === tagOf(1, LENGTH_DELIMITED)) {
      const [key, value] = readKeyValue(reader, depth + 1);
      values.set(key, value);
    } else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return values;
}
