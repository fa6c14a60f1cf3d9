/** What may follow an expression: ranges, `offset`, `@`, `anchored`, `smoothed`. */
import type {
  AtModifier,
  DurationExpr,
  Expr,
  MatrixSelector,
  ParserOptions,
  SubqueryExpr,
  VectorSelector,
} from '../ast.ts';
import { formatFixed, roundHalfAway } from './go-text.ts';
import type { Mutable } from './mutable.ts';
import { type Duration, DurationParser } from './parse-duration.ts';
import { parseSignedNumber } from './parse-number.ts';
import { selectorAt } from './parse-selector.ts';
import type { SyntaxPlace, TokenStream } from './token-stream.ts';

const OFFSET = { name: 'offset', expected: 'number, duration, step(), or range()' };
const AT = { name: '@', expected: 'timestamp' };
const RANGE_OR_SUBQUERY = {
  name: 'subquery or range selector',
  expected: 'number, duration, step(), or range()',
};
const RANGE_END = { name: 'subquery or range', expected: '":" or "]"' };
const SUBQUERY_STEP = {
  name: 'subquery selector',
  expected: 'number, duration, step(), range(), or "]"',
};
const SUBQUERY_END = { name: 'subquery selector', expected: '"]"' };

const NOT_A_SELECTOR =
  'must be preceded by an instant vector selector or range vector selector or a subquery';
const RANGE_OF_EXPRESSION = 'ranges only allowed for vector selectors';
const ANCHORED_AND_SMOOTHED = 'anchored and smoothed modifiers cannot be used together';
const INT64_LIMIT = 2 ** 63;
/** Each may stand in the next, and so make the tree one level deeper without a parenthesis. */
const SUBQUERIES_MAX = 1000;

/** What `offset` and `@` are noted in. */
type Modified = Mutable<VectorSelector> | Mutable<SubqueryExpr>;

/** Milliseconds of a plain duration, rounded to nanoseconds as in Go; 0 for an expression. */
function durationMs(duration: Duration): number {
  return duration.kind === 'number' ? roundHalfAway(duration.value * 1e9) / 1e6 : 0;
}

function expressionOf(duration: Duration): DurationExpr | undefined {
  return duration.kind === 'duration-expr' ? duration : undefined;
}

export class ModifierParser {
  readonly #stream: TokenStream;
  readonly #options: ParserOptions;
  readonly #durations: DurationParser;
  /** Ranges over what is no selector: noted as a mistake, and in the tree until the end. */
  readonly #broken = new Set<Expr>();
  #subqueryCount = 0;

  constructor(stream: TokenStream, options: ParserOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#durations = new DurationParser(stream, options);
  }

  /** Takes all modifiers that follow `operand`. */
  parse(operand: Expr): Expr {
    let expr = operand;
    for (;;) {
      switch (this.#stream.peek().type) {
        case '[':
          expr = this.#in(RANGE_OR_SUBQUERY, () => this.#range(expr));
          break;
        case 'offset':
          this.#in(OFFSET, () => this.#offset(expr));
          break;
        case '@':
          this.#in(AT, () => this.#at(expr));
          break;
        case 'anchored':
        case 'smoothed':
          this.#extended(expr, this.#stream.next().type === 'anchored' ? 'anchored' : 'smoothed');
          break;
        default:
          return expr;
      }
    }
  }

