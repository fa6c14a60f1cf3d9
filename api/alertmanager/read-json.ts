/** JSON bodies with the complaints of Go's decoder. */
import type { Context } from 'hono';
import { BodyError, requiredError } from './body-error.ts';

/** Of one request; a sender of more splits it. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** A field whose JSON is of another type; where it stands and what it should be, in Go's words. */
class TypeMismatch extends Error {
  override readonly name = 'TypeMismatch';
}

/**
 * @param what names the body in errors
 * @param read throws what the functions below throw
 * @throws BodyError
 */
export async function readJsonBody<T>(
  c: Context,
  what: string,
  read: (body: unknown) => T,
): Promise<T> {
  if (Number(c.req.header('content-length') ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  const bytes = await c.req.arrayBuffer();
  if (bytes.byteLength > BODY_BYTES_MAX) throw tooLarge();
  // Without a body there is no type of one.
  if (bytes.byteLength === 0) throw requiredError(what);
  checkContentType(c.req.header('content-type'));
  const text = new TextDecoder().decode(bytes);
  const fail = (why: string): never => {
    throw new BodyError(400, 400, `parsing ${what} body from "" failed, because ${why}`);
  };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return fail(syntaxProblem(text, error));
  }
  try {
    return read(body);
  } catch (error) {
    if (error instanceof TypeMismatch) return fail(error.message);
    throw error;
  }
}

function tooLarge(): BodyError {
  return new BodyError(413, 413, `the request body is larger than ${BODY_BYTES_MAX} bytes`);
}

function checkContentType(header: string | undefined): void {
  const type = (header ?? 'application/octet-stream').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json') return;
  const text = `unsupported media type "${type}", only [application/json] are allowed`;
  throw new BodyError(415, 415, text);
}

function syntaxProblem(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const position = /at position (\d+)/.exec(message)?.[1];
  const at = position === undefined ? text.length : Number(position);
  if (text.trim() === '') return 'EOF';
  if (at >= text.trimEnd().length) return 'unexpected EOF';
  return `invalid character '${text[at] ?? ''}' looking for beginning of value`;
}

type Fields = Readonly<Record<string, unknown>>;

/** `null` is as absent. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** @param field its Go path and type: `struct field Alert.labels of type models.LabelSet` */
export function mismatch(value: unknown, field: string): TypeMismatch {
  return new TypeMismatch(`json: cannot unmarshal ${jsonType(value)} into Go ${field}`);
}

export function asList(value: unknown, field: string): readonly unknown[] {
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw mismatch(value, field);
  return value;
}

export function asFields(value: unknown, field: string): Fields {
  if (isAbsent(value)) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, field);
  return value as Fields;
}

export function asText(value: unknown, field: string): string | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'string') throw mismatch(value, field);
  return value;
}

export function asBoolean(value: unknown, field: string): boolean | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'boolean') throw mismatch(value, field);
  return value;
}

export function asTexts(value: unknown, path: string, goType: string): Record<string, string> {
  const entries = Object.entries(asFields(value, `struct field ${path} of type ${goType}`));
  const texts = entries.map(([name, item]) => {
    // Go leaves the zero value where null stands.
    return [name, asText(item, `struct field ${path}.${name} of type string`) ?? ''] as const;
  });
  return Object.fromEntries(texts);
}

/** @returns Unix milliseconds; undefined when absent. An empty text is 1970, as in the original */
export function asTime(value: unknown): number | undefined {
  const text = asText(value, 'value of type string');
  if (text === undefined) return undefined;
  if (text === '') return 0;
  const timeMs = parseTimeMs(text);
  if (timeMs !== undefined) return timeMs;
  const why = `cannot parse ${JSON.stringify(text)} as "2006"`;
  throw new TypeMismatch(`parsing time ${JSON.stringify(text)} as "2006-01-02": ${why}`);
}

const TIME =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d:?\d\d)?)?$/;

/** RFC 3339, and the shorter forms that the original takes; without a zone it is UTC. */
function parseTimeMs(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, day = '', minute = '00:00', second = '00', fraction = '', zone = 'Z'] = match;
  const offset = zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2').toUpperCase();
  const seconds = Date.parse(`${day}T${minute}:${second}${offset}`);
  if (Number.isNaN(seconds)) return undefined;
  return seconds + Number(fraction.padEnd(3, '0').slice(0, 3));
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}
