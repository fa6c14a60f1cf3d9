/** Numbers as exposition formats write them. */
import { formatGoG } from '../../model/go-float.ts';
import { quoteGo } from '../../model/labels.ts';

/** What stands in a body where a number is due; the text is Go's. */
export class FloatError extends Error {
  override readonly name = 'FloatError';
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^nan$/i;

/**
 * Prometheus' `parseFloat`: Go's decimal floats, `Inf`, `NaN`; no hexadecimal, no underscores.
 * @throws FloatError
 */
export function parseFloatText(text: string): number {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    throw new FloatError(`strconv.ParseFloat: parsing ${quoteGo(text)}: value out of range`);
  }
  if (/[pP_]/.test(text)) throw new FloatError('unsupported character in float');
  const infinite = INFINITE.exec(text);
  if (infinite !== null) {
    return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (NOT_A_NUMBER.test(text)) return Number.NaN;
  throw new FloatError(`strconv.ParseFloat: parsing ${quoteGo(text)}: invalid syntax`);
}

/** The value of an `le` or `quantile` label in its one canonical form: `1` is written `1.0`. */
export function formatOpenMetricsFloat(value: number): string {
  if (value === 0) return '0.0';
  const text = formatGoG(value);
  return /[e.]/.test(text) || !Number.isFinite(value) ? text : `${text}.0`;
}

const ZERO = 0x30;
/** Up to 15 digits are exact in a double. */
const EXACT_DIGITS_MAX = 15;

/** Up to 15 digits without sign, point or exponent; undefined for every other spelling. */
export function parsePlainNumber(
  bytes: Uint8Array,
  start: number,
  end: number,
): number | undefined {
  if (end === start || end - start > EXACT_DIGITS_MAX) return undefined;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
