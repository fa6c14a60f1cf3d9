/** Number constants: a constant is kept under every type that can hold its value. */
import { parseGoFloat } from '../../go-float.ts';
import { quoteGo } from '../../labels.ts';
import { unquoteRune } from './unquote.ts';

export interface Constant {
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** @returns the constant, or the text of an error */
export function parseNumber(text: string): Constant | string {
  const integer = parseInteger(text);
  const isNegative = text.startsWith('-');
  const isSigned = isNegative || text.startsWith('+');
  if (integer !== undefined) {
    const int = integer >= INT64_MIN && integer <= INT64_MAX ? integer : undefined;
    const isUint = integer >= 0n && integer <= UINT64_MAX && (!isSigned || integer === 0n);
    const uint = isUint ? integer : undefined;
    if (int !== undefined || uint !== undefined) {
      const float = Number(int ?? uint);
      return { int, uint, float };
    }
  }
  const float = parseGoFloat(withoutUnderscores(text));
  if (float === undefined) return `illegal number syntax: ${quoteGo(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quoteGo(text)}`;
  const whole = Number.isInteger(float) ? BigInt(float) : undefined;
  // Go converts and compares the floats, so 2^63 itself does not pass as an int.
  const int = whole !== undefined && whole >= INT64_MIN && whole <= INT64_MAX ? whole : undefined;
  const uint = whole !== undefined && whole >= 0n && whole <= UINT64_MAX ? whole : undefined;
  return { int, uint, float };
}

/** @returns the constant, or the text of an error */
export function parseCharConstant(text: string): Constant | string {
  const rune = unquoteRune(text);
  if (typeof rune === 'string') return rune;
  return { int: BigInt(rune), uint: BigInt(rune), float: rune };
}

const INTEGER =
  /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[oO]((?:_?[0-7])+)|0[bB]((?:_?[01])+)|0((?:_?[0-7])+)|(0|[1-9](?:_?[0-9])*))$/;

/** Go's integer literals with sign; undefined when the text is none. */
function parseInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, octal, binary, oldOctal, decimal] = match;
  const digits =
    (hex !== undefined && `0x${hex}`) ||
    (octal !== undefined && `0o${octal}`) ||
    (binary !== undefined && `0b${binary}`) ||
    (oldOctal !== undefined && `0o${oldOctal}`) ||
    (decimal ?? '');
  const value = BigInt(digits.replaceAll('_', ''));
  return sign === '-' ? -value : value;
}

/** Go takes underscores in floats only with a base prefix. */
function withoutUnderscores(text: string): string {
  return /^[+-]?0[xX]/.test(text) ? text.replaceAll('_', '') : text;
}
