/** Strings and characters as Go reads and prints them. */
import { quoteGo } from '../../model/labels.ts';

const REPLACEMENT = 0xfffd;

/**
 * Bytes that are no UTF-8 stand in our strings as single surrogates, U+DC00 plus the byte: a
 * query may ask for them (`"\xff"`), and JavaScript has no other place to keep them.
 */
export function isByteSurrogate(code: number): boolean {
  return code >= 0xdc80 && code <= 0xdcff;
}

/** A rune in single quotes (`%q`). A code below 0 is the end of the text. */
export function quoteRune(code: number): string {
  if (code < 0 || (code >= 0xd800 && code <= 0xdfff)) return "'\ufffd'";
  if (code === 0x27) return "'\\''";
  if (code === 0x22) return "'\"'";
  return `'${quoteGo(String.fromCodePoint(code)).slice(1, -1)}'`;
}

/** A rune by its number, and itself when it can be printed (`%#U`). */
export function describeRune(code: number): string {
  const rune = code < 0 || (code >= 0xd800 && code <= 0xdfff) ? REPLACEMENT : code;
  const number = `U+${rune.toString(16).toUpperCase().padStart(4, '0')}`;
  const text = String.fromCodePoint(rune);
  const printed = text === '"' || text === '\\' || quoteGo(text) === `"${text}"`;
  return printed ? `${number} '${text}'` : number;
}

/** A float with six decimals (`%f`). */
export function formatFixed(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}

/** Go's `math.Round`: halves away from zero. */
export function roundHalfAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

const ESCAPE =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^xuU0-7]))/g;

/**
 * The value of a string literal.
 * @param literal with its quotes, one that the lexer has let pass
 */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`') || !body.includes('\\')) return body;
  let hasBytes = false;
  const text = body.replace(
    ESCAPE,
    (_, hex?: string, short?: string, long?: string, octal?: string, char?: string) => {
      const code = short ?? long;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (char !== undefined) return SIMPLE_ESCAPES.get(char) ?? char;
      const byte = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
      if (byte < 0x80) return String.fromCharCode(byte);
      hasBytes = true;
      return String.fromCharCode(0xdc00 + byte);
    },
  );
  return hasBytes ? decodeLossless(encodeLossless(text)) : text;
}

/** UTF-8, where a byte surrogate becomes the byte it stands for. */
export function encodeLossless(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const isPaired = index > 0 && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800;
    if (!isByteSurrogate(code) || isPaired) continue;
    parts.push(Buffer.from(text.slice(from, index)), Uint8Array.of(code - 0xdc00));
    from = index + 1;
  }
  parts.push(Buffer.from(text.slice(from)));
  return Buffer.concat(parts);
}

/** The inverse of `encodeLossless`: never fails. */
export function decodeLossless(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = runeLength(bytes, at);
    if (length === 0) text += String.fromCharCode(0xdc00 + (bytes[at++] as number));
    else {
      text += Buffer.from(bytes.subarray(at, at + length)).toString();
      at += length;
    }
  }
  return text;
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
