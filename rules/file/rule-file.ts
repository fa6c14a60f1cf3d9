/** A file of rules as the engine takes it: read, checked, defaults not yet applied. */
import type { Expr } from '../../promql/ast.ts';
import type { NativeOutput, NativePlan } from '../policy/native-plan.ts';

/**
 * Name, value pairs by ascending name. Not a label set: an empty value stands, since it takes the
 * label away from what the expression gives.
 */
export type RuleLabels = readonly (readonly [string, string])[];

export interface RuleConfig {
  /** Exactly one of the two is not ''. */
  readonly record: string;
  readonly alert: string;
  readonly expr: Expr;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Those of the group among them. */
  readonly labels: RuleLabels;
  readonly annotations: RuleLabels;
  /** Of an alarm policy that is not evaluated by its expression. */
  readonly native?: { readonly plan: NativePlan; readonly output: NativeOutput };
}

export interface RuleGroupConfig {
  readonly name: string;
  /** 0: the global evaluation interval. */
  readonly intervalMs: number;
  /** Undefined: the global offset; 0 is an offset of its own. */
  readonly queryOffsetMs: number | undefined;
  /** Of samples or alerts per rule; 0: none. */
  readonly limit: number;
  readonly rules: readonly RuleConfig[];
}

export interface RuleFile {
  /** As given, which is how the API shows it. */
  readonly file: string;
  readonly groups: readonly RuleGroupConfig[];
  /** What is odd but no error. */
  readonly warnings: readonly string[];
}

/** Rule files that were refused: every problem of every file, one a line. */
export class RuleFileErrors extends Error {
  override readonly name = 'RuleFileErrors';
  readonly problems: readonly string[];

  /** @param problems at least one, each beginning with the name of its file */
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The rule's name: of the series it writes or of its alerts. */
export function ruleName(rule: Pick<RuleConfig, 'record' | 'alert'>): string {
  return rule.alert === '' ? rule.record : rule.alert;
}
