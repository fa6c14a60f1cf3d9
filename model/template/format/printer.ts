/** Values as Go's fmt prints them: one directive's verb and flags applied to one value. */
import { compareUtf8 } from '../../labels.ts';
import type { GoType } from '../value/go-types.ts';
import { fromInterface, type GoValue, type Maybe, type StructValue } from '../value/go-values.ts';
import { Flags, pad, truncate } from './flags.ts';
import { floatText, integerText, unicodeText } from './number-text.ts';
import { hexText, quotedRune, quotedText, runeText } from './string-text.ts';

/** Verbs for which a value's own `String()` is used. */
const TEXT_VERBS: ReadonlySet<string> = new Set(['v', 's', 'x', 'X', 'q']);
/** What stands for the address of a pointer: there is none, and pages must not change by it. */
const ADDRESS = '0xc000000000';
/** Values within values; data of ours never comes near it. */
const PRINT_DEPTH_MAX = 50;

export class Printer {
  readonly flags: Flags;
  /** Printing the value within a `%!d(…)`, where methods are not asked. */
  #isErroring = false;

  constructor(flags: Flags = new Flags()) {
    this.flags = flags;
  }

  print(argument: Maybe<GoValue>, verb: string): string {
    const value = fromInterface(argument);
    if (value === undefined) {
      return verb === 'T' || verb === 'v' ? pad('<nil>', this.flags) : this.#badVerb(value, verb);
    }
    if (verb === 'T') return pad(truncate(value.type.name, this.flags), this.flags);
    if (verb === 'p') {
      const hasAddress = ['pointer', 'map', 'slice', 'func'].includes(value.kind);
      return hasAddress ? ADDRESS : this.#badVerb(value, verb);
    }
    return this.#print(value, verb, 0);
  }

