/** Query unescaping and URL-safe base64, with Go's errors. */
import { fromGoBytes, toGoBytes } from '../../model/go-bytes.ts';
import { quoteGo } from '../../model/labels.ts';
import { FunctionError } from '../../model/template/template-error.ts';

/** Go's `url.QueryUnescape`. @throws FunctionError */
export function unescapeQuery(text: string): string {
  const wrong = /%(?![0-9a-fA-F]{2})/.exec(text);
  if (wrong !== null) {
    const shown = text.slice(wrong.index, wrong.index + 3);
    throw new FunctionError(`invalid URL escape ${quoteGo(shown)}`);
  }
  const bytes: number[] = [];
  const source = toGoBytes(text);
  for (let at = 0; at < source.length; at++) {
    const byte = source[at] as number;
    if (byte === 0x25) {
      bytes.push(Number.parseInt(String.fromCharCode(...source.subarray(at + 1, at + 3)), 16));
      at += 2;
    } else bytes.push(byte === 0x2b ? 0x20 : byte);
  }
  return fromGoBytes(Uint8Array.from(bytes));
}

/** Go's `base64.URLEncoding`, with padding. */
export function encodeBase64(text: string): string {
  return Buffer.from(toGoBytes(text)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** Line ends within are passed over. @throws FunctionError */
export function decodeBase64(text: string): string {
  const wrong = wrongBase64At(text);
  if (wrong !== undefined) {
    throw new FunctionError(`illegal base64 data at input byte ${wrong}`);
  }
  return fromGoBytes(Buffer.from(text.replace(/[\r\n]/g, ''), 'base64url'));
}

const GROUP = 4;

/** Offset of what cannot be decoded, as Go counts it. */
function wrongBase64At(text: string): number | undefined {
  let inGroup = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '\r' || char === '\n') continue;
    if (/[A-Za-z0-9_-]/.test(char)) {
      inGroup = (inGroup + 1) % GROUP;
      continue;
    }
    if (char !== '=' || inGroup < 2) return at;
    return wrongPaddingAt(text, at, inGroup);
  }
  return inGroup === 0 ? undefined : text.length - inGroup;
}

/** After the first `=`: the second one where it is due, and then nothing. */
function wrongPaddingAt(text: string, at: number, inGroup: number): number | undefined {
  const rest = text.slice(at + 1).replace(/[\r\n]/g, '');
  const expected = inGroup === 2 ? '=' : '';
  if (rest === expected) return undefined;
  if (expected !== '' && !rest.startsWith('=')) return rest === '' ? text.length : at;
  return at + 1 + expected.length;
}
