/** What is wrong with a query, and where. */
import type { PositionRange } from '../ast.ts';

export interface ParseProblem {
  /** In UTF-8 bytes. */
  readonly range: PositionRange;
  readonly problem: string;
}

/**
 * A text that is not PromQL. The message is that of Prometheus and tells the first problem:
 * `1:4: parse error: unexpected end of input`. The column counts bytes, from 1.
 */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  readonly problems: readonly ParseProblem[];

  /** @param problems at least one, in the order in which they were found */
  constructor(query: string, problems: readonly ParseProblem[]) {
    const first = problems[0] ?? { range: { start: 0, end: 0 }, problem: 'unexpected error' };
    super(`${placeOf(query, first.range.start)}: parse error: ${first.problem}`);
    this.problems = problems;
  }
}

/** `line:column` of a byte offset, both from 1. */
export function placeOf(query: string, start: number): string {
  if (query === '') return 'unknown position';
  const bytes = Buffer.from(query);
  if (start > bytes.length) return 'invalid position';
  const before = bytes.subarray(0, start);
  let line = 1;
  for (const byte of before) if (byte === 0x0a) line++;
  return `${line}:${start - before.lastIndexOf(0x0a)}`;
}
