/**
 * The syntax tree of PromQL, with the node kinds and fields of Prometheus'
 * `promql/parser/ast.go`.
 */
import type { Matcher } from '../model/matcher.ts';

export type ValueType = 'none' | 'vector' | 'scalar' | 'matrix' | 'string';

/** Offsets into the query, in UTF-8 bytes, `end` not included. */
export interface PositionRange {
  readonly start: number;
  readonly end: number;
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | 'atan2'
  | '=='
  | '!='
  | '>'
  | '<'
  | '>='
  | '<='
  | '</'
  | '>/'
  | 'and'
  | 'or'
  | 'unless';

export type AggregateOperator =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'count_values'
  | 'quantile'
  | 'limitk'
  | 'limit_ratio';

export type MatchCardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';

export interface VectorMatching {
  readonly card: MatchCardinality;
  readonly matchingLabels: readonly string[];
  /** True for `on (…)`, false for `ignoring (…)` and for neither. */
  readonly on: boolean;
  /** Labels of `group_left (…)` or `group_right (…)`. */
  readonly include: readonly string[];
  /** `fill_left`, `fill_right`; `fill(v)` sets both. */
  readonly fillLhs: number | undefined;
  readonly fillRhs: number | undefined;
}

interface NodeBase {
  readonly pos: PositionRange;
}

export interface NumberLiteral extends NodeBase {
  readonly kind: 'number';
  readonly value: number;
  /** Written as a duration (`5m`), and printed so. */
  readonly isDuration: boolean;
}

export interface StringLiteral extends NodeBase {
  readonly kind: 'string';
  readonly value: string;
}

export interface ParenExpr extends NodeBase {
  readonly kind: 'paren';
  readonly expr: Expr;
}

export interface UnaryExpr extends NodeBase {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export interface BinaryExpr extends NodeBase {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly lhs: Expr;
  readonly rhs: Expr;
  readonly returnBool: boolean;
  /** Undefined when an operand is a scalar. */
  readonly matching: VectorMatching | undefined;
}

export interface AggregateExpr extends NodeBase {
  readonly kind: 'aggregate';
  readonly op: AggregateOperator;
  readonly expr: Expr;
  readonly param: Expr | undefined;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export interface Call extends NodeBase {
  readonly kind: 'call';
  /** Its signature stands in `functions.ts`. */
  readonly func: string;
  readonly args: readonly Expr[];
}

/** `@ <seconds>`, `@ start()`, `@ end()`. */
export type AtModifier =
  | { readonly kind: 'timestamp'; readonly timestampMs: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/**
 * A duration that is computed when the query's range and step are known, e.g. `[5m * 2]` or
 * `offset (1m + step())`.
 */
export interface DurationExpr extends NodeBase {
  readonly kind: 'duration-expr';
  readonly op: '+' | '-' | '*' | '/' | '%' | '^' | 'step' | 'range' | 'min_of' | 'max_of';
  readonly lhs: DurationExpr | NumberLiteral | undefined;
  readonly rhs: DurationExpr | NumberLiteral | undefined;
  /** Written in parentheses. */
  readonly wrapped: boolean;
}

interface Modifiers {
  /** Offset as written, in milliseconds; 0 for none or while `offsetExpr` stands. */
  readonly offsetMs: number;
  readonly offsetExpr: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
}

export interface VectorSelector extends NodeBase, Modifiers {
  readonly kind: 'vector-selector';
  /** The metric name before the braces; '' when there is none. */
  readonly name: string;
  /** All matchers, that of the name included (last, as in Prometheus). */
  readonly matchers: readonly Matcher[];
  readonly anchored: boolean;
  readonly smoothed: boolean;
}

export interface MatrixSelector extends NodeBase {
  readonly kind: 'matrix-selector';
  readonly selector: VectorSelector;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | undefined;
}

export interface SubqueryExpr extends NodeBase, Modifiers {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | undefined;
  /** 0: the engine's default. */
  readonly stepMs: number;
  readonly stepExpr: DurationExpr | undefined;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | ParenExpr
  | UnaryExpr
  | BinaryExpr
  | AggregateExpr
  | Call
  | VectorSelector
  | MatrixSelector
  | SubqueryExpr;

/** Which experimental parts of the language are on; the names of Prometheus' feature flags. */
export interface ParserOptions {
  /** promql-experimental-functions */
  readonly experimentalFunctions: boolean;
  /** promql-extended-range-selectors */
  readonly extendedRangeSelectors: boolean;
  /** promql-binop-fill-modifiers */
  readonly binopFillModifiers: boolean;
  /** promql-duration-expr; on by default since Prometheus 3 */
  readonly durationExpressions: boolean;
}
