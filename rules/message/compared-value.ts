/** The value that an alarm is about, and what it is compared with: what a chart of it shows. */
import type { BinaryOperator, Expr } from '../../promql/ast.ts';
import type { PolicyCondition, Severity, Threshold } from '../policy/alarm-policy.ts';

export interface ComparedValue {
  readonly expr: Expr;
  /** Of the display. */
  readonly threshold: { readonly sign: string; readonly values: readonly number[] } | undefined;
}

const SIGNS: Readonly<Record<string, string>> = {
  gt: '>',
  ge: '≥',
  lt: '<',
  le: '≤',
  eq: '=',
  ne: '≠',
  between: '∈',
  outside: '∉',
  anomaly: '>',
};
const COMPARISONS: Readonly<Partial<Record<BinaryOperator, string>>> = {
  '>': '>',
  '>=': '≥',
  '<': '<',
  '<=': '≤',
  '==': '=',
  '!=': '≠',
};

/** @param value its expression, without the comparison */
export function conditionValue(
  value: Expr,
  { operator, thresholds, hasLevels }: PolicyCondition,
  severity: string,
): ComparedValue {
  if (operator === 'present') return splitComparison(value);
  const own = hasLevels ? thresholds[severity as Severity] : undefined;
  const threshold: Threshold | undefined = own ?? Object.values(thresholds)[0];
  if (threshold === undefined) return { expr: value, threshold: undefined };
  const values = typeof threshold === 'number' ? [threshold] : threshold;
  return { expr: value, threshold: { sign: SIGNS[operator] ?? '>', values } };
}

/** `a > 5`, at the top or beside `and` and `unless`, is `a` compared with 5. */
function splitComparison(expr: Expr): ComparedValue {
  const node = withoutParens(expr);
  if (node.kind !== 'binary') return { expr, threshold: undefined };
  if (node.op === 'and' || node.op === 'unless') {
    const left = splitComparison(node.lhs);
    return left.threshold === undefined ? { expr, threshold: undefined } : left;
  }
  const sign = COMPARISONS[node.op];
  const limit = numberOf(node.rhs);
  if (sign === undefined || limit === undefined) return { expr, threshold: undefined };
  return { expr: node.lhs, threshold: { sign, values: [limit] } };
}

function numberOf(expr: Expr): number | undefined {
  const node = withoutParens(expr);
  if (node.kind === 'number') return node.value;
  if (node.kind !== 'unary' || node.op !== '-') return undefined;
  const inner = numberOf(node.expr);
  return inner === undefined ? undefined : -inner;
}

function withoutParens(expr: Expr): Expr {
  let node = expr;
  while (node.kind === 'paren') node = node.expr;
  return node;
}
