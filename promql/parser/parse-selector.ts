/** Selectors, `name{label="value", "name"}`, and the labels of one series. */
import { Labels, METRIC_NAME } from '../../model/labels.ts';
import { Matcher, type MatchType, RegexError } from '../../model/matcher.ts';
import type { PositionRange, VectorSelector } from '../ast.ts';
import { unquote } from './go-text.ts';
import type { Mutable } from './mutable.ts';
import { METRIC_NAME_TYPES, type Token } from './token.ts';
import type { TokenStream } from './token-stream.ts';

const MATCHER = { name: 'label matching', expected: 'identifier or "}"' };
const MATCH_OPERATOR = { name: 'label matching', expected: 'label matching operator' };
const MATCH_VALUE = { name: 'label matching', expected: 'string' };
const MATCH_SEPARATOR = { name: 'label matching', expected: '"," or "}"' };
const LABEL = { name: 'label set', expected: 'identifier or "}"' };
const LABEL_EQUALS = { name: 'label set', expected: '"="' };
const LABEL_VALUE = { name: 'label set', expected: 'string' };
const LABEL_SEPARATOR = { name: 'label set', expected: '"," or "}"' };

/** The next tokens as a selector, or undefined when they do not begin one. */
export function acceptSelector(stream: TokenStream): Mutable<VectorSelector> | undefined {
  const { type } = stream.peek();
  if (type === '{') return selectorOf(undefined, stream);
  return METRIC_NAME_TYPES.has(type) ? selectorOf(stream.next(), stream) : undefined;
}

/** A selector whose name has been read. */
export function selectorOf(name: Token | undefined, stream: TokenStream): Mutable<VectorSelector> {
  const first = name ?? stream.peek();
  const hasBraces = stream.peek().type === '{';
  const matchers: Matcher[] = [];
  const end = hasBraces ? parseBraces(stream, matchers) : first.end;
  if (name !== undefined) matchers.push(new Matcher('=', METRIC_NAME, name.text));
  return selectorAt({ start: first.start, end }, name?.text ?? '', matchers);
}

/** A selector without modifiers. */
export function selectorAt(
  pos: PositionRange,
  name: string,
  matchers: readonly Matcher[],
): Mutable<VectorSelector> {
  return {
    kind: 'vector-selector',
    pos,
    name,
    matchers,
    offsetMs: 0,
    offsetExpr: undefined,
    at: undefined,
    anchored: false,
    smoothed: false,
  };
}

/** @returns where the closing brace ends */
function parseBraces(stream: TokenStream, matchers: Matcher[]): number {
  stream.next();
  for (;;) {
    const close = stream.accept('}');
    if (close !== undefined) return close.end;
    const matcher = parseMatcher(stream);
    if (matcher !== undefined) matchers.push(matcher);
    if (stream.peek().type === '}') continue;
    if (stream.accept(',') === undefined) stream.fail(MATCH_SEPARATOR);
  }
}

/** Undefined when its regular expression is wrong, which has been noted. */
function parseMatcher(stream: TokenStream): Matcher | undefined {
  const label = stream.accept('identifier') ?? stream.accept('string') ?? stream.fail(MATCHER);
  const isQuoted = label.type === 'string';
  const name = isQuoted ? unquote(label.text) : label.text;
  const type = acceptMatchType(stream);
  if (type === undefined) {
    if (isQuoted) return new Matcher('=', METRIC_NAME, name);
    stream.fail(MATCH_OPERATOR);
  }
  const value = stream.accept('string') ?? stream.fail(MATCH_VALUE);
  try {
    return new Matcher(type, name, unquote(value.text));
  } catch (cause) {
    if (!(cause instanceof RegexError)) throw cause;
    stream.add({ start: label.start, end: value.end }, cause.message);
    return undefined;
  }
}

function acceptMatchType(stream: TokenStream): MatchType | undefined {
  const { type } = stream.peek();
  if (type !== '=' && type !== '!=' && type !== '=~' && type !== '!~') return undefined;
  stream.next();
  return type;
}

/** The labels of a series: `name{label="value"}`, any part of which may be missing. */
export function parseLabels(stream: TokenStream): Labels {
  const name = METRIC_NAME_TYPES.has(stream.peek().type) ? stream.next() : undefined;
  const pairs = stream.peek().type === '{' ? parseLabelSet(stream) : [];
  if (name !== undefined) pairs.push(METRIC_NAME, name.text);
  return Labels.fromPairs(pairs);
}

/** @returns name, value, … */
function parseLabelSet(stream: TokenStream): string[] {
  stream.next();
  const pairs: string[] = [];
  while (stream.accept('}') === undefined) {
    parseLabel(stream, pairs);
    if (stream.peek().type === '}') continue;
    if (stream.accept(',') === undefined) stream.fail(LABEL_SEPARATOR);
  }
  return pairs;
}

function parseLabel(stream: TokenStream, pairs: string[]): void {
  const label = stream.accept('identifier') ?? stream.accept('string') ?? stream.fail(LABEL);
  const isQuoted = label.type === 'string';
  const name = isQuoted ? unquote(label.text) : label.text;
  if (stream.accept('=') === undefined) {
    if (!isQuoted) stream.fail(LABEL_EQUALS);
    pairs.push(METRIC_NAME, name);
    return;
  }
  const value = stream.accept('string') ?? stream.fail(LABEL_VALUE);
  pairs.push(name, unquote(value.text));
}
