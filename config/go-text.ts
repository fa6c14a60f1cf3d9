/** Texts as Go sees them, where the words of an error depend on it. */
import { quoteGo } from '../model/labels.ts';

/** A byte that is no UTF-8 is kept as a lone surrogate, U+DC00 above the byte, so that none is lost. */
const BYTE_ESCAPE = 0xdc00;
const ESCAPED_BYTE = /([\udc80-\udcff])/;

/** Bytes as text; bytes that are not UTF-8 become lone surrogates. */
export function decodeKeepingBytes(bytes: Uint8Array): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return strict.decode(bytes);
  } catch {
    return decodePiecewise(bytes);
  }
}

function decodePiecewise(bytes: Uint8Array): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let out = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] ?? 0);
    try {
      out += strict.decode(bytes.subarray(at, at + length));
      at += length;
    } catch {
      out += String.fromCharCode(BYTE_ESCAPE + (bytes[at] ?? 0));
      at++;
    }
  }
  return out;
}

function sequenceLength(firstByte: number): number {
  if (firstByte < 0x80) return 1;
  if (firstByte < 0xe0) return 2;
  return firstByte < 0xf0 ? 3 : 4;
}

/** Go's `%q`. */
export function quote(text: string): string {
  if (text.isWellFormed()) return quoteGo(text);
  const parts = text.split(ESCAPED_BYTE).map((part) => {
    if (ESCAPED_BYTE.test(part)) return `\\x${(part.charCodeAt(0) & 0xff).toString(16)}`;
    return quoteGo(part).slice(1, -1);
  });
  return `"${parts.join('')}"`;
}
