/** Numbers and durations in a query. */
import { DurationError, parseDurationMs } from '../../model/duration.ts';
import type { NumberLiteral } from '../ast.ts';
import type { Mutable } from './mutable.ts';
import { NumberSyntaxError, parseNumber } from './number.ts';
import type { Token } from './token.ts';
import type { TokenStream } from './token-stream.ts';

/** Seconds as Go's `Duration.Seconds` counts them: whole seconds and a fraction, each rounded. */
function secondsOf(durationMs: number): number {
  return Math.floor(durationMs / 1000) + ((durationMs % 1000) * 1e6) / 1e9;
}

/** The value of a number or duration token; 0 with a problem noted when it is not a valid one. */
export function tokenValue(stream: TokenStream, token: Token): number {
  try {
    return token.type === 'number'
      ? parseNumber(token.text)
      : secondsOf(parseDurationMs(token.text));
  } catch (cause) {
    if (cause instanceof NumberSyntaxError) {
      stream.add(token, `error parsing number: ${cause.message}`);
    } else if (cause instanceof DurationError) {
      stream.add(token, cause.message);
    } else {
      throw cause;
    }
    return 0;
  }
}

/** The next token, when it is a number or a duration. */
export function acceptNumber(stream: TokenStream): Mutable<NumberLiteral> | undefined {
  const { type } = stream.peek();
  if (type !== 'number' && type !== 'duration') return undefined;
  const token = stream.next();
  return {
    kind: 'number',
    pos: { start: token.start, end: token.end },
    value: tokenValue(stream, token),
    isDuration: type === 'duration',
  };
}

/** The sign belongs to the literal: `-1` is one number. */
export function applySign(literal: Mutable<NumberLiteral>, sign: Token): void {
  if (sign.type === '-') literal.value = -literal.value;
  literal.pos = { start: sign.start, end: literal.pos.end };
}

/** A number that may have one sign, or a failure. */
export function parseSignedNumber(stream: TokenStream): NumberLiteral {
  const sign = stream.accept('+') ?? stream.accept('-');
  const literal = acceptNumber(stream) ?? stream.fail();
  if (sign !== undefined) applySign(literal, sign);
  return literal;
}
