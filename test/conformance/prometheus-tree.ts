/** Our syntax tree in the form in which `promql/parse.json` has Prometheus' trees. */
import { quoteGo } from '../../model/labels.ts';
import type {
  AtModifier,
  BinaryExpr,
  DurationExpr,
  Expr,
  MatrixSelector,
  NumberLiteral,
  SubqueryExpr,
  VectorSelector,
} from '../../promql/ast.ts';
import { encodeLossless } from '../../promql/parser/go-text.ts';

type Tree = Record<string, unknown>;

/** Zero values are left out, as in the file. */
export function prometheusTree(expr: Expr): Tree {
  switch (expr.kind) {
    case 'number':
      return numberTree(expr);
    case 'string':
      return { node: 'StringLiteral', value: stringValue(expr.value) };
    case 'paren':
      return { node: 'ParenExpr', expr: prometheusTree(expr.expr) };
    case 'unary':
      return { node: 'UnaryExpr', op: expr.op, expr: prometheusTree(expr.expr) };
    case 'binary':
      return binaryTree(expr);
    case 'aggregate':
      return present({
        node: 'AggregateExpr',
        op: expr.op.toUpperCase(),
        expr: prometheusTree(expr.expr),
        param: expr.param === undefined ? undefined : prometheusTree(expr.param),
        grouping: expr.grouping,
        without: expr.without,
      });
    case 'call': {
      const args = expr.args.map(prometheusTree);
      if (expr.func === 'info' && args[1] !== undefined) args[1]['bypassEmptyMatcherCheck'] = true;
      return { node: 'Call', func: expr.func, args };
    }
    case 'vector-selector':
      return selectorTree(expr);
    case 'matrix-selector':
      return matrixTree(expr);
    case 'subquery':
      return subqueryTree(expr);
  }
}

/** A tree of the file, some of which name zero values and some do not, without them. */
export function withoutZeroValues(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(withoutZeroValues);
  if (typeof tree !== 'object' || tree === null) return tree;
  const entries = Object.entries(tree).map(([key, value]) => {
    // A matching of which nothing is set.
    if (key === 'matching' && Array.isArray(value)) return [key, DEFAULT_MATCHING] as const;
    return [key, withoutZeroValues(value)] as const;
  });
  const kept = Object.fromEntries(entries);
  return kept['node'] === 'NumberLiteral' || kept['node'] === 'Call' ? kept : present(kept);
}

const DEFAULT_MATCHING = { node: 'VectorMatching', card: 'one-to-one' };

/** Without what has the zero value. */
function present(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).filter(([, value]) => {
      const isEmptyList = Array.isArray(value) && value.length === 0;
      return Boolean(value) && !isEmptyList;
    }),
  );
}

function numberTree({ value, isDuration }: NumberLiteral): Tree {
  const isPlain = Number.isFinite(value);
  const text = value > 0 ? '+Inf' : value < 0 ? '-Inf' : 'NaN';
  const tree: Tree = { node: 'NumberLiteral', value: isPlain ? value : text };
  if (isDuration) tree['duration'] = true;
  return tree;
}

function stringValue(value: string): unknown {
  if (value.isWellFormed()) return value;
  return { base64: Buffer.from(encodeLossless(value)).toString('base64') };
}

function binaryTree({ op, lhs, rhs, returnBool, matching }: BinaryExpr): Tree {
  return present({
    node: 'BinaryExpr',
    op,
    lhs: prometheusTree(lhs),
    rhs: prometheusTree(rhs),
    returnBool,
    matching:
      matching === undefined
        ? undefined
        : present({
            node: 'VectorMatching',
            card: matching.card,
            matchingLabels: matching.matchingLabels,
            on: matching.on,
            include: matching.include,
          }),
  });
}

function modifierTree(node: VectorSelector | SubqueryExpr): Tree {
  return {
    offset_ns: node.offsetMs * 1e6,
    originalOffsetExpr: durationTree(node.offsetExpr),
    ...atTree(node.at),
  };
}

function atTree(at: AtModifier | undefined): Tree {
  if (at === undefined) return {};
  return at.kind === 'timestamp'
    ? { timestamp_ms: at.timestampMs }
    : { startOrEnd: at.kind.toUpperCase() };
}

function selectorTree(selector: VectorSelector): Tree {
  return present({
    node: 'VectorSelector',
    name: selector.name,
    matchers: selector.matchers.map((matcher) => {
      return `${matcher.name}${matcher.type}${quoteGo(matcher.value)}`;
    }),
    anchored: selector.anchored,
    smoothed: selector.smoothed,
    ...modifierTree(selector),
  });
}

function matrixTree({ selector, rangeMs, rangeExpr }: MatrixSelector): Tree {
  return present({
    node: 'MatrixSelector',
    selector: selectorTree(selector),
    range_ns: rangeMs * 1e6,
    rangeExpr: durationTree(rangeExpr),
  });
}

function subqueryTree(subquery: SubqueryExpr): Tree {
  return present({
    node: 'SubqueryExpr',
    expr: prometheusTree(subquery.expr),
    range_ns: subquery.rangeMs * 1e6,
    rangeExpr: durationTree(subquery.rangeExpr),
    step_ns: subquery.stepMs * 1e6,
    stepExpr: durationTree(subquery.stepExpr),
    ...modifierTree(subquery),
  });
}

function durationTree(node: DurationExpr | NumberLiteral | undefined): Tree | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'number') return numberTree(node);
  return present({
    node: 'DurationExpr',
    op: /^[a-z]/.test(node.op) ? node.op.toUpperCase() : node.op,
    lhs: durationTree(node.lhs),
    rhs: durationTree(node.rhs),
    wrapped: node.wrapped,
  });
}
