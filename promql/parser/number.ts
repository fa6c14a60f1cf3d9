/** Number literals, as Go's `strconv` reads them. */
import { quoteGo } from '../../model/labels.ts';

export class NumberSyntaxError extends Error {
  override readonly name = 'NumberSyntaxError';
}

const INT64_MAX = 2n ** 63n - 1n;
const INTEGER = /^(?:0[xX](?:_?[0-9a-fA-F])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;
const DECIMAL = /^(?:\d(?:_?\d)*)?(?:\.(?:\d(?:_?\d)*)?)?(?:[eE][+-]?\d(?:_?\d)*)?$/;

/**
 * An integer (decimal, hexadecimal `0x1f`, octal `017`) or a decimal fraction; `_` may stand
 * between digits. `Inf` and `NaN` in any case.
 * @throws NumberSyntaxError whose text is Go's
 */
export function parseNumber(text: string): number {
  const integer = INTEGER.test(text) ? parseInteger(text.replaceAll('_', '')) : undefined;
  if (integer !== undefined) return integer;
  const lower = text.toLowerCase();
  if (lower === 'inf') return Infinity;
  if (lower === 'nan') return NaN;
  if (!DECIMAL.test(text) || !/^\.?\d/.test(text)) {
    throw new NumberSyntaxError(`strconv.ParseFloat: parsing ${quoteGo(text)}: invalid syntax`);
  }
  const value = Number(text.replaceAll('_', ''));
  if (Number.isFinite(value)) return value;
  throw new NumberSyntaxError(`strconv.ParseFloat: parsing ${quoteGo(text)}: value out of range`);
}

function parseInteger(digits: string): number | undefined {
  const isOctal = /^0[0-7]/.test(digits);
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
  return value > INT64_MAX ? undefined : Number(value);
}
