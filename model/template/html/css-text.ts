/** CSS escapes, and what may stand for a value in a style. */

import type { Args } from '../functions/define.ts';
import { type Content, contentOf } from './content.ts';

/** What is written in place of an unsafe value: Go's word for it. */
export const FAILSAFE = 'ZgotmplZ';

const ESCAPE = /\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[\t\n\f\r ])?|([^])|$)/gu;

export function decodeCss(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (_, hex: string | undefined, char: string | undefined) => {
    if (hex === undefined) return char ?? '';
    const code = Number.parseInt(hex, 16);
    if (code > 0x10ffff) {
      return String.fromCodePoint(code >> 4) + hex.slice(-1);
    }
    return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : String.fromCodePoint(code);
  });
}

const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\t', '\\9'],
  ['\n', '\\a'],
  ['\f', '\\c'],
  ['\r', '\\d'],
  ['\\', '\\\\'],
  ...Array.from(`"&'()+/:;<>{}`).map(
    (char) => [char, `\\${char.charCodeAt(0).toString(16)}`] as const,
  ),
]);

/** For the inside of a CSS string. */
export function escapeCss(args: Args): string {
  const { text } = contentOf(args);
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    const replacement = REPLACEMENTS.get(char);
    if (replacement === undefined) {
      out += char;
      continue;
    }
    out += replacement;
    // A hex escape runs on into digits and swallows a space.
    const following = text[at + 1];
    const runsOn = following === undefined || /[0-9a-fA-F\t\n\f\r ]/.test(following);
    if (replacement !== '\\\\' && runsOn) out += ' ';
  }
  return out;
}

/** A CSS value that cannot end its declaration or call a function; else the failsafe word. */
export function filterCssValue(args: Args): string {
  const { text, safe }: Content = contentOf(args);
  if (safe === 'css') return text;
  const decoded = decodeCss(text);
  if (/[\0"'()/;@[\\\]`{}<>]|--/.test(decoded)) return FAILSAFE;
  const letters = decoded.replace(/[^A-Za-z0-9_-]/g, '').toLowerCase();
  if (letters.includes('expression') || letters.includes('mozbinding')) return FAILSAFE;
  return decoded;
}
