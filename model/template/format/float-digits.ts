/** Decimal digits of a float, exact or rounded half to even as Go does; JavaScript rounds up. */

/** 0.d1d2d3… × 10^point; no digits at all for zero. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const BITS = new DataView(new ArrayBuffer(8));
const MANTISSA_BITS = 52;
const EXPONENT_BIAS = 1075;

/** value = mantissa × 2^exponent, both exact; the sign is left out. */
export function binaryParts(value: number): { mantissa: bigint; exponent: number } {
  BITS.setFloat64(0, value);
  const bits = BITS.getBigUint64(0);
  const biased = Number((bits >> BigInt(MANTISSA_BITS)) & 0x7ffn);
  const fraction = bits & ((1n << BigInt(MANTISSA_BITS)) - 1n);
  return biased === 0
    ? { mantissa: fraction, exponent: 1 - EXPONENT_BIAS }
    : { mantissa: fraction | (1n << BigInt(MANTISSA_BITS)), exponent: biased - EXPONENT_BIAS };
}

/** The fewest digits that give the finite number back. */
export function shortestDecimal(value: number): Decimal {
  if (value === 0) return { digits: '', point: 0 };
  const [mantissa, exponent] = Math.abs(value).toExponential().split('e') as [string, string];
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

/** All digits of the finite number. */
function exactDecimal(value: number): Decimal {
  const { mantissa, exponent } = binaryParts(value);
  if (mantissa === 0n) return { digits: '', point: 0 };
  const scale = Math.max(0, -exponent);
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(scale);
  const all = scaled.toString();
  return trimmed(all, all.length - scale);
}

/** Rounded to `digitCount` significant digits. */
export function decimalWithDigits(value: number, digitCount: number): Decimal {
  return rounded(exactDecimal(value), digitCount);
}

/** Rounded to `places` after the point. */
export function decimalWithPlaces(value: number, places: number): Decimal {
  const exact = exactDecimal(value);
  return rounded(exact, exact.point + places);
}

function rounded({ digits, point }: Decimal, keep: number): Decimal {
  if (keep >= digits.length) return { digits, point };
  if (keep < 0) return { digits: '', point: 0 };
  const kept = digits.slice(0, keep);
  if (!roundsUp(digits, keep)) return trimmed(kept, point);
  if (kept === '') return { digits: '1', point: point + 1 };
  const raised = (BigInt(kept) + 1n).toString();
  return trimmed(raised, point + raised.length - kept.length);
}

function roundsUp(digits: string, at: number): boolean {
  const digit = digits.charCodeAt(at) - 48;
  if (digit !== 5 || at + 1 < digits.length) return digit >= 5;
  return at > 0 && (digits.charCodeAt(at - 1) - 48) % 2 === 1;
}

function trimmed(digits: string, point: number): Decimal {
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? { digits: '', point: 0 } : { digits: kept, point };
}
