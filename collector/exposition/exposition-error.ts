/** The only error that reading an exposition throws. */

const LF = 0x0a;

/** An error goes into logs and onto pages, and may quote a line of any length. */
const PROBLEM_CHARS_MAX = 2048;

export class ExpositionError extends Error {
  override readonly name: string = 'ExpositionError';
  /** Line of the body where the entry at fault begins, from 1; 0 when the error has no line. */
  readonly line: number;
  /** What is wrong, without the line; where Prometheus says the same, in its words. */
  readonly problem: string;

  constructor(fullProblem: string, line: number, options?: ErrorOptions) {
    const problem =
      fullProblem.length > PROBLEM_CHARS_MAX
        ? `${fullProblem.slice(0, PROBLEM_CHARS_MAX)}…`
        : fullProblem;
    super(line > 0 ? `line ${line}: ${problem}` : problem, options);
    this.problem = problem;
    this.line = line;
  }
}

/** The line, from 1, that holds byte `offset`. */
export function lineAt(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(LF); at >= 0 && at < offset; at = bytes.indexOf(LF, at + 1)) line++;
  return line;
}
