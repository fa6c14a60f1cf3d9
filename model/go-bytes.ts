/** Strings as bytes, as Go has them. */

/**
 * Bytes that are no UTF-8 stand in our strings as single surrogates, U+DC00 plus the byte:
 * JavaScript has no other place to keep them.
 */
function isByteSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 0xdc80 || code > 0xdcff) return false;
  return index === 0 || (text.charCodeAt(index - 1) & 0xfc00) !== 0xd800;
}

const ENCODER = new TextEncoder();
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** How many bytes the text has in Go. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if ((code & 0xf800) !== 0xd800) bytes += 3;
    else if (isByteSurrogate(text, index)) bytes += 1;
    else if ((code & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) {
      bytes += 4;
      index++;
    } else bytes += 3;
  }
  return bytes;
}

/** UTF-8, where a byte surrogate becomes the byte it stands for. */
export function toGoBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return ENCODER.encode(text);
  const out = new Uint8Array(byteLength(text));
  let at = 0;
  let from = 0;
  const flush = (to: number) => {
    at += ENCODER.encodeInto(text.slice(from, to), out.subarray(at)).written;
  };
  for (let index = 0; index < text.length; index++) {
    if (!isByteSurrogate(text, index)) continue;
    flush(index);
    out[at++] = text.charCodeAt(index) - 0xdc00;
    from = index + 1;
  }
  flush(text.length);
  return out;
}

/** The inverse of `toGoBytes`: never fails. */
export function fromGoBytes(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    return decodePiecewise(bytes);
  }
}

function decodePiecewise(bytes: Uint8Array): string {
  let text = '';
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = runeLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += STRICT.decode(bytes.subarray(from, at));
    text += String.fromCharCode(0xdc00 + (bytes[at] as number));
    at++;
    from = at;
  }
  return text + STRICT.decode(bytes.subarray(from));
}

/** How many bytes the rune at `at` takes; 0 when there is no valid one. */
function runeLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] as number;
  const secondMin = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const secondMax = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < secondMin || second > secondMax) return 0;
  for (let index = at + 2; index < at + length; index++) {
    if (((bytes[index] as number) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
