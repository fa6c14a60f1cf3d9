/** Go's `strconv.FormatFloat` for 64 bits. */
import {
  binaryParts,
  type Decimal,
  decimalWithDigits,
  decimalWithPlaces,
  shortestDecimal,
} from './float-digits.ts';

export type FloatVerb = 'b' | 'e' | 'E' | 'f' | 'g' | 'G' | 'x' | 'X';

/** `%g` without precision changes to an exponent from here. */
const SHORTEST_EXPONENT = 6;

/** @param precision undefined for the fewest digits that give the number back */
export function formatFloat(value: number, verb: FloatVerb, precision?: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return sign === '-' ? '-Inf' : '+Inf';
  return sign + formatMagnitude(value, verb, precision);
}

function formatMagnitude(value: number, verb: FloatVerb, precision: number | undefined): string {
  switch (verb) {
    case 'b':
      return binary(value);
    case 'x':
      return hexadecimal(value, precision);
    case 'X':
      return hexadecimal(value, precision).toUpperCase();
    case 'e':
    case 'E': {
      const decimal =
        precision === undefined ? shortestDecimal(value) : decimalWithDigits(value, precision + 1);
      return exponential(decimal, precision ?? Math.max(decimal.digits.length - 1, 0), verb);
    }
    case 'f': {
      const decimal =
        precision === undefined ? shortestDecimal(value) : decimalWithPlaces(value, precision);
      return plain(decimal, precision ?? Math.max(decimal.digits.length - decimal.point, 0));
    }
    case 'g':
    case 'G':
      return general(value, verb, precision);
  }
}

function general(value: number, verb: 'g' | 'G', precision: number | undefined): string {
  const digitCount = precision === 0 ? 1 : precision;
  const decimal =
    digitCount === undefined ? shortestDecimal(value) : decimalWithDigits(value, digitCount);
  const { digits, point } = decimal;
  let limit = digitCount ?? SHORTEST_EXPONENT;
  if (digitCount !== undefined && limit > digits.length && digits.length >= point) {
    limit = digits.length;
  }
  const exponent = point - 1;
  if (exponent < -4 || exponent >= limit) {
    return exponential(decimal, Math.max(digits.length - 1, 0), verb === 'g' ? 'e' : 'E');
  }
  return plain(decimal, Math.max(digits.length - point, 0));
}

function exponential({ digits, point }: Decimal, places: number, letter: 'e' | 'E'): string {
  const first = digits[0] ?? '0';
  const rest = digits.slice(1, places + 1).padEnd(places, '0');
  const exponent = digits === '' ? 0 : point - 1;
  const fraction = places > 0 ? `.${rest}` : '';
  return `${first}${fraction}${letter}${exponentText(exponent, 2)}`;
}

function exponentText(exponent: number, width: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(width, '0')}`;
}

function plain({ digits, point }: Decimal, places: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (places <= 0) return whole;
  const leading = '0'.repeat(Math.min(Math.max(-point, 0), places));
  const fraction = leading + digits.slice(Math.max(point, 0));
  return `${whole}.${fraction.slice(0, places).padEnd(places, '0')}`;
}

function binary(value: number): string {
  const { mantissa, exponent } = binaryParts(value);
  return `${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

const FRACTION_BITS = 60;

function hexadecimal(value: number, precision: number | undefined): string {
  let { mantissa, exponent } = binaryParts(value);
  if (mantissa === 0n) exponent = 0;
  else {
    const shift = FRACTION_BITS - (mantissa.toString(2).length - 1);
    mantissa <<= BigInt(shift);
    exponent += FRACTION_BITS - shift;
  }
  if (precision !== undefined && precision < FRACTION_BITS / 4) {
    const dropped = BigInt(FRACTION_BITS - precision * 4);
    const rest = mantissa & ((1n << dropped) - 1n);
    const half = 1n << (dropped - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= dropped;
    if (mantissa >> BigInt(FRACTION_BITS + 1) === 1n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const lead = mantissa >> BigInt(FRACTION_BITS);
  const all = (mantissa & ((1n << BigInt(FRACTION_BITS)) - 1n)).toString(16).padStart(15, '0');
  const fraction =
    precision === undefined
      ? all.replace(/0+$/, '')
      : all.padEnd(precision, '0').slice(0, precision);
  return `0x${lead}${fraction === '' ? '' : `.${fraction}`}p${exponentText(exponent, 2)}`;
}
