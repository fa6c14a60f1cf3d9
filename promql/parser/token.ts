/** The words of PromQL, and how error messages name them. */
import { quoteGo } from '../../model/labels.ts';
import type { AggregateOperator, BinaryOperator } from '../ast.ts';

type Keyword =
  | 'bool'
  | 'by'
  | 'without'
  | 'on'
  | 'ignoring'
  | 'group_left'
  | 'group_right'
  | 'fill'
  | 'fill_left'
  | 'fill_right'
  | 'offset'
  | 'smoothed'
  | 'anchored';

/** Words that stand for a value of the query's range, and functions of durations. */
type Preprocessor = 'start' | 'end' | 'step' | 'range' | 'max_of' | 'min_of';

export type TokenType =
  | 'eof'
  /** A mistake of the lexer, which has already been recorded; the last token. */
  | 'error'
  | 'identifier'
  /** An identifier with a colon in it. */
  | 'metric-identifier'
  | 'number'
  | 'duration'
  | 'string'
  | 'comment'
  | '('
  | ')'
  | '{'
  | '}'
  | '['
  | ']'
  | ','
  | ':'
  | '='
  | '=~'
  | '!~'
  | '@'
  | BinaryOperator
  | AggregateOperator
  | Keyword
  | Preprocessor
  // Only in the samples of a series description:
  | 'space'
  | 'blank'
  | 'times'
  | '{{'
  | '}}'
  | 'histogram-key'
  | 'histogram-hint';

/** `start` and `end` are offsets in UTF-8 bytes. */
export interface Token {
  readonly type: TokenType;
  readonly start: number;
  readonly end: number;
  /** As written. Of an error the message. */
  readonly text: string;
}

export const AGGREGATE_OPERATORS: ReadonlySet<string> = new Set<AggregateOperator>([
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
]);

const WORD_OPERATORS: readonly BinaryOperator[] = ['and', 'or', 'unless', 'atan2'];

const KEYWORDS: ReadonlySet<string> = new Set<Keyword>([
  'bool',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'fill',
  'fill_left',
  'fill_right',
  'offset',
  'smoothed',
  'anchored',
]);

const PREPROCESSORS: readonly Preprocessor[] = [
  'start',
  'end',
  'step',
  'range',
  'max_of',
  'min_of',
];

/** Lower-case words that are no plain identifiers. */
export const RESERVED_WORDS: ReadonlyMap<string, TokenType> = new Map<string, TokenType>([
  ...WORD_OPERATORS.map((word) => [word, word] as const),
  ...[...AGGREGATE_OPERATORS].map((word) => [word, word as AggregateOperator] as const),
  ...[...KEYWORDS].map((word) => [word, word as Keyword] as const),
  ...PREPROCESSORS.map((word) => [word, word] as const),
  ['inf', 'number'],
  ['nan', 'number'],
]);

const OPERATORS: ReadonlySet<string> = new Set([
  ...WORD_OPERATORS,
  ...'+ - * / % ^ == != > < >= <= </ >/ =~ !~ @'.split(' '),
]);

/** Words that cannot begin an expression as a metric name. */
const NEVER_METRIC_NAME: ReadonlySet<string> = new Set([
  'bool',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'atan2',
]);

/** The types that may name a metric before the braces. */
export const METRIC_NAME_TYPES: ReadonlySet<TokenType> = new Set<TokenType>([
  'identifier',
  'metric-identifier',
  ...[...RESERVED_WORDS.values()].filter(
    (type) => type !== 'number' && !NEVER_METRIC_NAME.has(type),
  ),
]);

/** The types an expression may begin with. */
export const EXPRESSION_STARTS: ReadonlySet<TokenType> = new Set<TokenType>([
  ...METRIC_NAME_TYPES,
  'number',
  'duration',
  'string',
  '(',
  '{',
  '+',
  '-',
]);

/** The types that may name a label in `by (…)`, `on (…)` and their like. */
export const LABEL_NAME_TYPES: ReadonlySet<TokenType> = new Set<TokenType>([
  'identifier',
  'metric-identifier',
  ...[...RESERVED_WORDS.values()].filter((type) => type !== 'number' && type !== 'without'),
]);

const TEXT_SHOWN_MAX = 10;

function quoteShortened(text: string): string {
  if (Buffer.byteLength(text) <= TEXT_SHOWN_MAX) return quoteGo(text);
  return `${quoteGo(Array.from(text).slice(0, TEXT_SHOWN_MAX).join(''))}...`;
}

/**
 * The numbers of Prometheus' generated parser for the keys of a histogram description: it has no
 * names for them, and so its messages show the number.
 */
const HISTOGRAM_WORD_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['sum', 57370],
  ['count', 57371],
  ['schema', 57372],
  ['offset', 57373],
  ['n_offset', 57374],
  ['buckets', 57375],
  ['n_buckets', 57376],
  ['z_bucket', 57377],
  ['z_bucket_w', 57378],
  ['custom_values', 57379],
  ['counter_reset_hint', 57380],
  ['unknown', 57445],
  ['reset', 57446],
  ['not_reset', 57447],
  ['gauge', 57448],
]);

/** How an error message names a token, e.g. `<op:+>` or `identifier "foo"`. */
export function describeToken(token: Token): string {
  const { type, text } = token;
  switch (type) {
    case 'eof':
      return 'end of input';
    case 'identifier':
      return `identifier ${quoteGo(text)}`;
    case 'metric-identifier':
      return `metric identifier ${quoteGo(text)}`;
    case 'number':
    case 'duration':
    case 'string':
      return `${type} ${quoteShortened(text)}`;
    case 'histogram-key':
    case 'histogram-hint': {
      const number = HISTOGRAM_WORD_NUMBERS.get(text.toLowerCase()) ?? 0;
      return `"<Item ${number}>" ${quoteShortened(text)}`;
    }
    default:
  }
  if (KEYWORDS.has(type)) return `<${text}>`;
  if (OPERATORS.has(type)) return `<op:${text}>`;
  if (AGGREGATE_OPERATORS.has(type)) return `<aggr:${text}>`;
  return quoteShortened(text);
}
