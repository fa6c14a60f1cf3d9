/** Go's `fmt.Sprintf`. */
import { fromInterface, type GoValue, type Maybe } from '../value/go-values.ts';
import { Flags } from './flags.ts';
import { Printer } from './printer.ts';

/** Widths, precisions and argument numbers beyond this are refused, as in Go. */
const NUMBER_MAX = 1_000_000;

/**
 * Mistakes stand in the text as in Go: `%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA int=1)`.
 * @param outputMax longest text; what is beyond is not made
 * @throws RangeError when a padding alone would pass `outputMax`
 */
export function sprintf(
  format: string,
  args: readonly Maybe<GoValue>[],
  outputMax: number = Number.POSITIVE_INFINITY,
): string {
  return new Formatter(format, args, outputMax).run();
}

class Formatter {
  readonly #format: string;
  readonly #args: readonly Maybe<GoValue>[];
  readonly #outputMax: number;
  #at = 0;
  #argIndex = 0;
  #isReordered = false;
  #isGoodIndex = true;
  #isAfterIndex = false;
  #out = '';

  constructor(format: string, args: readonly Maybe<GoValue>[], outputMax: number) {
    this.#format = format;
    this.#args = args;
    this.#outputMax = outputMax;
  }

  run(): string {
    const format = this.#format;
    while (this.#at < format.length) {
      const percent = format.indexOf('%', this.#at);
      if (percent < 0) {
        this.#write(format.slice(this.#at));
        break;
      }
      this.#write(format.slice(this.#at, percent));
      this.#at = percent + 1;
      if (!this.#directive()) break;
    }
    this.#extra();
    return this.#out;
  }

  #write(text: string): void {
    this.#out += text;
    if (this.#out.length > this.#outputMax) throw new RangeError('formatted text is too long');
  }

  /** @returns false at the end of the format */
  #directive(): boolean {
    this.#isGoodIndex = true;
    this.#isAfterIndex = false;
    const flags = this.#flags();
    this.#argNumber();
    this.#width(flags);
    this.#precision(flags);
    if (!this.#isAfterIndex) this.#argNumber();
    const code = this.#format.codePointAt(this.#at);
    if (code === undefined) {
      this.#write('%!(NOVERB)');
      return false;
    }
    const verb = String.fromCodePoint(code);
    this.#at += verb.length;
    this.#verb(verb, flags);
    return true;
  }

  #verb(verb: string, flags: Flags): void {
    if (verb === '%') this.#write('%');
    else if (!this.#isGoodIndex) this.#write(`%!${verb}(BADINDEX)`);
    else if (this.#argIndex >= this.#args.length) this.#write(`%!${verb}(MISSING)`);
    else {
      if (verb === 'v' || verb === 'w') {
        flags.sharpV = flags.sharp;
        flags.sharp = false;
        flags.plusV = flags.plus;
        flags.plus = false;
      }
      if ((flags.widthMin ?? 0) > this.#outputMax || (flags.precision ?? 0) > this.#outputMax) {
        throw new RangeError('formatted text is too long');
      }
      this.#write(new Printer(flags).print(this.#args[this.#argIndex++], verb));
    }
  }

  #flags(): Flags {
    const flags = new Flags();
    for (; this.#at < this.#format.length; this.#at++) {
      switch (this.#format[this.#at]) {
        case '#':
          flags.sharp = true;
          break;
        case '0':
          flags.zero = true;
          break;
        case '+':
          flags.plus = true;
          break;
        case '-':
          flags.minus = true;
          break;
        case ' ':
          flags.space = true;
          break;
        default:
          return flags;
      }
    }
    return flags;
  }

  #width(flags: Flags): void {
    if (this.#format[this.#at] === '*') {
      this.#at++;
      const width = this.#intArg();
      if (width === undefined) this.#write('%!(BADWIDTH)');
      else {
        flags.widthMin = Math.abs(width);
        if (width < 0) {
          flags.minus = true;
          flags.zero = false;
        }
      }
      this.#isAfterIndex = false;
      return;
    }
    flags.widthMin = this.#number();
    if (this.#isAfterIndex && flags.widthMin !== undefined) this.#isGoodIndex = false;
  }

  #precision(flags: Flags): void {
    if (this.#format[this.#at] !== '.' || this.#at + 1 >= this.#format.length) return;
    this.#at++;
    if (this.#isAfterIndex) this.#isGoodIndex = false;
    this.#argNumber();
    if (this.#format[this.#at] !== '*') {
      flags.precision = this.#number() ?? 0;
      return;
    }
    this.#at++;
    const precision = this.#intArg();
    if (precision === undefined || precision < 0) this.#write('%!(BADPREC)');
    else flags.precision = precision;
    this.#isAfterIndex = false;
  }

  /** Digits at the present place; a number too large uses up the format, as in Go. */
  #number(): number | undefined {
    let value: number | undefined;
    for (; /^[0-9]$/.test(this.#format[this.#at] ?? ''); this.#at++) {
      if ((value ?? 0) > NUMBER_MAX) {
        this.#at = this.#format.length;
        return undefined;
      }
      value = (value ?? 0) * 10 + Number(this.#format[this.#at]);
    }
    return value;
  }

  #intArg(): number | undefined {
    if (this.#argIndex >= this.#args.length) return undefined;
    const value = fromInterface(this.#args[this.#argIndex++]);
    if (value?.kind !== 'int' && value?.kind !== 'uint') return undefined;
    const number = Number(value.value);
    return Math.abs(number) > NUMBER_MAX ? undefined : number;
  }

  /** `[3]`: the argument to go on with. */
  #argNumber(): void {
    this.#isAfterIndex = false;
    if (this.#format[this.#at] !== '[') return;
    this.#isReordered = true;
    const close = this.#format.indexOf(']', this.#at);
    if (close < 0) {
      this.#isGoodIndex = false;
      this.#at++;
      return;
    }
    const text = this.#format.slice(this.#at + 1, close);
    const index = Number(text) - 1;
    this.#at = close + 1;
    const isNumber = /^[0-9]{1,7}$/.test(text);
    this.#isAfterIndex = isNumber;
    if (isNumber && index >= 0 && index < this.#args.length) this.#argIndex = index;
    else this.#isGoodIndex = false;
  }

  #extra(): void {
    if (this.#isReordered || this.#argIndex >= this.#args.length) return;
    const rest = this.#args.slice(this.#argIndex).map((arg) => {
      const value = fromInterface(arg);
      if (value === undefined) return '<nil>';
      return `${value.type.name}=${new Printer().print(value, 'v')}`;
    });
    this.#write(`%!(EXTRA ${rest.join(', ')})`);
  }
}
