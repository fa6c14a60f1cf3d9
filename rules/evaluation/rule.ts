/** What recording and alerting rules have in common. */
import type { Expr } from '../../promql/ast.ts';
import { printExpr } from '../../promql/parser/print.ts';
import { type RuleConfig, type RuleLabels, ruleName } from '../file/rule-file.ts';
import { planText } from '../policy/native-plan.ts';
import type { RuleQuery, RuleSample } from './rule-query.ts';

export type RuleHealth = 'unknown' | 'ok' | 'err';

/** One evaluation of a rule. */
export interface RuleEvaluation {
  /** The slot: the time of queries (less the offset) and of what changes in alerts. */
  readonly timestampMs: number;
  readonly queryOffsetMs: number;
  /** Samples or alerts a rule may give; 0: any number. */
  readonly limit: number;
  readonly query: RuleQuery;
  readonly signal: AbortSignal;
}

export abstract class BaseRule {
  readonly config: RuleConfig;
  readonly name: string;
  readonly expr: Expr;
  /** The expression in its canonical form. */
  readonly exprText: string;
  readonly labels: RuleLabels;
  /** What is odd about it; Prometheus says nothing of it. */
  warnings: readonly string[] = [];
  health: RuleHealth = 'unknown';
  lastError = '';
  /** When the last evaluation began; undefined before the first. */
  lastEvaluationMs: number | undefined;
  lastDurationMs = 0;

  constructor(config: RuleConfig) {
    this.config = config;
    this.name = ruleName(config);
    this.expr = config.expr;
    this.exprText = printExpr(config.expr);
    this.labels = config.labels;
  }

  /** Rules with equal keys are one rule over a change of the files: name and configured labels. */
  get identity(): string {
    return JSON.stringify([this.name, this.labels]);
  }

  /** Rules with equal texts behave alike. */
  get definition(): string {
    const { record, alert, forMs, keepFiringForMs, labels, annotations, native } = this.config;
    return JSON.stringify([
      record,
      alert,
      this.exprText,
      forMs,
      keepFiringForMs,
      labels,
      annotations,
      native === undefined ? '' : planText(native.plan),
    ]);
  }

  fail(problem: string): void {
    this.health = 'err';
    this.lastError = problem;
  }

  succeed(): void {
    this.health = 'ok';
    this.lastError = '';
  }

  /**
   * @returns the samples to write, all at the slot less the offset
   * @throws RuleError, QueryError, what the store throws
   */
  abstract evaluate(evaluation: RuleEvaluation): Promise<readonly RuleSample[]>;
}

/** An evaluation that gave what a rule may not give. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}
