/** Where a number or a duration in a text ends. The rules are those of Prometheus' lexer. */

/** `end` is where the scan stopped, the place of the mistake included when `ok` is false. */
export interface Scan {
  readonly ok: boolean;
  readonly end: number;
}

const UNIT_AFTER_NUMBER = 'smhdwy';
const UNIT_LATER = 'smhdw';

/** A digit, a letter or an underscore. */
export function isWordCode(code: number): boolean {
  return isLetterCode(code) || isDigitCode(code);
}

export function isLetterCode(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

export function isDigitCode(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

class NumberScanner {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  is(set: string): boolean {
    return this.at < this.#text.length && set.includes(this.#text.charAt(this.at));
  }

  accept(set: string): boolean {
    if (!this.is(set)) return false;
    this.at++;
    return true;
  }

  get code(): number {
    return this.at < this.#text.length ? this.#text.charCodeAt(this.at) : -1;
  }

  /** A digit or letter that follows makes it no number, but for the `x` of a repetition. */
  number(isSeriesDescription: boolean): boolean {
    const start = this.at;
    let digits = '0123456789';
    // In a series description `0x3` is three more zeros.
    if (!isSeriesDescription && this.accept('0') && this.accept('xX')) {
      this.accept('_');
      digits = '0123456789abcdefABCDEF';
    }
    this.accept('.');
    this.accept(digits);
    if (!this.#rest(digits) || this.at === start) return false;
    return (isSeriesDescription && this.is('x')) || !isWordCode(this.code);
  }

  #rest(digits: string): boolean {
    let hasDot = false;
    let hasExponent = false;
    for (;;) {
      if (this.is('.')) {
        this.at++;
        if (hasDot || this.accept('_.') || digits.length > 10) return false;
        hasDot = true;
      } else if (this.is('eE')) {
        this.at++;
        if (hasExponent) return false;
        hasExponent = true;
        this.accept('+-');
        if (this.accept('._eE') || this.code < 0) return false;
      } else if (this.accept('_')) {
        if (this.accept('._eE') || this.code < 0) return false;
      } else if (this.is(digits)) {
        while (this.accept(digits));
      } else {
        return true;
      }
    }
  }

  duration(): boolean {
    if (!this.accept(UNIT_AFTER_NUMBER)) return false;
    this.accept('s');
    while (this.accept('0123456789')) {
      while (this.accept('0123456789'));
      if (!this.accept(UNIT_LATER)) return false;
      this.accept('s');
    }
    if (!isWordCode(this.code)) return true;
    this.at++;
    return false;
  }
}

/** @param isSeriesDescription no hexadecimal numbers, and `x` may follow */
export function scanNumber(text: string, at: number, isSeriesDescription: boolean): Scan {
  const scanner = new NumberScanner(text, at);
  return { ok: scanner.number(isSeriesDescription), end: scanner.at };
}

/** @param at after the first number */
export function scanDuration(text: string, at: number): Scan {
  const scanner = new NumberScanner(text, at);
  return { ok: scanner.duration(), end: scanner.at };
}
