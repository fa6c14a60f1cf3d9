/** What the operators that have operands of their own need to evaluate them. */
import type { SampleSource } from '../../model/source.ts';
import type { EvalContext } from './eval-context.ts';
import type { LoadedColumns } from './loaded-columns.ts';
import type { Load, PlanNode } from './plan.ts';
import type { RowSource } from './rows.ts';
import type { SampleStats } from './sample-stats.ts';

/** The value of an expression at all steps of its grid. */
export type Value =
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'vector'; readonly rows: RowSource };

export interface Evaluation {
  readonly context: EvalContext;
  readonly source: SampleSource;
  columnsOf(load: Load): LoadedColumns;
  /** @throws QueryError */
  evaluate(node: PlanNode, stats: SampleStats): Promise<Value>;
  vectorOf(node: PlanNode, stats: SampleStats): Promise<RowSource>;
  scalarOf(node: PlanNode, stats: SampleStats): Promise<Float64Array>;
}

export function vector(rows: RowSource): Value {
  return { kind: 'vector', rows };
}

export function scalar(values: Float64Array): Value {
  return { kind: 'scalar', values };
}
