/** Lower and upper case as Go's `strings.ToLower` and `ToUpper`: one code point at a time. */

/** JavaScript lowers U+0130 to two code points, Go to a plain i. */
const LATIN_CAPITAL_I_WITH_DOT = '\u0130';

export function toLowerGo(text: string): string {
  return mapCodePoints(text, (char) =>
    char === LATIN_CAPITAL_I_WITH_DOT ? 'i' : char.toLowerCase(),
  );
}

export function toUpperGo(text: string): string {
  return mapCodePoints(text, (char) => char.toUpperCase());
}

function mapCodePoints(text: string, map: (char: string) => string): string {
  let out = '';
  for (const char of text) {
    const mapped = map(char);
    // A mapping to several code points (ß to SS) is one of JavaScript's only.
    out += isOneCodePoint(mapped) ? mapped : char;
  }
  return out;
}

function isOneCodePoint(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) as number) > 0xffff);
}
