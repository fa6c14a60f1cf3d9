/** Why an expression gave something or nothing at a time: its parts, each evaluated by itself. */
import type { AlertMatcher } from '../../model/alert-matchers/alert-matcher.ts';
import type { Labels } from '../../model/labels.ts';
import type { BinaryExpr, Expr, MatrixSelector, SubqueryExpr } from '../../promql/ast.ts';
import { printExpr } from '../../promql/parser/print.ts';
import { typeOf } from '../../promql/parser/value-type.ts';
import type { RuleQuery, RuleSample } from '../evaluation/rule-query.ts';

/** Parts that are evaluated; what is deeper is left out. */
const PARTS_MAX = 20;
const SAMPLES_MAX = 5;

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);

/** Says whether a range has samples. */
const COUNT = 'count_over_time';

/** One part of an expression at a time. */
export interface ExpressionPart {
  readonly expr: string;
  /** How many results it has for the labels that are asked for. */
  readonly count: number;
  /** A few of them. */
  readonly samples: readonly { readonly labels: Labels; readonly value: number }[];
  readonly parts: readonly ExpressionPart[];
}

export interface Explanation {
  readonly root: ExpressionPart;
  /** Why there is no result, in words; '' when there is one. */
  readonly why: string;
}

/**
 * @param matchers labels that the alert is asked by; a label that a part does not have is no obstacle
 * @throws QueryError and what the store throws
 */
export function explainExpression(
  expr: Expr,
  matchers: readonly AlertMatcher[],
  timeMs: number,
  query: RuleQuery,
  signal: AbortSignal,
): Promise<Explanation> {
  return new Explainer(matchers, timeMs, query, signal).explain(expr);
}

class Explainer {
  readonly #matchers: readonly AlertMatcher[];
  readonly #timeMs: number;
  readonly #query: RuleQuery;
  readonly #signal: AbortSignal;
  #left = PARTS_MAX;

  constructor(
    matchers: readonly AlertMatcher[],
    timeMs: number,
    query: RuleQuery,
    signal: AbortSignal,
  ) {
    this.#matchers = matchers;
    this.#timeMs = timeMs;
    this.#query = query;
    this.#signal = signal;
  }

  async explain(expr: Expr): Promise<Explanation> {
    const node = withoutParens(expr);
    const samples = await this.#samples(node);
    const part = { expr: printExpr(node), count: samples.length, samples: shown(samples) };
    if (samples.length > 0) return { root: { ...part, parts: [] }, why: '' };
    const below: Explanation[] = [];
    for (const child of asked(node)) {
      if (this.#left <= 0) break;
      below.push(await this.explain(child));
    }
    return { root: { ...part, parts: below.map(({ root }) => root) }, why: words(node, below) };
  }

  async #samples(node: Expr): Promise<readonly RuleSample[]> {
    this.#left--;
    const all = await this.#query(node, this.#timeMs, this.#signal);
    return all.filter(({ labels }) =>
      this.#matchers.every((matcher) => {
        const { name } = matcher;
        return !labels.has(name) || matcher.matches(labels.get(name));
      }),
    );
  }
}

function shown(samples: readonly RuleSample[]): ExpressionPart['samples'] {
  const sorted = samples.toSorted((a, b) => a.labels.compare(b.labels));
  return sorted.slice(0, SAMPLES_MAX).map(({ labels, value }) => ({ labels, value }));
}

function withoutParens(expr: Expr): Expr {
  let node = expr;
  while (node.kind === 'paren') node = node.expr;
  return node;
}

/** What can be asked of the parts of a node; of a range, how many samples it has. */
function asked(node: Expr): readonly Expr[] {
  switch (node.kind) {
    case 'binary':
      return [node.lhs, node.rhs];
    case 'unary':
    case 'aggregate':
      return [node.expr];
    case 'call':
      return node.args.flatMap((arg) => {
        const inner = withoutParens(arg);
        if (inner.kind === 'matrix-selector' || inner.kind === 'subquery') {
          return node.func === COUNT ? [] : [counted(inner)];
        }
        return typeOf(inner) === 'vector' ? [inner] : [];
      });
    default:
      return [];
  }
}

function counted(range: MatrixSelector | SubqueryExpr): Expr {
  return { kind: 'call', func: COUNT, args: [range], pos: range.pos };
}

function words(node: Expr, below: readonly Explanation[]): string {
  const [left, right] = below;
  const text = printExpr(node);
  const nothing = `\`${text}\` has no result`;
  switch (node.kind) {
    case 'vector-selector':
      return `no series \`${text}\` has a sample`;
    case 'call': {
      const [arg] = node.args;
      if (node.func === COUNT && arg !== undefined) return `\`${printExpr(arg)}\` has no samples`;
      if (left !== undefined && left.why !== '') return left.why;
      const isRange = arg !== undefined && typeOf(arg) === 'matrix';
      return isRange ? `${nothing}: too few samples in its range` : nothing;
    }
    case 'binary':
      return left === undefined || right === undefined ? nothing : binaryWords(node, left, right);
    default:
      return left === undefined || left.why === '' ? nothing : left.why;
  }
}

function binaryWords({ op, rhs }: BinaryExpr, left: Explanation, right: Explanation): string {
  if (op === 'or') return `${left.why}; and ${right.why}`;
  if (left.why !== '') return left.why;
  if (op === 'unless') return `${values(left)}, but \`${right.root.expr}\` takes it away`;
  if (right.why !== '') return right.why;
  if (COMPARISONS.has(op)) {
    const limit = withoutParens(rhs).kind === 'number' ? right.root.expr : values(right);
    return `${values(left)}, which is not ${op} ${limit}`;
  }
  const both = `\`${left.root.expr}\` and \`${right.root.expr}\``;
  return `${both} have results, but none with equal labels on both sides`;
}

function values({ root }: Explanation): string {
  const list = root.samples.map(({ labels, value }) => {
    return labels.size === 0 ? String(value) : `${value} for ${labels.toString()}`;
  });
  const more = root.count > list.length ? `, and ${root.count - list.length} more` : '';
  return `\`${root.expr}\` is ${list.join(', ')}${more}`;
}
