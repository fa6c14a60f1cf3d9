/** Where a string literal ends, and what may be wrong in it. */
import { describeRune } from './go-text.ts';

/** `end` is after the closing quote. */
export type StringScan =
  | { readonly ok: true; readonly end: number }
  | { readonly ok: false; readonly problem: string };

const RUNE_MAX = 0x10ffff;
const NOT_TERMINATED = 'escape sequence not terminated';

/** @param at after the opening quote */
export function scanRawString(text: string, at: number): StringScan {
  for (let index = at; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x60) return { ok: true, end: index + 1 };
    if (code > 0x7f && isInvalidAt(text, index))
      return { ok: false, problem: 'invalid UTF-8 rune' };
  }
  return { ok: false, problem: 'unterminated raw string' };
}

/** @param at after the opening quote, whose code is `quote` */
export function scanString(text: string, at: number, quote: number): StringScan {
  let index = at;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) return { ok: true, end: index + 1 };
    if (code === 0x0a) break;
    if (code > 0x7f && isInvalidAt(text, index))
      return { ok: false, problem: 'invalid UTF-8 rune' };
    if (code === 0x5c) {
      const escape = scanEscape(text, index + 1, quote);
      if (!escape.ok) return escape;
      index = escape.end;
    } else {
      index++;
    }
  }
  return { ok: false, problem: 'unterminated quoted string' };
}

/** The replacement character itself counts as invalid, as it does in Go. */
function isInvalidAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code === 0xfffd) return true;
  if (code < 0xd800 || code > 0xdfff) return false;
  const isHigh = code < 0xdc00;
  const other = text.charCodeAt(isHigh ? index + 1 : index - 1);
  return (other & 0xfc00) !== (isHigh ? 0xdc00 : 0xd800);
}

function scanEscape(text: string, at: number, quote: number): StringScan {
  const char = text.charAt(at);
  if (char === '') return { ok: false, problem: NOT_TERMINATED };
  if ('abfnrtv\\'.includes(char) || char.charCodeAt(0) === quote) return { ok: true, end: at + 1 };
  if (char >= '0' && char <= '7') return scanDigits(text, at, 3, 8, 255);
  if (char === 'x') return scanDigits(text, at + 1, 2, 16, 255);
  if (char === 'u') return scanDigits(text, at + 1, 4, 16, RUNE_MAX);
  if (char === 'U') return scanDigits(text, at + 1, 8, 16, RUNE_MAX);
  const rune = describeRune(text.codePointAt(at) ?? -1);
  return { ok: false, problem: `unknown escape sequence ${rune}` };
}

function scanDigits(
  text: string,
  at: number,
  count: number,
  base: number,
  max: number,
): StringScan {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const code = text.codePointAt(index);
    if (code === undefined) return { ok: false, problem: NOT_TERMINATED };
    const digit = digitValue(code);
    if (digit >= base) {
      return { ok: false, problem: `illegal character ${describeRune(code)} in escape sequence` };
    }
    value = value * base + digit;
  }
  if (value > max || (value >= 0xd800 && value < 0xe000)) {
    return { ok: false, problem: 'escape sequence is an invalid Unicode code point' };
  }
  return { ok: true, end: at + count };
}

function digitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : 16;
}
