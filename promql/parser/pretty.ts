/** An expression on several lines, as `/api/v1/format_query` gives it. */
import type { BinaryExpr, Expr, SubqueryExpr } from '../ast.ts';
import { printExpr } from './print.ts';
import { printAggregateHead, printBinaryOperator, printSubquerySuffix } from './print-parts.ts';
import { childrenOf, walkExpr } from './walk.ts';

const LINE_BYTES_MAX = 100;
const INDENT = '  ';
/**
 * Deeper levels are not indented further: the text of a chain of n operators would grow with the
 * square of n.
 */
const INDENT_LEVELS_MAX = 200;

/**
 * Splits what is longer than a line; selectors stay whole. Prometheus' `parser.Prettify`.
 * @param lineBytesMax length in UTF-8 bytes that one line may have before it is split
 */
export function prettyPrint(expr: Expr, lineBytesMax = LINE_BYTES_MAX): string {
  const printer = new PrettyPrinter(measure(expr), lineBytesMax);
  printer.print(expr, 0, true);
  return printer.text;
}

class PrettyPrinter {
  /** The length of every node on one line. */
  readonly #bytes: ReadonlyMap<Expr, number>;
  readonly #lineBytesMax: number;
  readonly #parts: string[] = [];

  constructor(bytes: ReadonlyMap<Expr, number>, lineBytesMax: number) {
    this.#bytes = bytes;
    this.#lineBytesMax = lineBytesMax;
  }

  get text(): string {
    return this.#parts.join('');
  }

  /** @param isIndented false when a sign stands before the first line */
  print(expr: Expr, level: number, isIndented: boolean): void {
    const indent = INDENT.repeat(Math.min(level, INDENT_LEVELS_MAX));
    // Prometheus leaves a short subquery without its indentation, and of a long one only the parts
    // have any.
    if (expr.kind === 'subquery') return this.#subquery(expr, level, isIndented);
    const isLong = this.#isLong(expr);
    if (isLong && expr.kind === 'binary') return this.#chain(expr, level, isIndented);
    if (isIndented) this.#parts.push(indent);
    if (expr.kind === 'unary') {
      this.#parts.push(expr.op);
      this.print(expr.expr, level, false);
    } else if (isLong && expr.kind === 'paren') {
      this.#list('(', [expr.expr], level, indent);
    } else if (isLong && expr.kind === 'call') {
      this.#list(`${expr.func}(`, expr.args, level, indent);
    } else if (isLong && expr.kind === 'aggregate') {
      const args = expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
      this.#list(`${printAggregateHead(expr)}(`, args, level, indent);
    } else {
      this.#parts.push(printExpr(expr));
    }
  }

  #isLong(expr: Expr): boolean {
    return (this.#bytes.get(expr) ?? 0) > this.#lineBytesMax;
  }

  #list(open: string, items: readonly Expr[], level: number, indent: string): void {
    this.#parts.push(open);
    items.forEach((item, index) => {
      this.#parts.push(index === 0 ? '\n' : ',\n');
      this.print(item, level + 1, true);
    });
    this.#parts.push('\n', indent, ')');
  }

  #subquery(expr: SubqueryExpr, level: number, isIndented: boolean): void {
    if (!this.#isLong(expr)) {
      this.#parts.push(printExpr(expr));
      return;
    }
    this.print(expr.expr, level, isIndented);
    this.#parts.push(printSubquerySuffix(expr));
  }

  /** Every operator of the chain has the indentation of its own level, the first the deepest. */
  #chain(expr: BinaryExpr, topLevel: number, isIndented: boolean): void {
    const chain: BinaryExpr[] = [];
    let node: Expr = expr;
    for (; node.kind === 'binary' && this.#isLong(node); node = node.lhs) chain.push(node);
    this.print(node, topLevel + chain.length, isIndented);
    for (let index = chain.length - 1; index >= 0; index--) {
      const binary = chain[index] as BinaryExpr;
      const level = topLevel + index;
      const indent = INDENT.repeat(Math.min(level, INDENT_LEVELS_MAX));
      this.#parts.push('\n', indent, printBinaryOperator(binary), '\n');
      this.print(binary.rhs, level + 1, true);
    }
  }
}

/** In one pass from the leaves up, so that no part is printed again for every level above it. */
function measure(root: Expr): Map<Expr, number> {
  const nodes: Expr[] = [];
  walkExpr(root, (node) => {
    nodes.push(node);
    // The selector of a range is printed with it.
    return node.kind !== 'matrix-selector';
  });
  const bytes = new Map<Expr, number>();
  for (const node of nodes.reverse()) {
    let total = Buffer.byteLength(ownText(node));
    if (node.kind !== 'matrix-selector') {
      for (const child of childrenOf(node)) total += bytes.get(child) ?? 0;
    }
    bytes.set(node, total);
  }
  return bytes;
}

/** The text of a node on one line without that of its children. */
function ownText(node: Expr): string {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'vector-selector':
    case 'matrix-selector':
      return printExpr(node);
    case 'paren':
      return '()';
    case 'unary':
      return node.op;
    case 'binary':
      return ` ${printBinaryOperator(node)} `;
    case 'aggregate':
      return `${printAggregateHead(node)}(${node.param === undefined ? '' : ', '})`;
    case 'call':
      return `${node.func}(${', '.repeat(Math.max(0, node.args.length - 1))})`;
    case 'subquery':
      return printSubquerySuffix(node);
  }
}
