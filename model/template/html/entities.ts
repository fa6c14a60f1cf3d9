/** Entities in attribute values of a template's own text. */

/** Named entities that stand for ASCII, which alone can change a context. */
const ASCII_ENTITIES: ReadonlyMap<string, string> = new Map([
  ['Tab', '\t'],
  ['NewLine', '\n'],
  ['nbsp', '\u00a0'],
  ['excl', '!'],
  ['quot', '"'],
  ['QUOT', '"'],
  ['num', '#'],
  ['dollar', '$'],
  ['percnt', '%'],
  ['amp', '&'],
  ['AMP', '&'],
  ['apos', "'"],
  ['lpar', '('],
  ['rpar', ')'],
  ['ast', '*'],
  ['midast', '*'],
  ['plus', '+'],
  ['comma', ','],
  ['period', '.'],
  ['sol', '/'],
  ['colon', ':'],
  ['semi', ';'],
  ['lt', '<'],
  ['LT', '<'],
  ['equals', '='],
  ['gt', '>'],
  ['GT', '>'],
  ['quest', '?'],
  ['commat', '@'],
  ['lsqb', '['],
  ['lbrack', '['],
  ['bsol', '\\'],
  ['rsqb', ']'],
  ['rbrack', ']'],
  ['Hat', '^'],
  ['lowbar', '_'],
  ['UnderBar', '_'],
  ['grave', '`'],
  ['DiacriticalGrave', '`'],
  ['lcub', '{'],
  ['lbrace', '{'],
  ['verbar', '|'],
  ['vert', '|'],
  ['VerticalLine', '|'],
  ['rcub', '}'],
  ['rbrace', '}'],
]);

const ENTITY =
  /&(?:#[xX]([0-9a-fA-F]+);?|#([0-9]+);?|([A-Za-z][A-Za-z0-9]*);|(amp|AMP|lt|LT|gt|GT|quot|QUOT|nbsp))/g;

/** Text with its entities resolved; names outside of ASCII become U+FFFD, which is as neutral. */
export function unescapeHtml(text: string): string {
  return text.replace(ENTITY, (_, hex?: string, decimal?: string, name?: string, bare?: string) => {
    const digits = hex ?? decimal;
    if (digits !== undefined) return fromCode(Number.parseInt(digits, hex === undefined ? 10 : 16));
    return ASCII_ENTITIES.get(name ?? bare ?? '') ?? '\ufffd';
  });
}

function fromCode(code: number): string {
  const isRune = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isRune ? String.fromCodePoint(code) : '\ufffd';
}
