/** Snappy's block format, as remote write and remote read send it. */
import { uncompress } from 'snappy';

/** A body that is no snappy block, or one of more than is allowed. */
export class SnappyError extends Error {
  override readonly name = 'SnappyError';
}

/**
 * @param bytesMax the most that may come out
 * @throws SnappyError
 */
export async function uncompressSnappy(body: Uint8Array, bytesMax: number): Promise<Uint8Array> {
  const length = announcedLength(body);
  if (length === undefined) throw new SnappyError('snappy: corrupt input');
  if (length > bytesMax) throw new SnappyError(`snappy: larger than ${bytesMax} bytes`);
  try {
    const packed = Buffer.from(body.buffer, body.byteOffset, body.length);
    return (await uncompress(packed, { asBuffer: true })) as Buffer;
  } catch (error) {
    throw new SnappyError(`snappy: ${error instanceof Error ? error.message : 'corrupt input'}`);
  }
}

/** A block begins with the length of what it holds, as a varint. */
function announcedLength(body: Uint8Array): number | undefined {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = body[index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  return undefined;
}
