/** Go's `strconv.Unquote` of a string in double quotes. */

const SHORT: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
  ['\\', 0x5c],
  ['"', 0x22],
]);
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/sy;
const BYTE_MAX = 0xff;

/**
 * @param quoted with its quotes
 * @returns undefined when the text is badly quoted, or what it stands for is not UTF-8
 */
export function unquoteGo(quoted: string): string | undefined {
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"')) return undefined;
  const body = quoted.slice(1, -1);
  if (body.includes('\n')) return undefined;
  if (!body.includes('\\')) return body.includes('"') ? undefined : body;
  const bytes: number[] = [];
  for (let at = 0; at < body.length; ) {
    const char = String.fromCodePoint(body.codePointAt(at) as number);
    if (char === '"') return undefined;
    if (char !== '\\') {
      bytes.push(...Buffer.from(char));
      at += char.length;
      continue;
    }
    ESCAPE.lastIndex = at;
    const found = escapeBytes(ESCAPE.exec(body));
    if (found === undefined) return undefined;
    bytes.push(...found);
    at = ESCAPE.lastIndex;
  }
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

function escapeBytes(match: RegExpExecArray | null): readonly number[] | undefined {
  if (match === null) return undefined;
  const [, hex, short, long, octal, char] = match;
  if (hex !== undefined) return [Number.parseInt(hex, 16)];
  if (octal !== undefined) {
    const byte = Number.parseInt(octal, 8);
    return byte > BYTE_MAX ? undefined : [byte];
  }
  const digits = short ?? long;
  if (digits === undefined) {
    const byte = SHORT.get(char ?? '');
    return byte === undefined ? undefined : [byte];
  }
  const code = Number.parseInt(digits, 16);
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? [...Buffer.from(String.fromCodePoint(code))] : undefined;
}
