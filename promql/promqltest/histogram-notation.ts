/** `{{schema:1 sum:3 buckets:[1 2]}}`: a native histogram in the PromQL test language. */
import type { CounterResetHint, FloatHistogram, Span } from '../../model/histogram.ts';
import { parseSignedNumber, tokenValue } from '../parser/parse-number.ts';
import type { Token } from '../parser/token.ts';
import type { TokenStream } from '../parser/token-stream.ts';

export interface WrittenHistogram {
  readonly histogram: FloatHistogram;
  /** The text says a counter reset hint. */
  readonly isHintSet: boolean;
}

const DESCRIPTION = {
  name: 'histogram description',
  expected: 'histogram description key, e.g. buckets:[5 10 7]',
};

/** Reads `a`, and notes a problem when it is no whole number. */
export function parseCount(stream: TokenStream): number {
  const token = stream.expect('number');
  const problem = /^\d+$/.test(token.text)
    ? BigInt(token.text) < 2n ** 64n
      ? undefined
      : 'value out of range'
    : 'invalid syntax';
  if (problem === undefined) return Number(token.text);
  const cause = `strconv.ParseUint: parsing ${JSON.stringify(token.text)}: ${problem}`;
  stream.add(token, `invalid repetition in series values: ${cause}`);
  return 0;
}

/** The next token is `{{`. */
export function parseHistogram(stream: TokenStream): WrittenHistogram {
  stream.expect('{{');
  const outer = stream.place;
  const description = new Description();
  if (stream.accept('space') === undefined && stream.peek().type !== '}}') {
    do {
      const key = stream.expect('histogram-key');
      parseField(stream, key, description);
      stream.place = DESCRIPTION;
    } while (stream.accept('space') !== undefined && stream.peek().type !== '}}');
  }
  stream.expect('}}');
  stream.place = outer;
  return { histogram: description.histogram(), isHintSet: description.hint !== undefined };
}

class Description {
  readonly numbers = new Map<string, number>();
  readonly lists = new Map<string, readonly number[]>();
  hint: CounterResetHint | undefined;

  histogram(): FloatHistogram {
    const number = (key: string): number => this.numbers.get(key) ?? 0;
    const list = (key: string): readonly number[] => this.lists.get(key) ?? [];
    return {
      counterResetHint: this.hint ?? 'unknown',
      schema: number('schema'),
      zeroThreshold: number('z_bucket_w'),
      zeroCount: number('z_bucket'),
      count: number('count'),
      sum: number('sum'),
      positiveSpans: spanOf(number('offset'), list('buckets').length),
      negativeSpans: spanOf(number('n_offset'), list('n_buckets').length),
      positiveBuckets: list('buckets'),
      negativeBuckets: list('n_buckets'),
      customValues: list('custom_values'),
      isStale: false,
    };
  }

  has(key: string): boolean {
    const isHint = key === 'counter_reset_hint' && this.hint !== undefined;
    return isHint || this.numbers.has(key) || this.lists.has(key);
  }
}

function spanOf(offset: number, length: number): readonly Span[] {
  return length === 0 ? [] : [{ offset, length }];
}

function parseField(stream: TokenStream, token: Token, into: Description): void {
  const key = token.text.toLowerCase();
  stream.expect(':');
  // Of a key given twice the first value stays; it is a mistake all the same.
  const isTwice = into.has(key);
  const target = isTwice ? new Description() : into;
  switch (key) {
    case 'schema':
    case 'offset':
    case 'n_offset':
      target.numbers.set(key, parseInteger(stream));
      break;
    case 'sum':
    case 'count':
    case 'z_bucket':
      target.numbers.set(key, parseSignedNumber(stream).value);
      break;
    case 'z_bucket_w':
      target.numbers.set(key, tokenValue(stream, stream.expect('number')));
      break;
    case 'counter_reset_hint':
      target.hint = stream.expect('histogram-hint').text.toLowerCase() as CounterResetHint;
      break;
    default:
      target.lists.set(key, parseBuckets(stream));
  }
  if (isTwice) stream.add({ start: 0, end: 0 }, `duplicate key "${key}" in histogram`);
}

function parseInteger(stream: TokenStream): number {
  const isNegative = stream.accept('-') !== undefined;
  const count = parseCount(stream);
  return isNegative && count !== 0 ? -count : count;
}

function parseBuckets(stream: TokenStream): readonly number[] {
  stream.expect('[');
  const buckets = [parseSignedNumber(stream).value];
  while (stream.accept('space') !== undefined && stream.peek().type !== ']') {
    buckets.push(parseSignedNumber(stream).value);
  }
  stream.expect(']');
  return buckets;
}
