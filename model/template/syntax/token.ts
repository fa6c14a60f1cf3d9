/** Tokens of the template language. */
import { byteLength } from '../../go-bytes.ts';
import { quoteGo } from '../../labels.ts';

export type KeywordType =
  | 'block'
  | 'break'
  | 'continue'
  | 'define'
  | 'dot'
  | 'else'
  | 'end'
  | 'if'
  | 'nil'
  | 'range'
  | 'template'
  | 'with';

export type TokenType =
  | KeywordType
  | 'assign'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'complex'
  | 'declare'
  | 'eof'
  | 'error'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable';

export interface Token {
  readonly type: TokenType;
  /** Offset in the source, in UTF-16 units. */
  readonly at: number;
  /** As in the source; of an error, its message. */
  readonly text: string;
  /** Counts from 1. */
  readonly line: number;
}

export const KEYWORDS: ReadonlyMap<string, KeywordType> = new Map([
  ['.', 'dot'],
  ['block', 'block'],
  ['break', 'break'],
  ['continue', 'continue'],
  ['define', 'define'],
  ['else', 'else'],
  ['end', 'end'],
  ['if', 'if'],
  ['nil', 'nil'],
  ['range', 'range'],
  ['template', 'template'],
  ['with', 'with'],
]);

const KEYWORD_TYPES: ReadonlySet<TokenType> = new Set(KEYWORDS.values());
const SHOWN_MAX = 10;

/** A token as messages show it. */
export function describeToken(token: Token): string {
  if (token.type === 'eof') return 'EOF';
  if (token.type === 'error') return token.text;
  if (KEYWORD_TYPES.has(token.type)) return `<${token.text}>`;
  if (byteLength(token.text) <= SHOWN_MAX) return quoteGo(token.text);
  return `${quoteGo(Array.from(token.text).slice(0, SHOWN_MAX).join(''))}...`;
}
