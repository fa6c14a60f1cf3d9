/** The fast way through what follows a series on its line: value, timestamp, line feed. */
import { HASH, LF, SPACE, TAB } from './byte-classes.ts';
import { FloatError, parseFloatText } from './float-text.ts';

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const LOWER_E = 0x65;
const UPPER_N = 0x4e;
const LOWER_A = 0x61;

/** Up to 15 digits are exact in a double, and so are the powers of ten up to 10^22. */
const EXACT_DIGITS_MAX = 15;
const EXACT_POWER_MAX = 22;
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_POWER_MAX + 1 }, (_, n) => 10 ** n);

/** The longest double prints in 24 bytes; a longer number is read by the parser. */
const NUMBER_BYTES_MAX = 64;
/** Milliseconds up to the year 33658 have 15 digits. */
const TIMESTAMP_DIGITS_MAX = 15;

export type Tail =
  /** Value and perhaps timestamp read; `end` is behind the line feed. */
  | 'sample'
  /** The same, and an exemplar begins at `end` (its space and hash). */
  | 'exemplar'
  /** Written in a way that only the parser reads, or wrong. */
  | 'unusual';

/**
 * Reads the common spelling of a line's rest and leaves every other to the parser. Never throws.
 * Correctly rounded: a mantissa of at most 15 digits and a power of ten within 10^±22 are both
 * exact, so one multiplication or division rounds once.
 */
export class TailScanner {
  value = 0;
  /** Milliseconds; NaN when the line has none. */
  timestampMs = Number.NaN;
  end = 0;
  #isNumber = false;
  readonly #secondTimestamps: boolean;

  /** @param secondTimestamps OpenMetrics: timestamps are seconds, and exemplars may follow */
  constructor(secondTimestamps: boolean) {
    this.#secondTimestamps = secondTimestamps;
  }

  /** @param start the byte after the series */
  scan(bytes: Uint8Array, start: number): Tail {
    if (bytes[start] !== SPACE) return 'unusual';
    this.timestampMs = Number.NaN;
    return this.#secondTimestamps
      ? this.#openMetrics(bytes, start + 1)
      : this.#prometheus(bytes, skipBlanks(bytes, start + 1));
  }

  /** Any number of blanks between the parts and behind them. */
  #prometheus(bytes: Uint8Array, start: number): Tail {
    this.value = this.#number(bytes, start);
    if (!this.#isNumber) return 'unusual';
    if (bytes[this.end] === LF) return this.#endAt(this.end + 1);
    const at = skipBlanks(bytes, this.end);
    return bytes[at] === LF ? this.#endAt(at + 1) : this.#milliseconds(bytes, at);
  }

  /** One space between the parts, and none behind them. */
  #openMetrics(bytes: Uint8Array, start: number): Tail {
    this.value = this.#number(bytes, start);
    if (!this.#isNumber) return 'unusual';
    const at = this.end;
    if (bytes[at] === LF) return this.#endAt(at + 1);
    if (bytes[at] !== SPACE) return 'unusual';
    return bytes[at + 1] === HASH ? 'exemplar' : this.#seconds(bytes, at + 1);
  }

  #endAt(end: number): Tail {
    this.end = end;
    return 'sample';
  }

  #milliseconds(bytes: Uint8Array, start: number): Tail {
    let timestampMs = 0;
    let at = start;
    let digit = (bytes[at] as number) - ZERO;
    while (digit >= 0 && digit <= 9) {
      timestampMs = timestampMs * 10 + digit;
      digit = (bytes[++at] as number) - ZERO;
    }
    const end = skipBlanks(bytes, at);
    if (at === start || at - start > TIMESTAMP_DIGITS_MAX || bytes[end] !== LF) return 'unusual';
    this.timestampMs = timestampMs;
    return this.#endAt(end + 1);
  }

  #seconds(bytes: Uint8Array, start: number): Tail {
    const seconds = this.#number(bytes, start);
    if (!this.#isNumber || !Number.isFinite(seconds)) return 'unusual';
    this.timestampMs = Math.trunc(seconds * 1000) + 0;
    if (bytes[this.end] === LF) return this.#endAt(this.end + 1);
    return bytes[this.end] === SPACE && bytes[this.end + 1] === HASH ? 'exemplar' : 'unusual';
  }

  /** Sets `end` and `#isNumber`. */
  #number(bytes: Uint8Array, start: number): number {
    let at = start;
    let byte = bytes[at] as number;
    const isNegative = byte === MINUS;
    if (isNegative || byte === PLUS) byte = bytes[++at] as number;
    const digitsStart = at;
    let mantissa = 0;
    let digit = byte - ZERO;
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      byte = bytes[++at] as number;
      digit = byte - ZERO;
    }
    let digitCount = at - digitsStart;
    let power = 0;
    if (byte === DOT) {
      const fractionStart = at + 1;
      byte = bytes[++at] as number;
      digit = byte - ZERO;
      while (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        byte = bytes[++at] as number;
        digit = byte - ZERO;
      }
      power = fractionStart - at;
      digitCount += at - fractionStart;
    }
    if (digitCount === 0 || digitCount > EXACT_DIGITS_MAX) return this.#text(bytes, start);
    if ((byte | 0x20) === LOWER_E) {
      power += this.#exponent(bytes, at + 1);
      at = this.end;
      byte = bytes[at] as number;
    }
    // An exponent without digits is NaN, and fails here too.
    const isExact = power >= -EXACT_POWER_MAX && power <= EXACT_POWER_MAX;
    if (!isExact || (byte !== LF && byte !== SPACE && byte !== TAB)) {
      return this.#text(bytes, start);
    }
    const value =
      power < 0
        ? mantissa / (POWERS_OF_TEN[-power] as number)
        : mantissa * (POWERS_OF_TEN[power] as number);
    this.end = at;
    this.#isNumber = true;
    return isNegative ? -value : value;
  }

  /** The exponent's number, or NaN; sets `end`. */
  #exponent(bytes: Uint8Array, start: number): number {
    let at = start;
    const sign = bytes[at];
    if (sign === MINUS || sign === PLUS) at++;
    const digitsStart = at;
    let exponent = 0;
    let digit = (bytes[at] as number) - ZERO;
    while (digit >= 0 && digit <= 9 && exponent < 1000) {
      exponent = exponent * 10 + digit;
      digit = (bytes[++at] as number) - ZERO;
    }
    this.end = at;
    if (at === digitsStart) return Number.NaN;
    return sign === MINUS ? -exponent : exponent;
  }

  /** Numbers of many digits, infinities, and what is no number. */
  #text(bytes: Uint8Array, start: number): number {
    this.#isNumber = false;
    let end = start;
    const limit = Math.min(bytes.length, start + NUMBER_BYTES_MAX);
    while (end < limit && !isBlankOrLineFeed(bytes[end] as number)) end++;
    if (end === limit) return Number.NaN;
    this.end = end;
    if (
      end - start === 3 &&
      bytes[start] === UPPER_N &&
      bytes[start + 1] === LOWER_A &&
      bytes[start + 2] === UPPER_N
    ) {
      this.#isNumber = true;
      return Number.NaN;
    }
    try {
      const value = parseFloatText(String.fromCharCode(...bytes.subarray(start, end)));
      this.#isNumber = true;
      return value;
    } catch (error) {
      if (error instanceof FloatError) return Number.NaN;
      throw error;
    }
  }
}

function skipBlanks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
}

function isBlankOrLineFeed(byte: number): boolean {
  return byte === SPACE || byte === LF || byte === TAB;
}
