/**
 * Quantities of Kubernetes (`100m`, `1.5Gi`, `2e3`). Syntax and rounding: "resource.Quantity" of
 * the Kubernetes API conventions.
 */

const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** Suffix → power of ten. */
const DECIMAL = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);

/** Suffix → power of two. */
const BINARY = new Map([
  ['Ki', 10n],
  ['Mi', 20n],
  ['Gi', 30n],
  ['Ti', 40n],
  ['Pi', 50n],
  ['Ei', 60n],
]);

/** Beyond it a quantity is saturated, as in Go. */
const INT64_MAX = 2n ** 63n - 1n;
/** Above it thousandths do not fit: `MaxMilliValue`. */
const MILLI_EXACT_MAX = INT64_MAX / 1000n;
/** An exponent with more digits is no quantity that fits. */
const EXPONENT_MAX = 1000;

/** numerator / 10^scale */
interface Decimal {
  readonly numerator: bigint;
  readonly scale: number;
}

/** Rounded up to whole units, as `Value()`. undefined: no quantity. */
export function quantityUnits(text: string | number | undefined): number | undefined {
  const decimal = parse(text);
  return decimal === undefined ? undefined : Number(roundedUp(decimal, 0));
}

/** To thousandths, rounded up; to whole units where those would not fit. undefined: no quantity. */
export function quantityNumber(text: string | number | undefined): number | undefined {
  const decimal = parse(text);
  if (decimal === undefined) return undefined;
  const units = roundedUp(decimal, 0);
  if (units > MILLI_EXACT_MAX) return Number(units);
  return Number(roundedUp(decimal, 3)) / 1000;
}

function parse(text: string | number | undefined): Decimal | undefined {
  if (text === undefined || text === null) return undefined;
  const match = QUANTITY.exec(String(text));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const shift = BINARY.get(suffix);
  if (shift !== undefined) return { numerator: digits << shift, scale: fraction.length };
  const exponent = DECIMAL.get(suffix) ?? Number(suffix.slice(1));
  if (Math.abs(exponent) > EXPONENT_MAX) return undefined;
  return { numerator: digits, scale: fraction.length - exponent };
}

/** In units of 10^-places, away from zero for positive and negative ones, as Go's does. */
function roundedUp({ numerator, scale }: Decimal, places: number): bigint {
  const drop = scale - places;
  const size = numerator < 0n ? -numerator : numerator;
  const rounded =
    drop <= 0
      ? size * 10n ** BigInt(-drop)
      : (size + 10n ** BigInt(drop) - 1n) / 10n ** BigInt(drop);
  const limited = rounded > INT64_MAX ? INT64_MAX : rounded;
  return numerator < 0n ? -limited : limited;
}
