/** OTLP's JSON as its protobuf, by a table of fields; for tests of the decoders. */
import { ProtobufWriter } from '../../model/protobuf-writer.ts';

type Scalar = 'text' | 'bool' | 'uint' | 'sint' | 'int' | 'fixed64' | 'double' | 'hex' | 'base64';
type Field = readonly [number, Scalar | Message];
interface Message {
  readonly [name: string]: Field;
}

const ANY: Record<string, Field> = {
  stringValue: [1, 'text'],
  boolValue: [2, 'bool'],
  intValue: [3, 'int'],
  doubleValue: [4, 'double'],
  bytesValue: [7, 'base64'],
};
const KEY_VALUE: Message = { key: [1, 'text'], value: [2, ANY] };
ANY['arrayValue'] = [5, { values: [1, ANY] }];
ANY['kvlistValue'] = [6, { values: [1, KEY_VALUE] }];

const EXEMPLAR: Message = {
  filteredAttributes: [7, KEY_VALUE],
  timeUnixNano: [2, 'fixed64'],
  asDouble: [3, 'double'],
  asInt: [6, 'fixed64'],
  spanId: [4, 'hex'],
  traceId: [5, 'hex'],
};
const TIMES: Message = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] };
const NUMBER: Message = {
  ...TIMES,
  attributes: [7, KEY_VALUE],
  asDouble: [4, 'double'],
  asInt: [6, 'fixed64'],
  exemplars: [5, EXEMPLAR],
  flags: [8, 'uint'],
};
const HISTOGRAM: Message = {
  ...TIMES,
  attributes: [9, KEY_VALUE],
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  bucketCounts: [6, 'fixed64'],
  explicitBounds: [7, 'double'],
  exemplars: [8, EXEMPLAR],
  flags: [10, 'uint'],
};
const BUCKETS: Message = { offset: [1, 'sint'], bucketCounts: [2, 'uint'] };
const EXPONENTIAL: Message = {
  ...TIMES,
  attributes: [1, KEY_VALUE],
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  scale: [6, 'sint'],
  zeroCount: [7, 'fixed64'],
  positive: [8, BUCKETS],
  negative: [9, BUCKETS],
  flags: [10, 'uint'],
  exemplars: [11, EXEMPLAR],
  zeroThreshold: [14, 'double'],
};
const SUMMARY: Message = {
  ...TIMES,
  attributes: [7, KEY_VALUE],
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  quantileValues: [6, { quantile: [1, 'double'], value: [2, 'double'] }],
  flags: [8, 'uint'],
};
const data = (point: Message): Message => ({
  dataPoints: [1, point],
  aggregationTemporality: [2, 'uint'],
  isMonotonic: [3, 'bool'],
});
const METRIC: Message = {
  name: [1, 'text'],
  description: [2, 'text'],
  unit: [3, 'text'],
  gauge: [5, data(NUMBER)],
  sum: [7, data(NUMBER)],
  histogram: [9, data(HISTOGRAM)],
  exponentialHistogram: [10, data(EXPONENTIAL)],
  summary: [11, data(SUMMARY)],
};
const SCOPE: Message = { name: [1, 'text'], version: [2, 'text'], attributes: [3, KEY_VALUE] };
const REQUEST: Message = {
  resourceMetrics: [
    1,
    {
      resource: [1, { attributes: [1, KEY_VALUE] }],
      scopeMetrics: [2, { scope: [1, SCOPE], metrics: [2, METRIC], schemaUrl: [3, 'text'] }],
    },
  ],
};

export function otlpProtobuf(json: object): Uint8Array {
  const writer = new ProtobufWriter();
  write(writer, json, REQUEST);
  return writer.finish();
}

function write(writer: ProtobufWriter, json: object, message: Message): void {
  for (const [name, value] of Object.entries(json)) {
    const field = message[name];
    if (field === undefined) throw new Error(`no field ${name}`);
    for (const item of Array.isArray(value) ? value : [value]) writeField(writer, field, item);
  }
}

function writeField(writer: ProtobufWriter, [field, type]: Field, value: unknown): void {
  if (typeof type === 'object') {
    const start = writer.begin(field);
    write(writer, value as object, type);
    writer.end(start);
    return;
  }
  switch (type) {
    case 'text':
      writer.string(field, value as string);
      break;
    case 'bool':
      writer.bool(field, value as boolean);
      break;
    case 'uint':
      writer.uint(field, Number(value));
      break;
    case 'int':
      writer.int(field, Number(value));
      break;
    case 'sint':
      writer.sint(field, Number(value));
      break;
    case 'double':
      writer.double(field, Number(value));
      break;
    case 'fixed64': {
      const column = new BigInt64Array([BigInt(value as string)]);
      writer.doubleBits(field, new Uint32Array(column.buffer), 0);
      break;
    }
    case 'hex':
      writer.bytes(field, Buffer.from(value as string, 'hex'));
      break;
    case 'base64':
      writer.bytes(field, Buffer.from(value as string, 'base64'));
      break;
  }
}
