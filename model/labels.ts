/** Labels: the identity of a series. */

export const METRIC_NAME = '__name__';

/**
 * Order of two strings by their UTF-8 bytes, which is Go's order of strings and so that of
 * Prometheus' answers. Differs from JavaScript's own only where a surrogate pair meets
 * U+E000 to U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const leftIsSurrogate = left >= 0xd800 && left <= 0xdfff;
    const rightIsSurrogate = right >= 0xd800 && right <= 0xdfff;
    if (leftIsSurrogate !== rightIsSurrogate) return leftIsSurrogate ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

/**
 * A label set: names in ascending UTF-8 order, each once, no empty value (an empty value and an
 * absent label are the same thing in Prometheus). Immutable.
 */
export class Labels {
  static readonly EMPTY: Labels = new Labels([]);

  /** name, value, name, value … */
  readonly pairs: readonly string[];
  #key: string | undefined;

  private constructor(pairs: readonly string[]) {
    this.pairs = pairs;
  }

  /** @param pairs name, value, … already in order, without duplicates and empty values; kept */
  static fromSortedPairs(pairs: readonly string[]): Labels {
    return pairs.length === 0 ? Labels.EMPTY : new Labels(pairs);
  }

  /** @param pairs name, value, … in any order; of a name given twice the last value counts */
  static fromPairs(pairs: readonly string[]): Labels {
    const record = new Map<string, string>();
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      record.set(pairs[at] as string, pairs[at + 1] as string);
    }
    return Labels.fromEntries(record);
  }

  static fromRecord(record: Readonly<Record<string, string>>): Labels {
    return Labels.fromEntries(Object.entries(record));
  }

  /** @param entries names must be unique; empty values are left out */
  static fromEntries(entries: Iterable<readonly [string, string]>): Labels {
    const pairs: string[] = [];
    for (const [name, value] of entries) {
      if (value !== '') pairs.push(name, value);
    }
    return Labels.fromSortedPairs(inOrder(pairs));
  }

  get size(): number {
    return this.pairs.length / 2;
  }

  /** The value of a label; '' when it is absent. */
  get(name: string): string {
    const pairs = this.pairs;
    for (let at = 0; at < pairs.length; at += 2) {
      if (pairs[at] === name) return pairs[at + 1] as string;
    }
    return '';
  }

  has(name: string): boolean {
    return this.get(name) !== '';
  }

  /** Equal keys, equal label sets: for `Map` keys. No label may contain U+FFFF. */
  get key(): string {
    this.#key ??= this.pairs.join('\uffff');
    return this.#key;
  }

  /** Without the named labels. */
  without(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => !names.has(name));
  }

  /** Only the named labels. */
  only(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => names.has(name));
  }

  withoutName(): Labels {
    return this.pairs[0] === METRIC_NAME
      ? Labels.fromSortedPairs(this.pairs.slice(2))
      : this.#filter((name) => name !== METRIC_NAME);
  }

  /** With the label set to `value`, or without it when `value` is ''. */
  with(name: string, value: string): Labels {
    const pairs = this.pairs;
    let at = 0;
    while (at < pairs.length && compareUtf8(pairs[at] as string, name) < 0) at += 2;
    const isThere = pairs[at] === name;
    if (value === '') {
      return isThere ? Labels.fromSortedPairs(pairs.toSpliced(at, 2)) : this;
    }
    if (isThere && pairs[at + 1] === value) return this;
    return Labels.fromSortedPairs(pairs.toSpliced(at, isThere ? 2 : 0, name, value));
  }

  *entries(): Generator<readonly [string, string]> {
    for (let at = 0; at < this.pairs.length; at += 2) {
      yield [this.pairs[at] as string, this.pairs[at + 1] as string];
    }
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this.entries());
  }

  equals(other: Labels): boolean {
    return this === other || this.key === other.key;
  }

  /** Order of Prometheus' `labels.Compare`: pair by pair, then the shorter set first. */
  compare(other: Labels): number {
    const length = Math.min(this.pairs.length, other.pairs.length);
    for (let at = 0; at < length; at++) {
      const order = compareUtf8(this.pairs[at] as string, other.pairs[at] as string);
      if (order !== 0) return order;
    }
    return this.pairs.length - other.pairs.length;
  }

  /** `{a="b", c="d"}`, the text of Prometheus' `labels.Labels.String`, the name among them. */
  toString(): string {
    const parts: string[] = [];
    for (const [name, value] of this.entries()) {
      parts.push(`${isClassicLabelName(name) ? name : quoteGo(name)}=${quoteGo(value)}`);
    }
    return `{${parts.join(', ')}}`;
  }

  #filter(keep: (name: string) => boolean): Labels {
    const pairs: string[] = [];
    for (let at = 0; at < this.pairs.length; at += 2) {
      const name = this.pairs[at] as string;
      if (keep(name)) pairs.push(name, this.pairs[at + 1] as string);
    }
    return pairs.length === this.pairs.length ? this : Labels.fromSortedPairs(pairs);
  }
}

/** More labels than a series has are sorted as a whole: inserting them takes n² steps. */
const INSERTED_LABELS_MAX = 64;

/** Name, value pairs by ascending name; most come almost so. Sorts in place where it can. */
function inOrder(pairs: string[]): readonly string[] {
  if (pairs.length > 2 * INSERTED_LABELS_MAX) return sortedAtOnce(pairs);
  for (let next = 2; next < pairs.length; next += 2) {
    const name = pairs[next] as string;
    const value = pairs[next + 1] as string;
    let at = next;
    while (at > 0 && compareUtf8(pairs[at - 2] as string, name) > 0) {
      pairs[at] = pairs[at - 2] as string;
      pairs[at + 1] = pairs[at - 1] as string;
      at -= 2;
    }
    pairs[at] = name;
    pairs[at + 1] = value;
  }
  return pairs;
}

function sortedAtOnce(pairs: readonly string[]): readonly string[] {
  const entries: (readonly [string, string])[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    entries.push([pairs[at] as string, pairs[at + 1] as string]);
  }
  return entries.sort((a, b) => compareUtf8(a[0], b[0])).flat();
}

/** Label names of Prometheus 2, which need no quotes in Prometheus 3. */
export function isClassicLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}

/** Metric names of Prometheus 2, which need no quotes in Prometheus 3. */
export function isClassicMetricName(name: string): boolean {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
}

/**
 * A string in double quotes as Go's `strconv.Quote` prints it. A byte that is no UTF-8 stands in
 * our strings as a single surrogate, U+DC00 plus the byte, and is printed as `\xff`.
 */
export function quoteGo(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    const short = GO_ESCAPES.get(char);
    if (short !== undefined) out += short;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (isPrintable(char)) out += char;
    else if (code >= 0xdc80 && code <= 0xdcff) out += `\\x${(code - 0xdc00).toString(16)}`;
    else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return `${out}"`;
}

const GO_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);

/** Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the plain space. */
function isPrintable(char: string): boolean {
  return char === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);
}
