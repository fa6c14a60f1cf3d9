/** Durations in brackets and after `offset`: literals, and expressions of them. */
import type { DurationExpr, NumberLiteral, ParserOptions } from '../ast.ts';
import type { Mutable } from './mutable.ts';
import { acceptNumber, applySign } from './parse-number.ts';
import type { Token, TokenType } from './token.ts';
import { NESTING_MAX, type TokenStream } from './token-stream.ts';

export type Duration = Mutable<NumberLiteral> | Mutable<DurationExpr>;
type BinaryDurationOperator = '+' | '-' | '*' | '/' | '%' | '^';

const PRECEDENCE: ReadonlyMap<TokenType, number> = new Map<BinaryDurationOperator, number>([
  ['+', 1],
  ['-', 1],
  ['*', 2],
  ['/', 2],
  ['%', 2],
  ['^', 3],
]);
const POWER = 3;

/** Go's `time.Duration` counts nanoseconds in an int64. */
const DURATION_SECONDS_MAX = 2 ** 63 / 1e9;

/** Also of NaN, which Prometheus takes for the shortest time there is. */
function isOutOfRange(seconds: number): boolean {
  return !(Math.abs(seconds) <= DURATION_SECONDS_MAX);
}

/** What stands for a duration that is wrong, at no place. */
function nothing(): Mutable<NumberLiteral> {
  return { kind: 'number', pos: { start: 0, end: 0 }, value: 0, isDuration: false };
}

export class DurationParser {
  readonly #stream: TokenStream;
  readonly #options: ParserOptions;

  constructor(stream: TokenStream, options: ParserOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  /** In brackets. */
  parsePositive(): Duration {
    const duration = this.#expression(1);
    if (duration.kind !== 'number' || duration.value > 0) return duration;
    this.#stream.add(duration.pos, 'duration must be greater than 0');
    return nothing();
  }

  /**
   * After `offset`, where only a parenthesis opens an expression: `offset 1m + x` adds x to the
   * selector, `offset (1m) + 1m` is one duration.
   */
  parseOffset(): Duration {
    const stream = this.#stream;
    const sign = stream.accept('+') ?? stream.accept('-');
    const { type } = stream.peek();
    switch (type) {
      case 'number':
      case 'duration':
        return this.#literal(sign);
      case 'step':
      case 'range':
      case 'max_of':
      case 'min_of':
        return this.#signedCall(sign);
      case '(':
        return sign === undefined ? this.#rest(this.#paren(), 1) : this.#signedParen(sign);
      default:
    }
    if (sign === undefined || (type !== '+' && type !== '-')) return stream.fail();
    return this.#rest(this.#applySign(sign, this.#expression(POWER)), 1);
  }

  #signedCall(sign: Token | undefined): Duration {
    const call = this.#call(sign === undefined);
    if (sign === undefined) return call;
    const signed = this.#node(sign.type === '-' ? '-' : '+', undefined, call, sign.start);
    this.#noteExperimental(signed);
    return signed;
  }

  #signedParen(sign: Token): Duration {
    this.#stream.next();
    this.#stream.enter();
    const inner = this.#expression(1);
    this.#stream.leave();
    this.#stream.expect(')');
    return this.#applySign(sign, this.#wrap(inner, inner.pos));
  }

  #expression(precedenceMin: number): Duration {
    this.#stream.enter();
    const duration = this.#rest(this.#operand(), precedenceMin);
    this.#stream.leave();
    return duration;
  }

  #rest(first: Duration, precedenceMin: number): Duration {
    let lhs = first;
    for (let chain = 0; ; chain++) {
      const precedence = PRECEDENCE.get(this.#stream.peek().type);
      if (precedence === undefined || precedence < precedenceMin) return lhs;
      if (chain > NESTING_MAX) this.#stream.stopTooDeep();
      const operator = this.#stream.next();
      const rhs = this.#expression(precedence === POWER ? precedence : precedence + 1);
      lhs = this.#binary(lhs, operator, rhs);
    }
  }

  #binary(lhs: Duration, operator: Token, rhs: Duration): Duration {
    const op = operator.type as BinaryDurationOperator;
    this.#noteExperimental(lhs);
    if ((op === '/' || op === '%') && rhs.kind === 'number' && rhs.value === 0) {
      this.#stream.add(operator, op === '/' ? 'division by zero' : 'modulo by zero');
      return nothing();
    }
    return this.#node(op, lhs, rhs, lhs.pos.start);
  }

  #operand(): Duration {
    const stream = this.#stream;
    switch (stream.peek().type) {
      case 'number':
      case 'duration':
        return this.#literal(undefined);
      case '+':
      case '-':
        return this.#applySign(stream.next(), this.#expression(POWER));
      case '(':
        return this.#paren();
      case 'step':
      case 'range':
      case 'max_of':
      case 'min_of':
        return this.#call(true);
      default:
        return stream.fail();
    }
  }

  #literal(sign: Token | undefined): Duration {
    const literal = acceptNumber(this.#stream) ?? this.#stream.fail();
    if (sign !== undefined) applySign(literal, sign);
    if (!isOutOfRange(literal.value)) return literal;
    this.#stream.add(sign ?? literal.pos, 'duration out of range');
    return nothing();
  }

  #paren(): Duration {
    const open = this.#stream.next();
    const inner = this.#expression(1);
    this.#stream.expect(')');
    this.#noteExperimental(inner);
    return this.#wrap(inner, { start: open.start, end: inner.pos.end });
  }

  /** `step()`, `range()`, `min_of(a, b)`, `max_of(a, b)`. */
  #call(isNoted: boolean): Mutable<DurationExpr> {
    const stream = this.#stream;
    const name = stream.next();
    const op = name.type as 'step' | 'range' | 'min_of' | 'max_of';
    stream.expect('(');
    let call: Mutable<DurationExpr>;
    if (op === 'step' || op === 'range') {
      const close = stream.expect(')');
      call = this.#node(op, undefined, undefined, name.start);
      call.pos = { start: name.start, end: close.end };
    } else {
      const lhs = this.#expression(1);
      stream.expect(',');
      const rhs = this.#expression(1);
      stream.expect(')');
      call = this.#node(op, lhs, rhs, lhs.pos.start);
    }
    if (isNoted) this.#noteExperimental(call);
    return call;
  }

  #node(
    op: DurationExpr['op'],
    lhs: Duration | undefined,
    rhs: Duration | undefined,
    start: number,
  ): Mutable<DurationExpr> {
    const end = rhs?.pos.end ?? start;
    return { kind: 'duration-expr', pos: { start, end }, op, lhs, rhs, wrapped: false };
  }

  /** A number has no flag for its parentheses: it becomes a sum of itself. */
  #wrap(inner: Duration, pos: DurationExpr['pos']): Mutable<DurationExpr> {
    if (inner.kind === 'number') {
      return { kind: 'duration-expr', pos, op: '+', lhs: undefined, rhs: inner, wrapped: true };
    }
    inner.wrapped = true;
    return inner;
  }

  #applySign(sign: Token, duration: Duration): Duration {
    if (duration.kind === 'number') {
      applySign(duration, sign);
      if (!isOutOfRange(duration.value)) return duration;
      this.#stream.add(sign, 'duration out of range');
      return nothing();
    }
    return sign.type === '-' ? this.#node('-', undefined, duration, sign.start) : duration;
  }

  #noteExperimental(duration: Duration): void {
    if (this.#options.durationExpressions) return;
    this.#stream.add(duration.pos, 'experimental duration expression is not enabled');
  }
}
