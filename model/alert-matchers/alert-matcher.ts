/** Conditions on an alert's labels, as Alertmanager has them. */
import { compareUtf8, type Labels, quoteGo } from '../labels.ts';
import type { MatchType } from '../matcher.ts';
import { alertRegexTest } from './regex-test.ts';

/** Go's `unicode.IsSpace` and what else ends a text without quotes. */
export const RESERVED =
  /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000{}!=~,\\"'`]/u;

/** In the order in which matchers of one name and value are sorted. */
const TYPES: readonly MatchType[] = ['=', '!=', '=~', '!~'];

/**
 * One condition on one label. Differs from a PromQL matcher in that `.` does not match a line
 * feed, and in its text.
 */
export class AlertMatcher {
  readonly type: MatchType;
  readonly name: string;
  readonly value: string;
  readonly #test: (value: string) => boolean;

  /** @throws RegexError whose text is Go's, of the pattern with its anchors */
  constructor(type: MatchType, name: string, value: string) {
    this.type = type;
    this.name = name;
    this.value = value;
    const isRegex = type === '=~' || type === '!~';
    const positive = isRegex ? alertRegexTest(value) : (text: string) => text === value;
    this.#test = type === '=' || type === '=~' ? positive : (text) => !positive(text);
  }

  /** @param value '' for a label that is absent */
  matches(value: string): boolean {
    return this.#test(value);
  }

  /** `name="value"`; part of group keys, so it may never change. */
  toString(): string {
    if (RESERVED.test(this.name)) return `${quoteGo(this.name)}${this.type}${quoteGo(this.value)}`;
    return `${this.name}${this.type}"${escapeValue(this.value)}"`;
  }

  equals(other: AlertMatcher): boolean {
    return this.type === other.type && this.name === other.name && this.value === other.value;
  }
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

export function matchesAlert(matchers: readonly AlertMatcher[], labels: Labels): boolean {
  for (const matcher of matchers) {
    if (!matcher.matches(labels.get(matcher.name))) return false;
  }
  return true;
}

/** By name, then value, then type. */
export function sortMatchers(matchers: readonly AlertMatcher[]): readonly AlertMatcher[] {
  return [...matchers].sort((a, b) => {
    const order = compareUtf8(a.name, b.name) || compareUtf8(a.value, b.value);
    return order || TYPES.indexOf(a.type) - TYPES.indexOf(b.type);
  });
}

/** `{a="b",c="d"}` in the given order. */
export function matchersText(matchers: readonly AlertMatcher[]): string {
  return `{${matchers.map(String).join(',')}}`;
}
