/** From the syntax tree and the query's times to the plan. */
import type { Matcher } from '../../model/matcher.ts';
import type {
  AtModifier,
  BinaryExpr,
  Call,
  DurationExpr,
  Expr,
  SubqueryExpr,
  VectorSelector,
} from '../ast.ts';
import { typeOf } from '../parser/value-type.ts';
import { type HistogramNeed, needBelow } from './count-and-sum.ts';
import { type Grid, gridOf, lastStepMs, singleStep } from './grid.ts';
import { Invariance, leftSpine, withoutParens } from './invariance.ts';
import type { InfoNode, Load, Plan, PlanNode, RangeNode, TimeShift, WindowNode } from './plan.ts';
import { type QueryTimes, resolveDurationMs } from './resolve-duration.ts';

export interface PlanOptions extends QueryTimes {
  readonly lookbackMs: number;
  readonly defaultSubqueryStepMs: (rangeMs: number) => number;
}

/** @throws QueryError for a duration that cannot be */
export function buildPlan(expr: Expr, options: PlanOptions): Plan {
  const { startMs, endMs, stepMs } = options;
  const grid = stepMs === 0 ? singleStep(startMs) : gridOf(startMs, endMs, stepMs);
  const builder = new PlanBuilder(options);
  const root = builder.build(expr, grid);
  return { root, loads: builder.loads };
}

class PlanBuilder {
  readonly loads: Load[] = [];
  readonly #options: PlanOptions;
  readonly #invariance = new Invariance();
  /** What the expressions around the one being built need of histograms. */
  #need: HistogramNeed = 'unknown';

  constructor(options: PlanOptions) {
    this.#options = options;
  }

  build(expr: Expr, grid: Grid): PlanNode {
    const inner = withoutParens(expr);
    if (!this.#isDoneOnce(inner, grid)) return this.#buildInner(inner, grid);
    const once = this.#buildInner(inner, singleStep(grid.startMs, grid.stepMs));
    return { kind: 'invariant', grid, pos: inner.pos, type: once.type, expr: once };
  }

  #isDoneOnce(expr: Expr, grid: Grid): boolean {
    switch (expr.kind) {
      case 'number':
      case 'string':
      case 'matrix-selector':
      case 'subquery':
        return false;
      default:
        return grid.steps > 1 && this.#invariance.of(expr);
    }
  }

  /** Chains of operators can be thousands long, so they are built in a loop. */
  #buildChain(top: BinaryExpr, grid: Grid): PlanNode {
    const spine = leftSpine(top);
    // What is evaluated once is built apart, from its top.
    const at = spine.findIndex((node, index) => index > 0 && this.#isDoneOnce(node, grid));
    const chain = at < 0 ? spine : spine.slice(0, at);
    const around = this.#need;
    const needs = chain.map((node) => {
      this.#need = needBelow(node, this.#need);
      return this.#need;
    });
    let lhs = this.build((chain.at(-1) ?? top).lhs, grid);
    for (let index = chain.length - 1; index >= 0; index--) {
      const { op, pos, rhs: right, returnBool, matching } = chain[index] as BinaryExpr;
      this.#need = needs[index] as HistogramNeed;
      const rhs = this.build(right, grid);
      const type = lhs.type === 'scalar' && rhs.type === 'scalar' ? 'scalar' : 'vector';
      lhs = { kind: 'binary', grid, pos, type, op, lhs, rhs, returnBool, matching };
    }
    this.#need = around;
    return lhs;
  }

