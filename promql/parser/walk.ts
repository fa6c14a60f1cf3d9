/** Going through a tree. */
import type { Expr } from '../ast.ts';

/** In the order of the evaluation of Prometheus: of an aggregation the vector first. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.expr, expr.param];
    case 'binary':
      return [expr.lhs, expr.rhs];
    case 'call':
      return expr.args;
    case 'paren':
    case 'unary':
    case 'subquery':
      return [expr.expr];
    case 'matrix-selector':
      return [expr.selector];
    case 'number':
    case 'string':
    case 'vector-selector':
      return [];
  }
}

/**
 * Calls `visit` for the node and all below it, parents first, left before right.
 * @param visit gives false to leave out what is below the node
 */
export function walkExpr(expr: Expr, visit: (node: Expr) => boolean | undefined): void {
  const stack: Expr[] = [expr];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (visit(node) === false) continue;
    const children = childrenOf(node);
    for (let index = children.length - 1; index >= 0; index--) stack.push(children[index] as Expr);
  }
}