  #print(value: GoValue, verb: string, depth: number): string {
    if (depth > PRINT_DEPTH_MAX) return '...';
    const own = this.#ownText(value, verb);
    if (own !== undefined) return this.#string(own, value, verb);
    switch (value.kind) {
      case 'bool':
        if (verb !== 't' && verb !== 'v') return this.#badVerb(value, verb);
        return pad(String(value.value), this.flags);
      case 'int':
      case 'uint':
        return this.#integer(value.value, value.kind === 'uint', value, verb);
      case 'float':
        return this.#float(value.value, value, verb);
      case 'string':
        return this.#string(value.value, value, verb);
      case 'slice':
        return this.#slice(value.items, value, verb, depth);
      case 'map':
        return this.#map(value.entries, value, verb, depth);
      case 'struct':
        return this.#struct(value, verb, depth);
      case 'interface':
        return this.#slot(value, verb, depth);
      case 'pointer':
        return this.#pointer(value.target, value, verb, depth);
      case 'func':
        return this.#address(value, verb);
    }
  }

  #ownText(value: GoValue, verb: string): string | undefined {
    if (this.#isErroring || this.flags.sharpV || !TEXT_VERBS.has(verb)) return undefined;
    const holder = value.kind === 'pointer' ? value.target : value;
    return holder === undefined ? undefined : holder.type.toText?.(holder);
  }

  #integer(integer: bigint, isUnsigned: boolean, value: GoValue, verb: string): string {
    const { flags } = this;
    switch (verb) {
      case 'v':
        if (flags.sharpV && isUnsigned) return integerText(integer, 'v', flags, 16, true);
        return integerText(integer, verb, flags);
      case 'b':
      case 'd':
      case 'o':
      case 'O':
      case 'x':
      case 'X':
        return integerText(integer, verb, flags);
      case 'c':
        return pad(runeText(integer), flags);
      case 'q':
        return quotedRune(integer, flags);
      case 'U':
        return unicodeText(integer, flags);
      default:
        return this.#badVerb(value, verb);
    }
  }

  #float(float: number, value: GoValue, verb: string): string {
    switch (verb) {
      case 'v':
        return floatText(float, 'g', undefined, this.flags);
      case 'b':
      case 'g':
      case 'G':
      case 'x':
      case 'X':
        return floatText(float, verb, undefined, this.flags);
      case 'e':
      case 'E':
      case 'f':
        return floatText(float, verb, DEFAULT_PRECISION, this.flags);
      case 'F':
        return floatText(float, 'f', DEFAULT_PRECISION, this.flags);
      default:
        return this.#badVerb(value, verb);
    }
  }

  #string(text: string, value: GoValue, verb: string): string {
    switch (verb) {
      case 'v':
        if (this.flags.sharpV) return quotedText(text, this.flags);
        return pad(truncate(text, this.flags), this.flags);
      case 's':
        return pad(truncate(text, this.flags), this.flags);
      case 'x':
      case 'X':
        return hexText(text, verb === 'X', this.flags);
      case 'q':
        return quotedText(text, this.flags);
      default:
        return this.#badVerb(value, verb);
    }
  }

  #slice(items: readonly Maybe<GoValue>[], value: GoValue, verb: string, depth: number): string {
    const parts = items.map((item) => this.#element(item, verb, depth));
    if (!this.flags.sharpV) return `[${parts.join(' ')}]`;
    if (value.kind === 'slice' && value.isNil) return `${value.type.name}(nil)`;
    return `${value.type.name}{${parts.join(', ')}}`;
  }

  #map(
    entries: ReadonlyMap<string, Maybe<GoValue>>,
    value: GoValue,
    verb: string,
    depth: number,
  ): string {
    const keys = [...entries.keys()].sort(compareUtf8);
    const parts = keys.map((key) => {
      const shownKey = this.#string(key, { ...KEY, value: key }, verb);
      return `${shownKey}:${this.#element(entries.get(key), verb, depth)}`;
    });
    if (!this.flags.sharpV) return `map[${parts.join(' ')}]`;
    if (value.kind === 'map' && value.isNil) return `${value.type.name}(nil)`;
    return `${value.type.name}{${parts.join(', ')}}`;
  }

  #struct(value: StructValue, verb: string, depth: number): string {
    const isNamed = this.flags.plusV || this.flags.sharpV;
    const parts = (value.type.fields ?? []).map((field, index) => {
      const text = this.#element(value.fields[index], verb, depth);
      return isNamed ? `${field.name}:${text}` : text;
    });
    if (this.flags.sharpV) return `${value.type.name}{${parts.join(', ')}}`;
    return `{${parts.join(' ')}}`;
  }

  #element(value: Maybe<GoValue>, verb: string, depth: number): string {
    const inner = fromInterface(value);
    if (inner !== undefined) return this.#print(inner, verb, depth + 1);
    return this.flags.sharpV ? 'interface {}(nil)' : '<nil>';
  }

  #slot(value: GoValue, verb: string, depth: number): string {
    return this.#element(value, verb, depth);
  }

  #pointer(target: Maybe<GoValue>, value: GoValue, verb: string, depth: number): string {
    const isShown =
      target !== undefined && ['slice', 'map', 'struct'].includes(target.kind) && depth === 0;
    if (isShown) return `&${this.#print(target, verb, depth + 1)}`;
    if (target === undefined && verb === 'v') {
      return this.flags.sharpV ? `(${value.type.name})(nil)` : pad('<nil>', this.flags);
    }
    return this.#address(value, verb);
  }

  #address(value: GoValue, verb: string): string {
    if (verb === 'v' && this.flags.sharpV) return `(${value.type.name})(${ADDRESS})`;
    return verb === 'v' ? ADDRESS : this.#badVerb(value, verb);
  }

  #badVerb(value: Maybe<GoValue>, verb: string): string {
    if (value === undefined) return `%!${verb}(<nil>)`;
    const before = this.#isErroring;
    this.#isErroring = true;
    const text = `%!${verb}(${value.type.name}=${this.#print(value, 'v', 0)})`;
    this.#isErroring = before;
    return text;
  }
}

const DEFAULT_PRECISION = 6;
const KEY_TYPE: GoType = { kind: 'string', name: 'string', isNamed: true, underlying: 'string' };
const KEY = { kind: 'string', type: KEY_TYPE } as const;

/** Go's `%v` of one value. */
export function valueText(value: Maybe<GoValue>): string {
  return new Printer().print(value, 'v');
}

/** Go's `fmt.Sprint`: a space between two values of which neither is a string. */
export function sprint(values: readonly Maybe<GoValue>[]): string {
  let out = '';
  let wasString = false;
  for (const [index, value] of values.entries()) {
    const isString = fromInterface(value)?.kind === 'string';
    if (index > 0 && !isString && !wasString) out += ' ';
    out += valueText(value);
    wasString = isString;
  }
  return out;
}

/** Go's `fmt.Sprintln`. */
export function sprintln(values: readonly Maybe<GoValue>[]): string {
  return `${values.map(valueText).join(' ')}\n`;
}
