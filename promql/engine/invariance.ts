/** Which parts of an expression have the same value at every step. */
import type { BinaryExpr, Expr } from '../ast.ts';

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

/** Tells whether the value of an expression is the same at every step; each is looked at once. */
export class Invariance {
  readonly #known = new Map<Expr, boolean>();

  /** `start()`, `end()`, `range()` and `step()` are numbers of the query, not of the step. */
  of(expr: Expr): boolean {
    const known = this.#known.get(expr);
    if (known !== undefined) return known;
    const isInvariant = expr.kind === 'binary' ? this.#ofChain(expr) : this.#ofNode(expr);
    this.#known.set(expr, isInvariant);
    return isInvariant;
  }

  /** Chains of operators can be thousands long, so they are walked in a loop. */
  #ofChain(top: BinaryExpr): boolean {
    const chain = leftSpine(top);
    let isInvariant = this.of((chain.at(-1) ?? top).lhs);
    for (const node of chain.reverse()) {
      isInvariant &&= this.of(node.rhs);
      this.#known.set(node, isInvariant);
    }
    return isInvariant;
  }

  #ofNode(expr: Exclude<Expr, BinaryExpr>): boolean {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return true;
      case 'paren':
      case 'unary':
        return this.of(expr.expr);
      case 'aggregate':
        return this.of(expr.expr) && (expr.param === undefined || this.of(expr.param));
      case 'vector-selector':
      case 'subquery':
        return expr.at !== undefined;
      case 'matrix-selector':
        return expr.selector.at !== undefined;
      case 'call':
        return this.#ofCall(expr.func, expr.args);
    }
  }

  #ofCall(func: string, args: readonly Expr[]): boolean {
    if (!args.every((arg) => this.of(arg))) return false;
    if (func === 'timestamp') {
      return args.every((arg) => withoutParens(arg).kind === 'vector-selector');
    }
    return !TIME_DEPENDENT.has(func);
  }
}

/** An operator, the operator that is its left operand, and so on. */
export function leftSpine(top: BinaryExpr): BinaryExpr[] {
  const spine = [top];
  for (let next = withoutParens(top.lhs); next.kind === 'binary'; next = withoutParens(next.lhs)) {
    spine.push(next);
  }
  return spine;
}

export function withoutParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}
