/** Which parts of an expression have the same value at every step. */
import type { Expr } from '../ast.ts';

/** Their result depends on the evaluation time even when no argument does. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
]);

/** `start()`, `end()`, `range()` and `step()` are numbers of the query, not of the step. */
export function isInvariant(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return true;
    case 'paren':
    case 'unary':
      return isInvariant(expr.expr);
    case 'binary':
      return isInvariant(expr.lhs) && isInvariant(expr.rhs);
    case 'aggregate':
      return isInvariant(expr.expr) && (expr.param === undefined || isInvariant(expr.param));
    case 'vector-selector':
    case 'subquery':
      return expr.at !== undefined;
    case 'matrix-selector':
      return expr.selector.at !== undefined;
    case 'call':
      return isInvariantCall(expr.func, expr.args);
  }
}

function isInvariantCall(func: string, args: readonly Expr[]): boolean {
  if (!args.every(isInvariant)) return false;
  if (func === 'timestamp')
    return args.every((arg) => withoutParens(arg).kind === 'vector-selector');
  return !TIME_DEPENDENT.has(func);
}

export function withoutParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}
