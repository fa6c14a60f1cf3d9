/** Label matchers, as in a PromQL selector. */
import { RE2JS } from 're2js';
import { isClassicLabelName, type Labels, quoteGo } from './labels.ts';

export type MatchType = '=' | '!=' | '=~' | '!~';

/** Longer programs than this are refused: a matcher is typed by people, not generated. */
const REGEX_BYTES_MAX = 64 * 1024;

/** A regular expression that does not parse; the text is Go's `error parsing regexp: …`. */
export class RegexError extends Error {
  override readonly name = 'RegexError';
}

/**
 * One condition on one label. Regular expressions are RE2 (linear time), anchored at both ends,
 * and `.` matches a newline, as in Prometheus.
 */
export class Matcher {
  readonly name: string;
  readonly type: MatchType;
  readonly value: string;
  readonly #test: (value: string) => boolean;

  /** @throws RegexError for `=~` and `!~` with an expression RE2 refuses */
  constructor(type: MatchType, name: string, value: string) {
    this.type = type;
    this.name = name;
    this.value = value;
    const positive = type === '=~' || type === '!~' ? anchoredRegex(value) : equalTo(value);
    this.#test = type === '=' || type === '=~' ? positive : (text) => !positive(text);
  }

  /** An absent label has the value ''. */
  matches(value: string): boolean {
    return this.#test(value);
  }

  /** True when a series without the label is selected. */
  get matchesEmpty(): boolean {
    return this.#test('');
  }

  /** The values that `=~` lists one by one (`a|b|c`), or undefined when it is not such a list. */
  get alternatives(): readonly string[] | undefined {
    if (this.type === '=') return [this.value];
    return this.type === '=~' ? literalAlternatives(this.value) : undefined;
  }

  toString(): string {
    const name = isClassicLabelName(this.name) ? this.name : quoteGo(this.name);
    return `${name}${this.type}${quoteGo(this.value)}`;
  }
}

export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matcher.matches(labels.get(matcher.name)));
}

function equalTo(value: string): (text: string) => boolean {
  return (text) => text === value;
}

const META = /[\\^$.|?*+()[\]{}]/;

function literalAlternatives(pattern: string): readonly string[] | undefined {
  const body = /^\((?!\?)([^()]*)\)$/.exec(pattern)?.[1] ?? pattern;
  const parts = body.split('|');
  return parts.some((part) => META.test(part)) ? undefined : parts;
}

/**
 * A fully anchored RE2 test, with ways past the engine for the shapes people write most.
 * @throws RegexError
 */
export function anchoredRegex(pattern: string): (text: string) => boolean {
  if (pattern.length > REGEX_BYTES_MAX) {
    throw new RegexError(`regular expression longer than ${REGEX_BYTES_MAX} bytes`);
  }
  if (pattern === '.*') return () => true;
  if (pattern === '.+') return (text) => text !== '';
  const alternatives = literalAlternatives(pattern);
  if (alternatives !== undefined) {
    if (alternatives.length === 1) return equalTo(alternatives[0] as string);
    const set = new Set(alternatives);
    return (text) => set.has(text);
  }
  const affix = /^(\.[*+])?([^\\^$.|?*+()[\]{}]+)(\.[*+])?$/.exec(pattern);
  if (affix !== null && (affix[1] !== undefined || affix[3] !== undefined)) {
    return affixTest(affix[1], affix[2] as string, affix[3]);
  }
  // By itself first: `a)(b` is wrong, although it is not within the parentheses added below, and
  // messages name the pattern as it was written.
  compileRegex(pattern);
  const compiled = compileRegex(`^(?s:${pattern})$`);
  return (text) => compiled.matches(text);
}

function affixTest(
  before: string | undefined,
  literal: string,
  after: string | undefined,
): (text: string) => boolean {
  const leadMin = before === '.+' ? 1 : 0;
  const tailMin = after === '.+' ? 1 : 0;
  if (before === undefined) {
    return (text) => text.length >= literal.length + tailMin && text.startsWith(literal);
  }
  if (after === undefined) {
    return (text) => text.length >= literal.length + leadMin && text.endsWith(literal);
  }
  return (text) => {
    const at = text.indexOf(literal, leadMin);
    return at >= 0 && at + literal.length + tailMin <= text.length;
  };
}

/** @throws RegexError whose text is Go's */
export function compileRegex(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    // Go names the part that is wrong, which is empty here.
    throw new RegexError(text.endsWith(' at end of expression') ? `${text}: \`\`` : text, {
      cause,
    });
  }
}
