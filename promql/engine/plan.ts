/**
 * What is to be done for a query: the syntax tree with all that depends on the query's times
 * resolved. Parentheses are gone, durations and `@` are numbers, each node knows the grid it is
 * evaluated on, and what does not change from step to step stands below an `invariant` node.
 */
import type { Matcher } from '../../model/matcher.ts';
import type {
  AggregateOperator,
  BinaryOperator,
  PositionRange,
  ValueType,
  VectorMatching,
} from '../ast.ts';
import type { Grid } from './grid.ts';

interface PlanBase {
  readonly grid: Grid;
  readonly pos: PositionRange;
  readonly type: ValueType;
}

/** One read of the source, perhaps for several selectors. Both times included. */
export interface Load {
  readonly matchers: readonly Matcher[];
  /** Histograms are needed without their buckets. */
  readonly countAndSumOnly: boolean;
  startMs: number;
  endMs: number;
}

/** Which samples a step at time t sees: those up to `(atMs ?? t) - offsetMs`. */
export interface TimeShift {
  readonly offsetMs: number;
  readonly atMs: number | undefined;
}

interface NumberNode extends PlanBase {
  readonly kind: 'number';
  readonly value: number;
}

interface StringNode extends PlanBase {
  readonly kind: 'string';
  readonly value: string;
}

export interface SelectorNode extends PlanBase, TimeShift {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  readonly load: Load;
  readonly lookbackMs: number;
  readonly smoothed: boolean;
}

/** A range vector of stored samples. */
export interface WindowNode extends PlanBase, TimeShift {
  readonly kind: 'window';
  readonly matchers: readonly Matcher[];
  readonly load: Load;
  readonly lookbackMs: number;
  readonly rangeMs: number;
  readonly anchored: boolean;
  readonly smoothed: boolean;
}

/** A range vector of computed samples; `expr` is evaluated on its own grid. */
interface SubqueryNode extends PlanBase, TimeShift {
  readonly kind: 'subquery';
  readonly expr: PlanNode;
  readonly rangeMs: number;
}

export type RangeNode = WindowNode | SubqueryNode;

interface NegateNode extends PlanBase {
  readonly kind: 'negate';
  readonly expr: PlanNode;
}

export interface BinaryNode extends PlanBase {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly lhs: PlanNode;
  readonly rhs: PlanNode;
  readonly returnBool: boolean;
  readonly matching: VectorMatching | undefined;
}

export interface AggregateNode extends PlanBase {
  readonly kind: 'aggregate';
  readonly op: AggregateOperator;
  readonly expr: PlanNode;
  readonly param: PlanNode | undefined;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export interface CallNode extends PlanBase {
  readonly kind: 'call';
  readonly func: string;
  readonly args: readonly PlanNode[];
}

/** `info(v, {…})`: the second argument only names labels and is not read like a selector. */
export interface InfoNode extends PlanBase, TimeShift {
  readonly kind: 'info';
  readonly expr: PlanNode;
  /** Matchers of the second argument, undefined when there is none. */
  readonly labelMatchers: readonly Matcher[] | undefined;
  readonly lookbackMs: number;
}

/** `expr` on a grid of one step; its value stands at every step. */
interface InvariantNode extends PlanBase {
  readonly kind: 'invariant';
  readonly expr: PlanNode;
}

export type PlanNode =
  | NumberNode
  | StringNode
  | SelectorNode
  | WindowNode
  | SubqueryNode
  | NegateNode
  | BinaryNode
  | AggregateNode
  | CallNode
  | InfoNode
  | InvariantNode;

export interface Plan {
  readonly root: PlanNode;
  readonly loads: readonly Load[];
}
