/** Characters as the lexer tells them apart. */
import { quoteGo } from '../../labels.ts';

export function isSpace(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n';
}

export function isAlphaNumeric(char: string): boolean {
  return /^[\p{L}\p{Nd}_]$/u.test(char);
}

export function isPrintableAscii(char: string): boolean {
  return char >= ' ' && char <= '~';
}

/** A character by its number, and itself when it can be printed (`%#U`). */
export function describeRune(char: string | undefined): string {
  // The end of the text is -1, which Go prints as an unsigned number.
  if (char === undefined) return 'U+FFFFFFFFFFFFFFFF';
  const code = char.codePointAt(0) as number;
  const rune = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
  const number = `U+${rune.toString(16).toUpperCase().padStart(4, '0')}`;
  return isPrintableRune(rune) ? `${number} '${String.fromCodePoint(rune)}'` : number;
}

/** Go's `unicode.IsPrint`. */
export function isPrintableRune(rune: number): boolean {
  if (rune < 0 || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) return false;
  const text = String.fromCodePoint(rune);
  return text === '"' || text === '\\' || quoteGo(text) === `"${text}"`;
}
