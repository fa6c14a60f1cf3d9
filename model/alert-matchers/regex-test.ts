/** Anchored regular expressions, with ways past the engine for the shapes that people write most. */
import { compileRegex, RegexError } from '../matcher.ts';

/** Longer expressions are refused: a matcher is typed by people, not generated. */
const REGEX_LENGTH_MAX = 64 * 1024;

/** Results that are kept of one expression: label values are few, alerts many. */
const RESULTS_MAX = 1000;

/** A literal, maybe escaped, with `.*` or `.+` before or after it. */
const AFFIX = /^\^?(\.[*+])?((?:[^\\^$.|?*+()[\]{}]|\\[^\w\s])*)(\.[*+])?\$?$/;

/** In two pairs of parentheses one may end where the other begins: then neither is around all. */
const WRAPPED = /^\^?\((?:\?:)?([^()[\\]*(?:\([^()[\\]*\)[^()[\\]*)*)\)\$?$/;

type Test = (text: string) => boolean;

/**
 * The test `^(?:pattern)$`, in which `.` does not match a line feed.
 * @throws RegexError whose text is Go's, of the pattern with its anchors
 */
export function alertRegexTest(pattern: string): Test {
  if (pattern.length > REGEX_LENGTH_MAX) {
    throw new RegexError(`error parsing regexp: longer than ${REGEX_LENGTH_MAX} characters`);
  }
  const compiled = compileRegex(`^(?:${pattern})$`);
  const slow = remembering((text) => compiled.matches(text));
  const fast = simpleTest(unwrap(pattern));
  if (fast === undefined) return slow;
  // Where a line feed lets the fast test say yes too often, it never says no too often.
  return (text) => fast(text) && (!text.includes('\n') || slow(text));
}

function remembering(test: Test): Test {
  const results = new Map<string, boolean>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    if (results.size >= RESULTS_MAX) results.clear();
    const result = test(text);
    results.set(text, result);
    return result;
  };
}

/** Without parentheses and anchors around the whole. */
function unwrap(pattern: string): string {
  const inner = WRAPPED.exec(pattern)?.[1];
  return inner === undefined ? pattern : unwrap(inner);
}

/** For alternatives of literals and affixes, as if `.` matched a line feed; else undefined. */
function simpleTest(pattern: string): Test | undefined {
  const exact = new Set<string>();
  const affixes: Test[] = [];
  for (const part of pattern.split(/(?<!\\)\|/)) {
    const match = AFFIX.exec(part);
    if (match === null) return undefined;
    const [, before, literal = '', after] = match;
    const text = literal.replaceAll(/\\(.)/gu, '$1');
    if (before === undefined && after === undefined) exact.add(text);
    else affixes.push(affixTest(before, text, after));
  }
  if (affixes.length === 0) return (text) => exact.has(text);
  return (text) => exact.has(text) || affixes.some((test) => test(text));
}

function affixTest(before: string | undefined, literal: string, after: string | undefined): Test {
  const lengthMin = literal.length + (before === '.+' ? 1 : 0) + (after === '.+' ? 1 : 0);
  if (before === undefined) {
    return (text) => text.length >= lengthMin && text.startsWith(literal);
  }
  if (after === undefined) return (text) => text.length >= lengthMin && text.endsWith(literal);
  const leadMin = before === '.+' ? 1 : 0;
  const tailMin = after === '.+' ? 1 : 0;
  return (text) => {
    const at = text.length < lengthMin ? -1 : text.indexOf(literal, leadMin);
    return at >= 0 && at + literal.length + tailMin <= text.length;
  };
}
