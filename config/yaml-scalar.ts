/**
 * What a YAML scalar is. We resolve it ourselves from its text, by the rules of the YAML 1.1
 * library Prometheus uses, so that `yes`, `0x10` and `1_000` mean what they mean there, and
 * a text field takes `1.10` as it is written.
 */
import type { Scalar } from 'yaml';
import { decodeKeepingBytes } from './go-text.ts';

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const INTEGER = /^[-+]?(0x[\da-fA-F]+|0b[01]+|0o?[0-7]+|0|[1-9]\d*)$/;
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const INFINITY = /^([-+]?)\.(inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(nan|NaN|NAN)$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const CORE = 'tag:yaml.org,2002:';

export type ScalarKind = '!!null' | '!!bool' | '!!int' | '!!float' | '!!str' | '!!binary';

/** A `!!binary` value that is no base64. */
export class BinaryError extends Error {
  override readonly name = 'BinaryError';
}

export function scalarKind(scalar: Scalar): ScalarKind {
  const tag = scalar.tag?.startsWith(CORE) === true ? `!!${scalar.tag.slice(CORE.length)}` : '';
  if (tag === '!!binary' || tag === '!!str') return tag;
  if (tag === '' && scalar.type !== 'PLAIN') return '!!str';
  const text = scalar.source ?? '';
  if (NULL.has(text)) return '!!null';
  if (TRUE.has(text) || FALSE.has(text)) return '!!bool';
  if (integerOf(text) !== undefined) return '!!int';
  return floatOf(text) === undefined ? '!!str' : '!!float';
}

/**
 * The text of a scalar, whatever its kind; of a null, ''. Bytes that are no UTF-8 become lone surrogates.
 * @throws BinaryError
 */
export function scalarText(scalar: Scalar): string {
  const text = scalar.source ?? '';
  const kind = scalarKind(scalar);
  if (kind === '!!null') return '';
  if (kind !== '!!binary') return text;
  const packed = text.replaceAll(/[\r\n]/g, '');
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) {
    throw new BinaryError('!!binary value contains invalid base64 data');
  }
  return decodeKeepingBytes(Buffer.from(packed, 'base64'));
}

/** Undefined when the scalar is no boolean (a quoted `true` is none). */
export function scalarBoolean(scalar: Scalar): boolean | undefined {
  if (scalarKind(scalar) !== '!!bool') return undefined;
  return TRUE.has(scalar.source ?? '');
}

/** Undefined when the scalar is no whole number (`1e3` is one, `1.5` is not). */
export function scalarInteger(scalar: Scalar): bigint | undefined {
  const kind = scalarKind(scalar);
  if (kind === '!!int') return integerOf(scalar.source ?? '');
  if (kind !== '!!float') return undefined;
  const value = floatOf(scalar.source ?? '');
  return value !== undefined && Number.isInteger(value) ? BigInt(value) : undefined;
}

export function scalarFloat(scalar: Scalar): number | undefined {
  const kind = scalarKind(scalar);
  if (kind === '!!int') return Number(integerOf(scalar.source ?? ''));
  return kind === '!!float' ? floatOf(scalar.source ?? '') : undefined;
}

function integerOf(source: string): bigint | undefined {
  if (!/^[-+]?\d/.test(source)) return undefined;
  const text = source.replaceAll('_', '');
  if (!INTEGER.test(text)) return undefined;
  const digits = text.replace(/^[-+]/, '');
  const octal = /^0o?([0-7]+)$/.exec(digits);
  const value = BigInt(octal === null ? digits : `0o${octal[1]}`);
  return text.startsWith('-') ? -value : value;
}

function floatOf(source: string): number | undefined {
  if (!/^[-+.\d]/.test(source)) return undefined;
  const infinity = INFINITY.exec(source);
  if (infinity !== null) return infinity[1] === '-' ? -Infinity : Infinity;
  if (NOT_A_NUMBER.test(source)) return Number.NaN;
  const text = source.replaceAll('_', '');
  return FLOAT.test(text) ? Number(text) : undefined;
}
