/** Frames of a streamed remote read: length (varint), CRC-32C (big endian), message. */
import { ChunkError } from './bit-reader.ts';
import { crc32c } from './crc32c.ts';

const CRC_BYTES = 4;
const LENGTH_BYTES_MAX = 5;

export function frame(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const length: number[] = [];
  for (let rest = message.length; ; rest = Math.floor(rest / 128)) {
    if (rest < 0x80) {
      length.push(rest);
      break;
    }
    length.push((rest % 128) | 0x80);
  }
  const bytes = new Uint8Array(length.length + CRC_BYTES + message.length);
  bytes.set(length);
  new DataView(bytes.buffer).setUint32(length.length, crc32c(message));
  bytes.set(message, length.length + CRC_BYTES);
  return bytes;
}

/** @throws ChunkError for a frame that is cut or corrupt */
export function* framesOf(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    let length = 0;
    for (let index = 0; ; index++) {
      const byte = bytes[at++];
      if (byte === undefined || index === LENGTH_BYTES_MAX) {
        throw new ChunkError('frame without a length');
      }
      length += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) break;
    }
    if (at + CRC_BYTES + length > bytes.length) throw new ChunkError('frame is cut short');
    const message = bytes.subarray(at + CRC_BYTES, at + CRC_BYTES + length);
    if (view.getUint32(at) !== crc32c(message)) throw new ChunkError('frame checksum mismatch');
    yield message;
    at += CRC_BYTES + length;
  }
}
