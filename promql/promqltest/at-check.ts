/** The same query with every selector pinned by `@`: its result must not depend on the time. */
import type { AtModifier, Expr } from '../ast.ts';
import { printExpr } from '../parser/print.ts';
import { walkExpr } from '../parser/walk.ts';

/** Their results change with the time of the query even when their arguments do not. */
const TIME_FUNCTIONS: ReadonlySet<string> = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'end',
  'hour',
  'minute',
  'month',
  'predict_linear',
  'range',
  'start',
  'step',
  'time',
  'timestamp',
  'year',
]);

export interface InstantCase {
  readonly query: string;
  readonly timeMs: number;
}

/** The further queries and times that must give the result of `expr` at `timeMs`. */
export function atChecks(expr: Expr, timeMs: number): readonly InstantCase[] {
  let dependsOnTime = false;
  walkExpr(expr, (node) => {
    // What is in a subquery with `@` is evaluated at fixed times.
    if (node.kind === 'subquery') return false;
    if (node.kind === 'call' && TIME_FUNCTIONS.has(node.func)) dependsOnTime = true;
    return true;
  });
  if (dependsOnTime) return [];
  const query = printExpr(pinned(expr, { kind: 'timestamp', timestampMs: timeMs }));
  const timesMs =
    timeMs === 0 ? [-1000, 0, 1000] : [-10 * timeMs, 0, timeMs / 5, timeMs, 10 * timeMs];
  return timesMs.map((at) => ({ query, timeMs: Math.trunc(at) }));
}

function pinned(expr: Expr, at: AtModifier): Expr {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr;
    case 'paren':
    case 'unary':
      return { ...expr, expr: pinned(expr.expr, at) };
    case 'binary':
      return { ...expr, lhs: pinned(expr.lhs, at), rhs: pinned(expr.rhs, at) };
    case 'aggregate':
      return {
        ...expr,
        expr: pinned(expr.expr, at),
        param: expr.param === undefined ? undefined : pinned(expr.param, at),
      };
    case 'call':
      return { ...expr, args: expr.args.map((arg) => pinned(arg, at)) };
    case 'matrix-selector':
      return { ...expr, selector: { ...expr.selector, at: atOf(expr.selector.at, at) } };
    case 'vector-selector':
    case 'subquery':
      return { ...expr, at: atOf(expr.at, at) };
  }
}

/** `@ start()` and `@ end()` are the time of an instant query. */
function atOf(own: AtModifier | undefined, at: AtModifier): AtModifier {
  return own?.kind === 'timestamp' ? own : at;
}