  #in<T>(place: SyntaxPlace, parse: () => T): T {
    const stream = this.#stream;
    const outer = stream.place;
    stream.place = place;
    stream.next();
    const result = parse();
    stream.place = outer;
    return result;
  }

  #range(expr: Expr): Expr {
    const stream = this.#stream;
    const open = stream.lastTaken.start;
    const range = this.#durations.parsePositive();
    stream.place = RANGE_END;
    if (stream.accept(':') !== undefined) return this.#subquery(expr, range);
    const close = stream.expect(']');
    const problem = rangeProblem(expr);
    if (problem !== undefined) stream.add({ start: open, end: close.end }, problem);
    const isSelector = expr.kind === 'vector-selector';
    const matrix: MatrixSelector = {
      kind: 'matrix-selector',
      pos: { start: expr.pos.start, end: stream.lastClosing },
      selector: isSelector ? expr : selectorAt(expr.pos, '', []),
      rangeMs: durationMs(range),
      rangeExpr: expressionOf(range),
    };
    if (!isSelector) this.#broken.add(matrix);
    return matrix;
  }

  #subquery(expr: Expr, range: Duration): Expr {
    const stream = this.#stream;
    if (++this.#subqueryCount > SUBQUERIES_MAX) {
      stream.stop(expr.pos, `more than ${SUBQUERIES_MAX} subqueries`);
    }
    stream.place = SUBQUERY_STEP;
    let step: Duration | undefined;
    if (stream.peek().type !== ']') {
      step = this.#durations.parsePositive();
      stream.place = SUBQUERY_END;
    }
    const close = stream.expect(']');
    return {
      kind: 'subquery',
      pos: { start: expr.pos.start, end: close.end },
      expr,
      rangeMs: durationMs(range),
      rangeExpr: expressionOf(range),
      stepMs: step === undefined ? 0 : durationMs(step),
      stepExpr: step === undefined ? undefined : expressionOf(step),
      offsetMs: 0,
      offsetExpr: undefined,
      at: undefined,
    };
  }

  #offset(expr: Expr): void {
    const offset = this.#durations.parseOffset();
    const target = this.#target(expr, 'offset modifier');
    if (target === undefined) return;
    if (target.offsetMs !== 0 || target.offsetExpr !== undefined) {
      this.#stream.add(expr.pos, 'offset may not be set multiple times');
    } else if (offset.kind === 'number') {
      target.offsetMs = durationMs(offset);
    } else {
      target.offsetExpr = offset;
    }
    this.#close(expr);
  }

  #at(expr: Expr): void {
    const stream = this.#stream;
    const word = stream.accept('start') ?? stream.accept('end');
    let at: AtModifier;
    if (word === undefined) {
      const seconds = parseSignedNumber(stream).value;
      if (!(Math.abs(seconds) < INT64_LIMIT)) {
        const text = formatFixed(seconds);
        stream.add(expr.pos, `timestamp out of bounds for @ modifier: ${text}`);
      }
      at = { kind: 'timestamp', timestampMs: roundHalfAway(seconds * 1000) };
    } else {
      stream.expect('(');
      stream.expect(')');
      at = { kind: word.type === 'start' ? 'start' : 'end' };
    }
    const target = this.#target(expr, '@ modifier');
    if (target === undefined) return;
    if (target.at !== undefined) {
      stream.add(expr.pos, '@ <timestamp> may not be set multiple times');
      return;
    }
    target.at = at;
    this.#close(expr);
  }

  #target(expr: Expr, modifier: string): Modified | undefined {
    if (expr.kind === 'vector-selector' || expr.kind === 'subquery') return expr;
    if (expr.kind === 'matrix-selector' && !this.#broken.has(expr)) return expr.selector;
    const problem =
      expr.kind === 'matrix-selector' ? RANGE_OF_EXPRESSION : `${modifier} ${NOT_A_SELECTOR}`;
    this.#stream.add(expr.pos, problem);
    return undefined;
  }

  #close(expr: Mutable<Expr>): void {
    expr.pos = { start: expr.pos.start, end: this.#stream.lastClosing };
  }

  #extended(expr: Expr, modifier: 'anchored' | 'smoothed'): void {
    const stream = this.#stream;
    if (!this.#options.extendedRangeSelectors) {
      stream.add(expr.pos, `${modifier} modifier is experimental and not enabled`);
      return;
    }
    if (expr.kind === 'subquery') {
      stream.add(expr.pos, `${modifier} modifier is not supported for subqueries`);
      return;
    }
    if (expr.kind !== 'vector-selector' && expr.kind !== 'matrix-selector') {
      stream.add(expr.pos, `${modifier} modifier not implemented`);
      return;
    }
    if (this.#broken.has(expr)) return;
    const selector: Mutable<VectorSelector> =
      expr.kind === 'vector-selector' ? expr : expr.selector;
    selector[modifier] = true;
    if (selector.anchored && selector.smoothed) stream.add(expr.pos, ANCHORED_AND_SMOOTHED);
  }
}

function rangeProblem(expr: Expr): string | undefined {
  if (expr.kind !== 'vector-selector') return RANGE_OF_EXPRESSION;
  if (expr.offsetMs !== 0 || expr.offsetExpr !== undefined) {
    return 'no offset modifiers allowed before range';
  }
  return expr.at === undefined ? undefined : 'no @ modifiers allowed before range';
}
