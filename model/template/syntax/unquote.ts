/** Go's `strconv.Unquote`: the value of a string or character literal. */
import { fromGoBytes, toGoBytes } from '../../go-bytes.ts';

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);
const ESCAPE =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([abfnrtv\\'"]))/y;

interface Unescaped {
  /** A byte escape from 0x80 is a byte surrogate. */
  readonly text: string;
  readonly code: number;
  readonly length: number;
}

/** The escape sequence at `at`; undefined when it is none of Go's. */
function unescapeAt(body: string, at: number, quote: string): Unescaped | undefined {
  ESCAPE.lastIndex = at;
  const match = ESCAPE.exec(body);
  if (match === null) return undefined;
  const [whole, hex, short, long, octal, char] = match;
  if (char !== undefined) {
    if ((char === "'" || char === '"') && char !== quote) return undefined;
    const text = SIMPLE.get(char) ?? char;
    return { text, code: text.charCodeAt(0), length: whole.length };
  }
  const wide = short ?? long;
  if (wide !== undefined) {
    const code = Number.parseInt(wide, 16);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    return { text: String.fromCodePoint(code), code, length: whole.length };
  }
  const byte = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
  if (byte > 0xff) return undefined;
  const text = String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
  return { text, code: byte, length: whole.length };
}

/** The value of a literal in double quotes or back quotes; undefined for a wrong escape. */
export function unquoteString(literal: string): string | undefined {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body.replaceAll('\r', '');
  if (!body.includes('\\')) return body;
  let out = '';
  for (let at = 0; at < body.length; ) {
    if (body[at] !== '\\') {
      out += body[at++];
      continue;
    }
    const escape = unescapeAt(body, at, '"');
    if (escape === undefined) return undefined;
    out += escape.text;
    at += escape.length;
  }
  // Bytes given one by one may make up a character.
  return out.isWellFormed() ? out : fromGoBytes(toGoBytes(out));
}

/** The rune of a character literal; an error's text when it is none. */
export function unquoteRune(literal: string): number | string {
  const malformed = `malformed character constant: ${literal}`;
  const body = literal.slice(1, -1);
  if (body === '') return 'invalid syntax';
  if (body.startsWith('\\')) {
    const escape = unescapeAt(body, 0, "'");
    if (escape === undefined) return 'invalid syntax';
    return escape.length === body.length ? escape.code : malformed;
  }
  const code = body.codePointAt(0) as number;
  if (String.fromCodePoint(code).length !== body.length) return malformed;
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
}
