/** Strings by the rules of Go's fmt: `%s %q %x`, and characters. */
import { toGoBytes } from '../../go-bytes.ts';
import { quoteGo } from '../../labels.ts';
import { type Flags, pad, truncate } from './flags.ts';

/** `%q`: in double quotes, or with `#` in back quotes where that is possible. */
export function quotedText(text: string, flags: Flags): string {
  const shown = truncate(text, flags);
  if (flags.sharp && canBackquote(shown)) return pad(`\`${shown}\``, flags);
  return pad(flags.plus ? quoteAscii(shown) : quoteGo(shown), flags);
}

function canBackquote(text: string): boolean {
  if (!text.isWellFormed()) return false;
  for (const char of text) {
    if (char === '\ufeff' || char === '`' || char === '\x7f') return false;
    if (char < ' ' && char !== '\t') return false;
  }
  return true;
}

/** Go's `strconv.QuoteToASCII`. */
function quoteAscii(text: string): string {
  return quoteGo(text).replace(/[^\0-\x7f]/gu, (char) => {
    const code = char.codePointAt(0) as number;
    if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
    return `\\U${code.toString(16).padStart(8, '0')}`;
  });
}

/** `%q` of an integer: a character in single quotes. */
export function quotedRune(value: bigint, flags: Flags): string {
  const text = runeText(value);
  const quote = flags.plus ? quoteAscii : quoteGo;
  if (text === "'") return pad("'\\''", flags);
  if (text === '"') return pad(`'"'`, flags);
  return pad(`'${quote(text).slice(1, -1)}'`, flags);
}

/** `%c`: the character of a code, U+FFFD when there is none. */
export function runeText(value: bigint): string {
  const code = BigInt.asUintN(64, value);
  if (code > 0x10ffffn || (code >= 0xd800n && code <= 0xdfffn)) return '\ufffd';
  return String.fromCodePoint(Number(code));
}

/** `%x` of a string: its bytes. */
export function hexText(text: string, isUpper: boolean, flags: Flags): string {
  const all = toGoBytes(text);
  const bytes = flags.precision === undefined ? all : all.subarray(0, flags.precision);
  const zeroX = isUpper ? '0X' : '0x';
  const digits = Array.from(bytes, (byte) => {
    const pair = byte.toString(16).padStart(2, '0');
    return isUpper ? pair.toUpperCase() : pair;
  });
  if (digits.length === 0) return pad('', flags);
  const lead = flags.sharp ? zeroX : '';
  return pad(lead + digits.join(flags.space ? ` ${lead}` : ''), flags);
}
