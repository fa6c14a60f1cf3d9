/** The tree as `/api/v1/parse_query` shows it. */
import type {
  AtModifier,
  BinaryExpr,
  DurationExpr,
  Expr,
  MatrixSelector,
  NumberLiteral,
  SubqueryExpr,
  VectorSelector,
} from '../ast.ts';
import { printNumber } from './print-parts.ts';
import { findSignature } from './signatures.ts';

export type TranslatedNode = Readonly<Record<string, unknown>>;

/** Fields and their names as in Prometheus' `web/api/v1/translate_ast.go`. */
export function translateAst(expr: Expr): TranslatedNode {
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: printNumber(expr.value) };
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'paren':
      return { type: 'parenExpr', expr: translateAst(expr.expr) };
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: translateAst(expr.expr) };
    case 'binary':
      return translateChain(expr);
    case 'aggregate':
      return {
        type: 'aggregation',
        op: expr.op,
        expr: translateAst(expr.expr),
        param: expr.param === undefined ? null : translateAst(expr.param),
        grouping: expr.grouping,
        without: expr.without,
      };
    case 'call':
      return {
        type: 'call',
        func: translateFunction(expr.func),
        args: expr.args.map(translateAst),
      };
    case 'vector-selector':
      return translateSelector(expr);
    case 'matrix-selector':
      return translateMatrix(expr);
    case 'subquery':
      return translateSubquery(expr);
  }
}

/** Goes down the left side in a loop: it may be a chain of thousands of operators. */
function translateChain(expr: BinaryExpr): TranslatedNode {
  const chain: BinaryExpr[] = [];
  let node: Expr = expr;
  for (; node.kind === 'binary'; node = node.lhs) chain.push(node);
  let lhs = translateAst(node);
  for (const { op, rhs, matching, returnBool } of chain.reverse()) {
    lhs = {
      type: 'binaryExpr',
      op,
      lhs,
      rhs: translateAst(rhs),
      matching: translateMatching(matching),
      bool: returnBool,
    };
  }
  return lhs;
}

function translateMatching(matching: BinaryExpr['matching']): TranslatedNode | null {
  if (matching === undefined) return null;
  return {
    card: matching.card,
    labels: matching.matchingLabels,
    on: matching.on,
    include: matching.include,
    fillValues: { lhs: matching.fillLhs ?? null, rhs: matching.fillRhs ?? null },
  };
}

function translateFunction(name: string): TranslatedNode {
  const signature = findSignature(name);
  return {
    name,
    argTypes: signature?.argTypes ?? [],
    variadic: signature?.variadic ?? 0,
    returnType: signature?.returnType ?? 'none',
  };
}

function translateSelector(selector: VectorSelector): TranslatedNode {
  return {
    type: 'vectorSelector',
    name: selector.name,
    ...translateModifiers(selector),
    matchers: selector.matchers.map(({ name, value, type }) => ({ name, value, type })),
    anchored: selector.anchored,
    smoothed: selector.smoothed,
  };
}

function translateMatrix(matrix: MatrixSelector): TranslatedNode {
  return {
    ...translateSelector(matrix.selector),
    type: 'matrixSelector',
    range: Math.trunc(matrix.rangeMs),
    rangeExpr: translateDuration(matrix.rangeExpr),
  };
}

function translateSubquery(subquery: SubqueryExpr): TranslatedNode {
  return {
    type: 'subquery',
    expr: translateAst(subquery.expr),
    range: Math.trunc(subquery.rangeMs),
    rangeExpr: translateDuration(subquery.rangeExpr),
    ...translateModifiers(subquery),
    step: Math.trunc(subquery.stepMs),
    stepExpr: translateDuration(subquery.stepExpr),
  };
}

function translateModifiers(node: VectorSelector | SubqueryExpr): TranslatedNode {
  return {
    offset: Math.trunc(node.offsetMs),
    offsetExpr: translateDuration(node.offsetExpr),
    timestamp: node.at?.kind === 'timestamp' ? node.at.timestampMs : null,
    startOrEnd: translateStartOrEnd(node.at),
  };
}

function translateStartOrEnd(at: AtModifier | undefined): string | null {
  return at === undefined || at.kind === 'timestamp' ? null : at.kind;
}

function translateDuration(node: DurationExpr | NumberLiteral | undefined): TranslatedNode | null {
  if (node === undefined) return null;
  if (node.kind === 'number') {
    return { type: 'numberLiteral', val: printNumber(node.value), duration: node.isDuration };
  }
  const { op, lhs, rhs, wrapped } = node;
  const type = 'durationExpr';
  return { type, op, lhs: translateDuration(lhs), rhs: translateDuration(rhs), wrapped };
}
