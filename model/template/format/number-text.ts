/** Numbers by the rules of Go's fmt: signs, prefixes, precision, padding. */
import { isPrintableRune } from '../syntax/runes.ts';
import { type Flags, pad } from './flags.ts';
import { type FloatVerb, formatFloat } from './float-format.ts';

export type IntegerVerb = 'b' | 'd' | 'o' | 'O' | 'v' | 'x' | 'X';

function radix(verb: IntegerVerb): 2 | 8 | 10 | 16 {
  switch (verb) {
    case 'b':
      return 2;
    case 'o':
    case 'O':
      return 8;
    case 'x':
    case 'X':
      return 16;
    default:
      return 10;
  }
}

/** @param base overrides the verb's, for `%#v` of unsigned integers */
export function integerText(
  value: bigint,
  verb: IntegerVerb,
  flags: Flags,
  base = radix(verb),
  isPrefixed = flags.sharp,
): string {
  const isNegative = value < 0n;
  const magnitude = isNegative ? -value : value;
  // Precision 0 and value 0 print nothing but padding.
  if (flags.precision === 0 && value === 0n) return pad('', flags, false);
  const digits = magnitude.toString(base).padStart(digitCountMin(flags, isNegative), '0');
  const prefixed = prefix(verb, base, digits, isPrefixed) + digits;
  const cased = verb === 'X' ? prefixed.toUpperCase() : prefixed;
  return pad(signText(isNegative, flags) + cased, flags, false);
}

/** Zeros come from the precision, or from the width with the flag `0`. */
function digitCountMin(flags: Flags, isNegative: boolean): number {
  if (flags.precision !== undefined) return flags.precision;
  if (!flags.zero || flags.minus || flags.widthMin === undefined) return 0;
  return flags.widthMin - (isNegative || flags.plus || flags.space ? 1 : 0);
}

function prefix(verb: IntegerVerb, base: number, digits: string, isPrefixed: boolean): string {
  const octal = verb === 'O' ? '0o' : '';
  if (!isPrefixed) return octal;
  if (base === 2) return '0b';
  if (base === 16) return '0x';
  return base === 8 && !digits.startsWith('0') ? `${octal}0` : octal;
}

function signText(isNegative: boolean, flags: Flags): string {
  if (isNegative) return '-';
  if (flags.plus) return '+';
  return flags.space ? ' ' : '';
}

/** `%U`, with `#` the character too. */
export function unicodeText(value: bigint, flags: Flags): string {
  const code = BigInt.asUintN(64, value);
  const digits = code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(flags.precision ?? 4, 4), '0');
  const isShown = flags.sharp && code <= 0x10ffffn && isPrintableRune(Number(code));
  const shown = isShown ? ` '${String.fromCodePoint(Number(code))}'` : '';
  return pad(`U+${digits}${shown}`, flags, false);
}

export function floatText(
  value: number,
  verb: FloatVerb,
  defaultPrecision: number | undefined,
  flags: Flags,
): string {
  const precision = flags.precision ?? defaultPrecision;
  const plain = formatFloat(value, verb, precision);
  const isSigned = plain.startsWith('-') || plain.startsWith('+');
  const sign = isSigned ? plain.charAt(0) : '+';
  let body = isSigned ? plain.slice(1) : plain;
  const shownSign = flags.space && sign === '+' && !flags.plus ? ' ' : sign;
  if (Number.isNaN(value)) {
    return pad(flags.space || flags.plus ? shownSign + body : body, flags, false);
  }
  if (!Number.isFinite(value)) {
    return pad(shownSign + body, flags, false);
  }
  if (flags.sharp && verb !== 'b') body = withPoint(body, verb, precision);
  if (!flags.plus && shownSign === '+') return pad(body, flags);
  if (flags.zero && !flags.minus && flags.widthMin !== undefined) {
    return shownSign + body.padStart(flags.widthMin - 1, '0');
  }
  return pad(shownSign + body, flags);
}

/** The flag `#`: always a point, and `%g` keeps its trailing zeros. */
function withPoint(body: string, verb: FloatVerb, precision: number | undefined): string {
  const isHex = verb === 'x' || verb === 'X';
  const tailAt = body.search(isHex ? /[pP]/ : /[eE]/);
  const tail = tailAt < 0 ? '' : body.slice(tailAt);
  const head = tailAt < 0 ? body : body.slice(0, tailAt);
  const keepsZeros = verb === 'g' || verb === 'G' || verb === 'x';
  let missing = keepsZeros ? (precision ?? SHARP_DIGITS) : 0;
  let isSignificant = false;
  for (const char of head) {
    if (char === '.') continue;
    if (char !== '0') isSignificant = true;
    if (isSignificant) missing--;
  }
  if (!head.includes('.') && head === '0') missing--;
  const pointed = head.includes('.') ? head : `${head}.`;
  return pointed + '0'.repeat(Math.max(missing, 0)) + tail;
}

const SHARP_DIGITS = 6;
