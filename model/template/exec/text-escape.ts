/** The escapers of text templates: `html`, `js`, `urlquery`. */
import { toGoBytes } from '../../go-bytes.ts';
import { isPrintableRune } from '../syntax/runes.ts';

const HTML: ReadonlyMap<string, string> = new Map([
  ['\0', '\ufffd'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** For text and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (char) => HTML.get(char) ?? char);
}

const JAVASCRIPT: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
  ['<', '\\u003C'],
  ['>', '\\u003E'],
  ['&', '\\u0026'],
  ['=', '\\u003D'],
]);

/** For the inside of a JavaScript string. */
export function escapeJavaScript(text: string): string {
  let out = '';
  for (const char of text) {
    const special = JAVASCRIPT.get(char);
    const code = char.codePointAt(0) as number;
    if (special !== undefined) out += special;
    else if (code < 0x20) out += `\\u00${hex(code, 2)}`;
    else if (code < 0x80 || isPrintableRune(code) || isSurrogate(code)) out += char;
    else out += `\\u${hex(code, 4)}`;
  }
  return out;
}

/** A byte that is no UTF-8 stays what it is. */
function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, '0');
}

/** Go's `url.QueryEscape`: a space becomes a plus. */
export function escapeQuery(text: string): string {
  let out = '';
  for (const byte of toGoBytes(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(char)) out += char;
    else if (char === ' ') out += '+';
    else out += `%${hex(byte, 2)}`;
  }
  return out;
}
