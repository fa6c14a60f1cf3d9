/** What kind of value an expression gives. */
import type { Expr, ValueType } from '../ast.ts';
import { findSignature } from './signatures.ts';

/** Does not check that the parts fit together: the parser has done that. */
export function typeOf(expr: Expr): ValueType {
  let node = expr;
  // A loop on the left side, which may be a chain of thousands of operators.
  for (;;) {
    switch (node.kind) {
      case 'number':
        return 'scalar';
      case 'string':
        return 'string';
      case 'aggregate':
      case 'vector-selector':
        return 'vector';
      case 'matrix-selector':
      case 'subquery':
        return 'matrix';
      case 'call':
        return findSignature(node.func)?.returnType ?? 'none';
      case 'paren':
      case 'unary':
        node = node.expr;
        break;
      case 'binary':
        if (typeOf(node.rhs) !== 'scalar') return 'vector';
        node = node.lhs;
        if (node.kind !== 'binary') return typeOf(node) === 'scalar' ? 'scalar' : 'vector';
        break;
    }
  }
}

/** The name of a type in messages and in the documentation. */
export function documentedType(type: ValueType): string {
  if (type === 'vector') return 'instant vector';
  return type === 'matrix' ? 'range vector' : type;
}
