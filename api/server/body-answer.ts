/** Bodies on their way out: compressed for clients that ask for it, each size the quickest way. */
import { pipeline, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { constants, createGzip, gzipSync } from 'node:zlib';
import type { Context } from 'hono';

/** Smaller bodies fit a packet anyway. */
const WORTH_BYTES = 1400;
/** Up to here, about a millisecond's work, compressing at once is quicker than another thread. */
const AT_ONCE_BYTES_MAX = 256 * 1024;
/** Of a body that comes in parts: large enough that handing them on costs little. */
const PART_BYTES = 256 * 1024;
const ZIPPED_PART_BYTES = 64 * 1024;
/** A UTF-16 unit takes at most three bytes. */
const BYTES_PER_CHAR_MAX = 3;

/** The fastest level: on JSON it gives most of the gain at a fraction of the time. */
export const GZIP_LEVEL = constants.Z_BEST_SPEED;

export function takesGzip(c: Context): boolean {
  return /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
}

export function isWorthGzip(bytes: number): boolean {
  return bytes >= WORTH_BYTES;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const GZIP_HEADERS = { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' };

/** An answer of JSON whose text is at hand. */
export function jsonAnswer(c: Context, text: string): Response {
  return bytesAnswer(c, Buffer.from(text));
}

/** An answer of JSON that is made on the way: other requests are served between its parts. */
export function jsonPiecesAnswer(c: Context, pieces: Iterator<string>): Response {
  const first = pieces.next();
  const second = pieces.next();
  if (second.done === true) return jsonAnswer(c, first.done === true ? '' : first.value);
  const parts = partsOf(allOf([first.value, second.value], pieces));
  const part = parts.next();
  const another = parts.next();
  if (another.done === true) return bytesAnswer(c, part.value ?? Buffer.alloc(0));
  const paced = oneByOne(allOf([part.value, another.value], parts));
  return streamAnswer(c, Readable.from(paced, { objectMode: false, highWaterMark: PART_BYTES }));
}

function bytesAnswer(c: Context, bytes: Buffer): Response {
  if (!isWorthGzip(bytes.length) || !takesGzip(c)) return wholeAnswer(c, bytes, JSON_TYPE);
  if (bytes.length > AT_ONCE_BYTES_MAX) return streamAnswer(c, Readable.from([bytes]));
  const zipped = gzipSync(bytes, { level: GZIP_LEVEL });
  return wholeAnswer(c, zipped, { ...JSON_TYPE, ...GZIP_HEADERS });
}

/** The length says that it has been considered whether to compress. */
function wholeAnswer(c: Context, bytes: Buffer, headers: Record<string, string>): Response {
  const length = String(bytes.length);
  return c.body(bytes as Uint8Array<ArrayBuffer>, 200, { ...headers, 'Content-Length': length });
}

function streamAnswer(c: Context, source: Readable): Response {
  if (!takesGzip(c)) return c.body(Readable.toWeb(source) as ReadableStream, 200, JSON_TYPE);
  const zip = createGzip({ level: GZIP_LEVEL, chunkSize: ZIPPED_PART_BYTES });
  // A client that has gone away ends both; there is nobody left to tell.
  pipeline(source, zip, () => undefined);
  return c.body(Readable.toWeb(zip) as ReadableStream, 200, { ...JSON_TYPE, ...GZIP_HEADERS });
}

function* allOf<Item>(first: Iterable<Item>, rest: Iterator<Item>): Generator<Item> {
  yield* first;
  for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value;
}

/** Encodes pieces of text into parts of about `PART_BYTES`. */
function* partsOf(pieces: Iterable<string>): Generator<Buffer> {
  let part = Buffer.allocUnsafe(PART_BYTES);
  let length = 0;
  for (const text of pieces) {
    const room = text.length * BYTES_PER_CHAR_MAX;
    if (length + room > part.length) {
      if (length > 0) yield part.subarray(0, length);
      part = Buffer.allocUnsafe(Math.max(PART_BYTES, room));
      length = 0;
    }
    length += part.write(text, length);
  }
  yield part.subarray(0, length);
}

/** Lets other work of the process run between the parts. */
async function* oneByOne(parts: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const part of parts) {
    yield part;
    await setImmediate();
  }
}
