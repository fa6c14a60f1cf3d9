/**
 * Which rules of a group read what others write, and so which may run at the same time.
 * The rules are those of Prometheus' `buildDependencyMap` and `SplitGroupIntoBatches`.
 */
import { METRIC_NAME } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { Expr, VectorSelector } from '../../promql/ast.ts';
import { walkExpr } from '../../promql/parser/walk.ts';

const ALERTS_NAMES = ['ALERTS', 'ALERTS_FOR_STATE'] as const;

interface DependencyRule {
  readonly kind: 'recording' | 'alerting';
  readonly name: string;
  readonly expr: Expr;
}

/**
 * Places of rules, batch after batch. Rules of one batch may run together; the next batch begins
 * when all have ended. Without knowledge each rule is a batch.
 */
export function evaluationBatches(
  rules: readonly DependencyRule[],
): readonly (readonly number[])[] {
  const inOrder = rules.map((_, index) => [index]);
  const dependencies = findDependencies(rules);
  if (dependencies === undefined) return inOrder;
  const dependents = new Set(dependencies.flatMap((found) => [...found]));
  const first: number[] = [];
  const middle: number[][] = [];
  const last: number[] = [];
  for (const [index, found] of dependencies.entries()) {
    if (found.size === 0) first.push(index);
    else if (dependents.has(index)) middle.push([index]);
    else last.push(index);
  }
  return [first, ...middle, last].filter((batch) => batch.length > 0);
}

/**
 * Of each rule the earlier rules that it reads.
 * @returns undefined when a selector may read anything
 */
function findDependencies(
  rules: readonly DependencyRule[],
): readonly ReadonlySet<number>[] | undefined {
  const found: ReadonlySet<number>[] = [];
  for (const [index, { expr }] of rules.entries()) {
    const reads = new Set<number>();
    for (const selector of selectorsOf(expr)) {
      const name = selector.matchers.find((matcher) => matcher.name === METRIC_NAME);
      if (name === undefined) return undefined;
      for (const [other, rule] of rules.slice(0, index).entries()) {
        if (writes(rule, name, selector.matchers)) reads.add(other);
      }
    }
    found.push(reads);
  }
  return found;
}

function writes(rule: DependencyRule, name: Matcher, matchers: readonly Matcher[]): boolean {
  if (rule.kind === 'recording') return name.matches(rule.name);
  if (!ALERTS_NAMES.some((alerts) => name.matches(alerts))) return false;
  const alertName = matchers.find((matcher) => matcher.name === 'alertname');
  return alertName === undefined || alertName.matches(rule.name);
}

function selectorsOf(expr: Expr): readonly VectorSelector[] {
  const selectors: VectorSelector[] = [];
  walkExpr(expr, (node) => {
    if (node.kind === 'vector-selector') selectors.push(node);
    return undefined;
  });
  return selectors;
}
