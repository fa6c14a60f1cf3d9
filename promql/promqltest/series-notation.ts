/**
 * `metric{label="value"} 1+2x3 _ stale {{sum:1}}`: a series and its samples, as scripts of the
 * PromQL test language and unit tests of rules have them.
 */
import type { FloatHistogram } from '../../model/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import { addHistograms, subtractHistograms } from '../histogram/arithmetic.ts';
import { acceptNumber, applySign, parseSignedNumber } from '../parser/parse-number.ts';
import { parseLabels } from '../parser/parse-selector.ts';
import type { TokenType } from '../parser/token.ts';
import { TokenStream } from '../parser/token-stream.ts';
import { parseCount, parseHistogram, type WrittenHistogram } from './histogram-notation.ts';
import { SequenceLexer } from './sequence-lexer.ts';

/** One position of a sequence of samples. */
export type SequencePoint =
  | { readonly kind: 'none' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'float'; readonly value: number }
  | {
      readonly kind: 'histogram';
      readonly histogram: FloatHistogram;
      /** The text says a counter reset hint. */
      readonly isHintSet: boolean;
    };

export interface Sequence {
  readonly labels: Labels;
  readonly points: readonly SequencePoint[];
}

/** More positions than any test needs; keeps a typing mistake (`1x1e9`) from filling the memory. */
const POINTS_MAX = 1_000_000;

const VALUES = { name: 'series values', expected: '' };
const NUMBER_OR_STALE = { name: 'series values', expected: 'number or "stale"' };

const ITEM_STARTS: ReadonlySet<TokenType> = new Set<TokenType>([
  'blank',
  'number',
  '+',
  '-',
  'identifier',
  '{{',
]);

/** @throws ParseError */
export function parseSequence(text: string): Sequence {
  return new TokenStream(new SequenceLexer(text)).run((stream) => {
    const labels = parseLabels(stream);
    const points: SequencePoint[] = [];
    const { type } = stream.peek();
    if (type !== 'space' && type !== 'eof') stream.fail(VALUES);
    while (stream.peek().type !== 'eof') {
      stream.expect('space');
      if (ITEM_STARTS.has(stream.peek().type)) {
        stream.place = VALUES;
        parseItem(stream, points);
        stream.place = undefined;
      }
    }
    return { labels, points };
  });
}

function parseItem(stream: TokenStream, points: SequencePoint[]): void {
  const { type } = stream.peek();
  if (type === '{{') return parseHistograms(stream, points);
  if (stream.accept('blank') !== undefined) {
    const count = stream.accept('times') === undefined ? 1 : parseCount(stream);
    return repeat(stream, points, count, () => ({ kind: 'none' }));
  }
  if (type === 'identifier') return parseStale(stream, points);
  parseFloats(stream, points);
}

function parseStale(stream: TokenStream, points: SequencePoint[]): void {
  if (stream.peek().text !== 'stale') stream.fail(NUMBER_OR_STALE);
  stream.next();
  points.push({ kind: 'stale' });
}

/** `a`, `axN`, `a+bxN`: the first value counts besides the N. */
function parseFloats(stream: TokenStream, points: SequencePoint[]): void {
  let { value } = parseSignedNumber(stream);
  const sign = stream.accept('+') ?? stream.accept('-');
  let step = 0;
  if (sign !== undefined) {
    const literal = acceptNumber(stream) ?? stream.fail();
    applySign(literal, sign);
    step = literal.value;
    stream.expect('times');
  } else if (stream.accept('times') === undefined) {
    points.push({ kind: 'float', value });
    return;
  }
  const count = parseCount(stream);
  repeat(stream, points, count + 1, () => {
    const point: SequencePoint = { kind: 'float', value };
    // Without a step the value stays as it is: Inf plus nothing is no NaN.
    if (sign !== undefined) value += step;
    return point;
  });
}

function parseHistograms(stream: TokenStream, points: SequencePoint[]): void {
  const first = parseHistogram(stream);
  const sign = stream.accept('+') ?? stream.accept('-');
  const step = sign === undefined ? undefined : parseHistogram(stream);
  if (sign !== undefined) stream.expect('times');
  else if (stream.accept('times') === undefined) {
    points.push({ kind: 'histogram', ...first });
    return;
  }
  const place = stream.peek();
  const count = parseCount(stream);
  const isHintSet = step?.isHintSet ?? first.isHintSet;
  let { histogram } = first;
  repeat(stream, points, count + 1, (index) => {
    if (index > 0 && step !== undefined) {
      try {
        histogram = combine(histogram, step, sign?.type === '-');
      } catch (cause) {
        stream.stop(place, cause instanceof Error ? cause.message : String(cause));
      }
    }
    return { kind: 'histogram', histogram, isHintSet };
  });
}

/** @throws Error saying why the two do not go together */
function combine(
  base: FloatHistogram,
  { histogram: step }: WrittenHistogram,
  isMinus: boolean,
): FloatHistogram {
  if (base.schema > step.schema) {
    const schemas = `from schema ${step.schema} to ${base.schema}`;
    throw new Error(`error combining histograms: cannot merge ${schemas}`);
  }
  return (isMinus ? subtractHistograms(base, step) : addHistograms(base, step)).histogram;
}

function repeat(
  stream: TokenStream,
  points: SequencePoint[],
  count: number,
  pointAt: (index: number) => SequencePoint,
): void {
  if (points.length + count > POINTS_MAX) {
    stream.stop(stream.lastTaken, `more than ${POINTS_MAX} values in a series`);
  }
  for (let index = 0; index < count; index++) points.push(pointAt(index));
}
