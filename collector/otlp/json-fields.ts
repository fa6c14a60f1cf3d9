/** Fields of protobuf messages in JSON: 64-bit integers may be texts, NaN and infinities are. */
import { OtlpFormatError } from './otlp-metrics.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const NANOSECONDS_PER_MS = 1_000_000n;
/** How far a time in nanoseconds may be off when it was written as a number. */
const DOUBLE_STEP_NS = 128;
const INTEGER = /^-?\d{1,20}$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEX = /^[0-9a-fA-F]*$/;
const NO_FIELDS: JsonObject = {};

/** @throws OtlpFormatError, as all here */
export function parseJsonObject(body: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
  } catch (error) {
    throw new OtlpFormatError(`not JSON: ${(error as Error).message}`);
  }
  return asObject(value, 'request');
}

export function objectIn(json: JsonObject, name: string): JsonObject {
  const value = json[name];
  return value === undefined || value === null ? NO_FIELDS : asObject(value, name);
}

export function arrayIn(json: JsonObject, name: string): readonly unknown[] {
  const value = json[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new OtlpFormatError(`${name}: not an array`);
  return value;
}

export function objectsIn(json: JsonObject, name: string): readonly JsonObject[] {
  return arrayIn(json, name).map((item) => asObject(item, name));
}

export function textIn(json: JsonObject, name: string): string {
  const value = json[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new OtlpFormatError(`${name}: not a string`);
  return value;
}

export function boolIn(json: JsonObject, name: string): boolean {
  const value = json[name];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new OtlpFormatError(`${name}: not a boolean`);
  return value;
}

/** An integer, as a number or a text; 0 when absent. */
export function numberIn(json: JsonObject, name: string): number {
  const value = json[name];
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value === 'string' && INTEGER.test(value)) return Number(value);
  throw new OtlpFormatError(`${name}: not an integer`);
}

export function floatIn(json: JsonObject, name: string): number {
  return optionalFloatIn(json, name) ?? 0;
}

export function optionalFloatIn(json: JsonObject, name: string): number | undefined {
  const value = json[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (typeof value === 'string' && FLOAT.test(value)) return Number(value);
  throw new OtlpFormatError(`${name}: not a number`);
}

/** Nanoseconds since the epoch, in milliseconds. */
export function timeMsIn(json: JsonObject, name: string): number {
  const value = json[name];
  if (typeof value === 'string' && INTEGER.test(value)) {
    return Number(BigInt(value) / NANOSECONDS_PER_MS);
  }
  const nanoseconds = numberIn(json, name);
  return Math.floor((nanoseconds + DOUBLE_STEP_NS) / Number(NANOSECONDS_PER_MS));
}

/** An id; one of zeros is none. */
export function hexIn(json: JsonObject, name: string): string {
  const text = textIn(json, name);
  if (!HEX.test(text)) throw new OtlpFormatError(`${name}: not hexadecimal`);
  return /^0*$/.test(text) ? '' : text.toLowerCase();
}

function asObject(value: unknown, name: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OtlpFormatError(`${name}: not an object`);
  }
  return value as JsonObject;
}
