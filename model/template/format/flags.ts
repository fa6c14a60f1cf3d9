/** Flags, width and precision of one `%` directive, and padding by them. */

export class Flags {
  widthMin: number | undefined;
  precision: number | undefined;
  minus = false;
  plus = false;
  sharp = false;
  space = false;
  zero = false;
  /** `%+v`: field names. */
  plusV = false;
  /** `%#v`: Go syntax. */
  sharpV = false;
}

/** Runes of a text, as Go counts them: a byte that is no UTF-8 is one. */
export function runeCount(text: string): number {
  let count = text.length;
  for (let index = 1; index < text.length; index++) {
    const isLow = (text.charCodeAt(index) & 0xfc00) === 0xdc00;
    if (isLow && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800) count--;
  }
  return count;
}

/** To the width, with spaces, or on the left with zeros when the flag asks for it. */
export function pad(text: string, flags: Flags, withZeros = flags.zero): string {
  if (flags.widthMin === undefined) return text;
  const missing = flags.widthMin - runeCount(text);
  if (missing <= 0) return text;
  if (flags.minus) return text + ' '.repeat(missing);
  return (withZeros ? '0' : ' ').repeat(missing) + text;
}

/** The first runes of a text, as many as the precision says. */
export function truncate(text: string, flags: Flags): string {
  if (flags.precision === undefined || text.length <= flags.precision) return text;
  return Array.from(text).slice(0, flags.precision).join('');
}
