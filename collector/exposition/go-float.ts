/** Numbers as Go's strconv reads and prints them. */
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
export function parseGoFloat(text: string): number {
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

/** `strconv.FormatFloat(value, 'g', -1, 64)`: shortest, exponent below 1e-4 and from 1e6 on. */
export function formatGoFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, exponentText] = value.toExponential().split('e') as [string, string];
  const exponent = Number(exponentText);
  // JavaScript's own plain form begins at 1e-6, so it covers Go's.
  if (exponent >= -4 && exponent < GO_EXPONENT_FROM) return String(value);
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
}

/** Of the shortest 'g' form: strconv/ftoa.go, `eprec = 6`. */
const GO_EXPONENT_FROM = 6;

/** The value of an `le` or `quantile` label in its one canonical form: `1` is written `1.0`. */
export function formatOpenMetricsFloat(value: number): string {
  if (value === 0) return '0.0';
  const text = formatGoFloat(value);
  return /[e.]/.test(text) || !Number.isFinite(value) ? text : `${text}.0`;
}
