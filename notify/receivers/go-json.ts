/** JSON as Go's encoder writes it: keys of maps in order, characters of HTML escaped. */
import { compareUtf8, Labels } from '../../model/labels.ts';

/** Objects that stand for a Go struct keep their order; give those for a map as `Labels` or `Map`. */
export type GoJsonValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Labels
  | ReadonlyMap<string, GoJsonValue>
  | readonly GoJsonValue[]
  | { readonly [name: string]: GoJsonValue };

/** Fields that are undefined are left out. Like Go's `Encoder`, ends with a line feed. */
export function goJson(value: GoJsonValue): string {
  return `${encode(value)}\n`;
}

function encode(value: GoJsonValue): string {
  if (typeof value === 'string') return text(value);
  if (value === undefined || value === null || typeof value !== 'object') {
    return JSON.stringify(value ?? null);
  }
  if (isList(value)) return `[${value.map(encode).join(',')}]`;
  if (value instanceof Labels) return object([...value.entries()]);
  if (value instanceof Map) {
    return object([...value].sort(([a], [b]) => compareUtf8(a, b)));
  }
  return object(Object.entries(value));
}

function isList(value: object): value is readonly GoJsonValue[] {
  return Array.isArray(value);
}

function object(entries: readonly (readonly [string, GoJsonValue])[]): string {
  const fields = entries
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${text(name)}:${encode(value)}`);
  return `{${fields.join(',')}}`;
}

function text(value: string): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Go's `time.RFC3339Nano`, in UTC and to the millisecond: no zeros at the end of the fraction. */
export function goTimeText(timeMs: number | undefined): string {
  if (timeMs === undefined) return '0001-01-01T00:00:00Z';
  return new Date(timeMs).toISOString().replace(/\.?0*Z$/, 'Z');
}
