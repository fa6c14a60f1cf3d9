/** `KeyValue` and `AnyValue` in JSON. */
import { type AnyValue, anyValueText, VALUE_DEPTH_MAX } from './any-value.ts';
import { boolIn, floatIn, type JsonObject, objectIn, objectsIn, textIn } from './json-fields.ts';
import { OtlpFormatError } from './otlp-metrics.ts';

const INTEGER = /^-?\d{1,20}$/;

/** @throws OtlpFormatError */
export function attributesIn(json: JsonObject, name: string): string[] {
  const pairs: string[] = [];
  for (const one of objectsIn(json, name)) {
    pairs.push(textIn(one, 'key'), anyValueText(anyValueOf(objectIn(one, 'value'), 0)));
  }
  return pairs;
}

function anyValueOf(json: JsonObject, depth: number): AnyValue {
  if (depth > VALUE_DEPTH_MAX) {
    throw new OtlpFormatError(`attribute value nested deeper than ${VALUE_DEPTH_MAX}`);
  }
  if (json['stringValue'] !== undefined) return textIn(json, 'stringValue');
  if (json['boolValue'] !== undefined) return boolIn(json, 'boolValue');
  if (json['intValue'] !== undefined) return integerOf(json['intValue']);
  if (json['doubleValue'] !== undefined) return floatIn(json, 'doubleValue');
  if (json['bytesValue'] !== undefined) return Buffer.from(textIn(json, 'bytesValue'), 'base64');
  if (json['arrayValue'] !== undefined) {
    const values = objectsIn(objectIn(json, 'arrayValue'), 'values');
    return values.map((value) => anyValueOf(value, depth + 1));
  }
  if (json['kvlistValue'] !== undefined) {
    const values = new Map<string, AnyValue>();
    for (const one of objectsIn(objectIn(json, 'kvlistValue'), 'values')) {
      values.set(textIn(one, 'key'), anyValueOf(objectIn(one, 'value'), depth + 1));
    }
    return values;
  }
  return null;
}

function integerOf(value: unknown): AnyValue {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && INTEGER.test(value)) return BigInt(value);
  throw new OtlpFormatError('intValue: not an integer');
}