  #buildInner(expr: Expr, grid: Grid): PlanNode {
    if (expr.kind === 'binary') return this.#buildChain(expr, grid);
    const around = this.#need;
    this.#need = needBelow(expr, around);
    const node = this.#buildNode(expr, grid);
    this.#need = around;
    return node;
  }

  #buildNode(expr: Exclude<Expr, BinaryExpr>, grid: Grid): PlanNode {
    const base = { grid, pos: expr.pos, type: typeOf(expr) };
    switch (expr.kind) {
      case 'number':
        return { ...base, kind: 'number', value: expr.value };
      case 'string':
        return { ...base, kind: 'string', value: expr.value };
      case 'paren':
        return this.build(expr.expr, grid);
      case 'unary': {
        const operand = this.build(expr.expr, grid);
        return expr.op === '+' ? operand : { ...base, kind: 'negate', expr: operand };
      }
      case 'aggregate': {
        const param = expr.param === undefined ? undefined : this.build(expr.param, grid);
        const operand = this.build(expr.expr, grid);
        const { op, grouping, without } = expr;
        return { ...base, kind: 'aggregate', op, expr: operand, param, grouping, without };
      }
      case 'call':
        return this.#buildCall(expr, grid);
      case 'vector-selector':
        return this.#buildSelector(expr, grid);
      case 'matrix-selector':
      case 'subquery':
        return this.buildRange(expr, grid);
    }
  }

  #buildCall(expr: Call, grid: Grid): PlanNode {
    const base = { grid, pos: expr.pos, type: typeOf(expr) };
    const { startMs, endMs, stepMs } = this.#options;
    switch (expr.func) {
      case 'start':
        return { ...base, kind: 'number', value: startMs / 1000 };
      case 'end':
        return { ...base, kind: 'number', value: endMs / 1000 };
      case 'range':
        return { ...base, kind: 'number', value: (endMs - startMs) / 1000 };
      case 'step':
        return { ...base, kind: 'number', value: startMs === endMs ? 0 : stepMs / 1000 };
      case 'info':
        return this.#buildInfo(expr, grid);
      default: {
        const args = expr.args.map((arg) => this.build(arg, grid));
        return { ...base, kind: 'call', func: expr.func, args };
      }
    }
  }

  #buildInfo(expr: Call, grid: Grid): InfoNode {
    const [vector, selector] = expr.args;
    if (vector === undefined) throw new Error('info() without an argument');
    const labelSelector = selector === undefined ? undefined : withoutParens(selector);
    return {
      kind: 'info',
      grid,
      pos: expr.pos,
      type: 'vector',
      expr: this.build(vector, grid),
      labelMatchers: labelSelector?.kind === 'vector-selector' ? labelSelector.matchers : undefined,
      lookbackMs: this.#options.lookbackMs,
      ...(this.#firstSelectorShift(vector) ?? { offsetMs: 0, atMs: undefined }),
    };
  }

  /** The time shift of the first selector in an expression, those of subqueries around it added. */
  #firstSelectorShift(expr: Expr): TimeShift | undefined {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return undefined;
      case 'paren':
      case 'unary':
        return this.#firstSelectorShift(expr.expr);
      case 'binary':
        return this.#firstSelectorShift(expr.lhs) ?? this.#firstSelectorShift(expr.rhs);
      case 'aggregate': {
        const inner = this.#firstSelectorShift(expr.expr);
        if (inner !== undefined || expr.param === undefined) return inner;
        return this.#firstSelectorShift(expr.param);
      }
      case 'call': {
        for (const arg of expr.args) {
          const shift = this.#firstSelectorShift(arg);
          if (shift !== undefined) return shift;
        }
        return undefined;
      }
      case 'vector-selector':
        return this.#shiftOf(expr);
      case 'matrix-selector':
        return this.#shiftOf(expr.selector);
      case 'subquery': {
        const inner = this.#firstSelectorShift(expr.expr);
        if (inner === undefined || inner.atMs !== undefined) return inner;
        const outer = this.#shiftOf(expr);
        return { offsetMs: inner.offsetMs + outer.offsetMs, atMs: outer.atMs };
      }
    }
  }

  #buildSelector(expr: VectorSelector, grid: Grid): PlanNode {
    const { lookbackMs } = this.#options;
    const shift = this.#shiftOf(expr);
    const { smoothed, matchers } = expr;
    const load = this.#load(matchers, grid, shift, lookbackMs, smoothed ? lookbackMs : 0);
    const base = { grid, pos: expr.pos, type: 'vector' } as const;
    return { ...base, ...shift, kind: 'selector', matchers, load, lookbackMs, smoothed };
  }

  buildRange(expr: Extract<Expr, { kind: 'matrix-selector' | 'subquery' }>, grid: Grid): RangeNode {
    if (expr.kind === 'subquery') return this.#buildSubquery(expr, grid);
    const { lookbackMs } = this.#options;
    const { selector } = expr;
    const { anchored, smoothed, matchers } = selector;
    const shift = this.#shiftOf(selector);
    const rangeMs = this.#durationMs(expr.rangeMs, expr.rangeExpr, false);
    const backMs = rangeMs + (anchored || smoothed ? lookbackMs : 0);
    const load = this.#load(matchers, grid, shift, backMs, smoothed ? lookbackMs : 0);
    const node: WindowNode = {
      kind: 'window',
      grid,
      pos: expr.pos,
      type: 'matrix',
      ...shift,
      matchers,
      load,
      lookbackMs,
      rangeMs,
      anchored,
      smoothed,
    };
    return node;
  }

  #buildSubquery(expr: SubqueryExpr, grid: Grid): RangeNode {
    const shift = this.#shiftOf(expr);
    const rangeMs = this.#durationMs(expr.rangeMs, expr.rangeExpr, false);
    const writtenMs = this.#durationMs(expr.stepMs, expr.stepExpr, false);
    const stepMs = writtenMs === 0 ? this.#options.defaultSubqueryStepMs(rangeMs) : writtenMs;
    const inner = this.build(expr.expr, subqueryGrid(grid, shift, rangeMs, stepMs));
    return {
      kind: 'subquery',
      grid,
      pos: expr.pos,
      type: 'matrix',
      ...shift,
      expr: inner,
      rangeMs,
    };
  }

  #load(
    matchers: readonly Matcher[],
    grid: Grid,
    shift: TimeShift,
    backMs: number,
    aheadMs: number,
  ): Load {
    const countAndSumOnly = this.#need === 'count-and-sum';
    if (grid.steps === 0) return { matchers, countAndSumOnly, startMs: 0, endMs: -1 };
    const firstMs = (shift.atMs ?? grid.startMs) - shift.offsetMs;
    const lastMs = (shift.atMs ?? lastStepMs(grid)) - shift.offsetMs;
    // Ranges are open at the left: a sample exactly `backMs` before a step is not seen.
    const startMs = firstMs - backMs + 1;
    const endMs = lastMs + aheadMs;
    const key = matchersKey(matchers);
    for (const load of this.loads) {
      if (load.countAndSumOnly !== countAndSumOnly || matchersKey(load.matchers) !== key) continue;
      if (startMs > load.endMs + 1 || endMs < load.startMs - 1) continue;
      load.startMs = Math.min(load.startMs, startMs);
      load.endMs = Math.max(load.endMs, endMs);
      return load;
    }
    const load = { matchers, countAndSumOnly, startMs, endMs };
    this.loads.push(load);
    return load;
  }

  #shiftOf(expr: {
    readonly offsetMs: number;
    readonly offsetExpr: DurationExpr | undefined;
    readonly at: AtModifier | undefined;
  }): TimeShift {
    const offsetMs = this.#durationMs(expr.offsetMs, expr.offsetExpr, true);
    return { offsetMs, atMs: this.#atMs(expr.at) };
  }

  #atMs(at: AtModifier | undefined): number | undefined {
    if (at === undefined) return undefined;
    if (at.kind === 'timestamp') return at.timestampMs;
    return at.kind === 'start' ? this.#options.startMs : this.#options.endMs;
  }

  #durationMs(writtenMs: number, expr: DurationExpr | undefined, isNegativeAllowed: boolean) {
    return expr === undefined
      ? writtenMs
      : resolveDurationMs(expr, this.#options, isNegativeAllowed);
  }
}

/** Steps of a subquery lie at multiples of its step, whatever the query's times. */
function subqueryGrid(grid: Grid, shift: TimeShift, rangeMs: number, stepMs: number): Grid {
  if (grid.steps === 0) return { startMs: grid.startMs, stepMs, steps: 0 };
  const openStartMs = (shift.atMs ?? grid.startMs) - shift.offsetMs - rangeMs;
  const endMs = (shift.atMs ?? lastStepMs(grid)) - shift.offsetMs;
  let startMs = stepMs * Math.trunc(openStartMs / stepMs);
  if (startMs <= openStartMs) startMs += stepMs;
  return gridOf(startMs, endMs, stepMs);
}

function matchersKey(matchers: readonly Matcher[]): string {
  return matchers
    .map((matcher) => matcher.toString())
    .sort()
    .join(',');
}
