/** Texts of errors as Prometheus prints them. */
import { quoteGo } from '../../model/labels.ts';

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const QUOTED_BYTES_MAX = 1024;

/**
 * Go's `%q` of bytes: what is not UTF-8 stands as `\xNN`. Longer than a kilobyte, it is cut (an
 * error text goes into logs and onto pages).
 */
export function quoteBytes(bytes: Uint8Array): string {
  const cut = bytes.length > QUOTED_BYTES_MAX ? bytes.subarray(0, QUOTED_BYTES_MAX) : bytes;
  const whole = decodeUtf8(cut);
  if (whole !== undefined) return quoteGo(whole);
  let out = '';
  for (let at = 0; at < cut.length; ) {
    const length = sequenceLength(cut[at] as number);
    const char = at + length <= cut.length ? decodeUtf8(cut.subarray(at, at + length)) : undefined;
    if (char === undefined) {
      out += `\\x${(cut[at] as number).toString(16).padStart(2, '0')}`;
      at++;
    } else {
      out += quoteGo(char).slice(1, -1);
      at += length;
    }
  }
  return `"${out}"`;
}

/** The text of UTF-8 bytes, or undefined when they are none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return TEXT.decode(bytes);
  } catch {
    return undefined;
  }
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}
