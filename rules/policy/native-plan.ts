/** What the evaluator of policies needs where PromQL cannot say it (kubernetes-metrics 2.6). */
import type { Expr } from '../../promql/ast.ts';
import { printExpr } from '../../promql/parser/print.ts';
import type {
  ActiveTime,
  MissingTreatment,
  Operator,
  PolicyRecovery,
  Severity,
  Threshold,
} from './alarm-policy.ts';
import type { ConditionClauses } from './condition-logic.ts';

export interface NativeCondition {
  readonly id: string;
  /** The value at the end of a period, in the unit that is stored. */
  readonly value: Expr;
  /** For the value that alarms show. */
  readonly factor: number;
  readonly periodMs: number;
  readonly operator: Operator;
  /** In the unit that is stored. */
  readonly thresholds: Readonly<Partial<Record<Severity, Threshold>>>;
  readonly datapoints: { readonly m: number; readonly n: number };
  /** Periods that are looked at, at least `n`. */
  readonly rangePeriods: number;
  /** In the unit that is stored. */
  readonly recovery: PolicyRecovery | undefined;
  /** Labels by which objects of two conditions are one; undefined: all labels. */
  readonly identity: readonly string[] | undefined;
}

/** One rule of the policy: which conditions make its alarms, at which level. */
export interface NativeOutput {
  readonly clauses: ConditionClauses;
  /** The threshold of each condition that counts. */
  readonly level: Severity;
  /** Alarms of these levels, by the same clauses, come before: worse ones. */
  readonly unless: readonly Severity[];
}

export interface NativePlan {
  readonly policyId: string;
  readonly conditions: readonly NativeCondition[];
  readonly outputs: readonly NativeOutput[];
  readonly treat: MissingTreatment;
  /** Series that are there for each object that exists. */
  readonly existence: { readonly expr: Expr; readonly on: readonly string[] } | undefined;
  /** Nothing is evaluated outside of it; undefined: always. */
  readonly activeTime: ActiveTime | undefined;
}

/** Equal for plans that do the same. */
export function planText({ conditions, existence, ...rest }: NativePlan): string {
  return JSON.stringify([
    conditions.map(({ value, ...condition }) => [printExpr(value), condition]),
    existence === undefined ? '' : printExpr(existence.expr),
    rest,
  ]);
}
