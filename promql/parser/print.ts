/** The canonical text of an expression, on one line. */
import { quoteGo } from '../../model/labels.ts';
import type { BinaryExpr, Expr } from '../ast.ts';
import {
  printAggregateHead,
  printBinaryOperator,
  printLiteral,
  printMatrix,
  printSelector,
  printSubquerySuffix,
} from './print-parts.ts';

/** As Prometheus prints it, e.g. in the answers about rules. Parses to the same tree again. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return printLiteral(expr);
    case 'string':
      return quoteGo(expr.value);
    case 'paren':
      return `(${printExpr(expr.expr)})`;
    case 'unary':
      return `${expr.op}${printExpr(expr.expr)}`;
    case 'binary':
      return printChain(expr);
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${printExpr(expr.param)}, `;
      return `${printAggregateHead(expr)}(${param}${printExpr(expr.expr)})`;
    }
    case 'call':
      return `${expr.func}(${expr.args.map(printExpr).join(', ')})`;
    case 'vector-selector':
      return printSelector(expr);
    case 'matrix-selector':
      return printMatrix(expr);
    case 'subquery':
      return `${printExpr(expr.expr)}${printSubquerySuffix(expr)}`;
  }
}

/** Goes down the left side in a loop: it may be a chain of thousands of operators. */
function printChain(expr: BinaryExpr): string {
  const parts: string[] = [];
  let node: Expr = expr;
  for (; node.kind === 'binary'; node = node.lhs) {
    parts.push(printExpr(node.rhs), printBinaryOperator(node));
  }
  parts.push(printExpr(node));
  return parts.reverse().join(' ');
}
