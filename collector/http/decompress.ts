/** Content encodings we ask for: gzip and zstd. */
import { promisify } from 'node:util';
import { gunzip, gunzipSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { BodySizeError, HttpRequestError } from './http-error.ts';

/** Below, handing the work to a thread costs more than the work (some 1 ms at most). */
const SYNC_BYTES_MAX = 32 * 1024;

const gunzipAsync = promisify(gunzip);
const zstdAsync = promisify(zstdDecompress);

/**
 * @param encoding value of Content-Encoding; other than `gzip` and `zstd` the body is left as it
 *   is, and whoever parses it will say that it makes no sense
 * @param bytesMax the most that may come out
 * @param bytesHint what will probably come out, 0 when nothing is known
 * @throws BodySizeError, HttpRequestError
 */
export async function decompress(
  body: Uint8Array,
  encoding: string,
  bytesMax: number,
  bytesHint: number,
): Promise<Uint8Array> {
  const isZstd = encoding === 'zstd';
  if (encoding !== 'gzip' && !isZstd) {
    if (body.length > bytesMax) throw new BodySizeError();
    return body;
  }
  const options = { maxOutputLength: bytesMax, chunkSize: chunkBytes(body.length, bytesHint) };
  try {
    if (body.length <= SYNC_BYTES_MAX) {
      return isZstd ? zstdDecompressSync(body, options) : gunzipSync(body, options);
    }
    return await (isZstd ? zstdAsync(body, options) : gunzipAsync(body, options));
  } catch (cause) {
    throw describe(cause, encoding);
  }
}

/** Pages compress to about a tenth. One piece that fits saves putting many together. */
const USUAL_RATIO = 10;
const CHUNK_BYTES_MIN = 4 * 1024;
const CHUNK_BYTES_MAX = 16 * 1024 * 1024;

function chunkBytes(compressedBytes: number, bytesHint: number): number {
  const expected = Math.max(bytesHint, compressedBytes * USUAL_RATIO);
  return Math.min(Math.max(Math.ceil(expected * 1.125), CHUNK_BYTES_MIN), CHUNK_BYTES_MAX);
}

function describe(cause: unknown, encoding: string): HttpRequestError {
  const code = cause instanceof Error ? (cause as { code?: unknown }).code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') return new BodySizeError();
  if (code === 'Z_BUF_ERROR') return new HttpRequestError('unexpected EOF', { cause });
  const text = cause instanceof Error ? cause.message : String(cause);
  return new HttpRequestError(GO_TEXT[text] ?? `${encoding}: ${text}`, { cause });
}

/** Go's words for zlib's. */
const GO_TEXT: Readonly<Record<string, string>> = {
  'incorrect header check': 'gzip: invalid header',
  'unknown compression method': 'gzip: invalid header',
  'incorrect data check': 'gzip: invalid checksum',
  'incorrect length check': 'gzip: invalid checksum',
  'unexpected end of file': 'unexpected EOF',
};
