/** OTLP's `AnyValue` as the text of a label, as OpenTelemetry's `AsString` has it. */

/** Deeper nesting than this is refused: it could only be meant to exhaust the stack. */
export const VALUE_DEPTH_MAX = 64;

export type AnyValue =
  | string
  | boolean
  | bigint
  | number
  | null
  | Uint8Array
  | readonly AnyValue[]
  | ReadonlyMap<string, AnyValue>;

/** Strings as they are, bytes in base64, lists and maps as JSON. */
export function anyValueText(value: AnyValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'object') return toJson(value);
  return String(value);
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** Keys in order; numbers that JSON has not are `null`. */
function toJson(value: AnyValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? numberText(value) : 'null';
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (value instanceof Map) {
    const keys = [...(value as ReadonlyMap<string, AnyValue>).keys()].sort();
    const fields = keys.map(
      (key) => `${JSON.stringify(key)}:${toJson(value.get(key) as AnyValue)}`,
    );
    return `{${fields.join(',')}}`;
  }
  return String(value as boolean | bigint);
}
