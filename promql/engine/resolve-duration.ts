/** Durations that depend on the query's range and step, e.g. `[step() * 4]`. */
import type { DurationExpr, NumberLiteral } from '../ast.ts';
import { QueryError } from './query-error.ts';

export interface QueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** 0 for an instant query. */
  readonly stepMs: number;
}

/** Go counts durations in nanoseconds in an int64. */
const SECONDS_MAX = 2 ** 63 / 1e9;

/**
 * @returns whole milliseconds
 * @throws QueryError with the offsets of the expression, for a duration that cannot be
 */
export function resolveDurationMs(
  expr: DurationExpr,
  times: QueryTimes,
  isNegativeAllowed: boolean,
): number {
  const seconds = evaluate(expr, times);
  if (!Number.isFinite(seconds)) throw refused(expr, 'duration is NaN or infinite');
  if (seconds <= 0 && !isNegativeAllowed) throw refused(expr, 'duration must be greater than 0');
  if (seconds > SECONDS_MAX || seconds < -SECONDS_MAX) {
    throw refused(expr, 'duration is out of range');
  }
  return Math.trunc(seconds * 1000);
}

function evaluate(expr: DurationExpr | NumberLiteral, times: QueryTimes): number {
  if (expr.kind === 'number') return expr.value;
  const lhs = expr.lhs === undefined ? 0 : evaluate(expr.lhs, times);
  const rhs = expr.rhs === undefined ? 0 : evaluate(expr.rhs, times);
  switch (expr.op) {
    case 'step':
      return times.stepMs / 1000;
    case 'range':
      return (times.endMs - times.startMs) / 1000;
    case 'min_of':
      return Math.min(lhs, rhs);
    case 'max_of':
      return Math.max(lhs, rhs);
    case '+':
      return lhs + rhs;
    case '-':
      return lhs - rhs;
    case '*':
      return lhs * rhs;
    case '/':
      if (rhs === 0) throw refused(expr, 'division by zero');
      return lhs / rhs;
    case '%':
      if (rhs === 0) throw refused(expr, 'modulo by zero');
      return lhs % rhs;
    case '^':
      return lhs ** rhs;
  }
}

function refused(expr: DurationExpr, problem: string): QueryError {
  return new QueryError('bad_data', `${expr.pos.start}:${expr.pos.end}: ${problem}`);
}
