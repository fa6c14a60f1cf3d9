/** The `expect …` lines of an `eval`. */
import { parseDurationMs } from '../../model/duration.ts';
import { compileRegex } from '../../model/matcher.ts';
import { parseExpr } from '../parser/parser.ts';
import type { EvalExpectations, RangeTimes, TextExpectation } from './script.ts';
import { SCRIPT_PARSER_OPTIONS } from './script-engine.ts';

const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/;
const RANGE = /^expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$/;
const ANY: TextExpectation = { kind: 'any' };

/** Expectations that contradict each other or cannot be read. */
class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}

/** Takes in expectation lines one after the other. */
export class ExpectationReader {
  readonly #fails: TextExpectation[] = [];
  readonly #warnings: TextExpectation[] = [];
  readonly #infos: TextExpectation[] = [];
  #noWarnings = false;
  #noInfos = false;
  #ordered = false;
  #rangeVector: RangeTimes | undefined;
  #string: string | undefined;

  /** @param modifier of the old form `eval_<modifier>`, or undefined */
  constructor(modifier: string | undefined) {
    if (modifier === 'fail') this.#fails.push(ANY);
    else if (modifier === 'warn') this.#warnings.push(ANY);
    else if (modifier === 'info') this.#infos.push(ANY);
    else if (modifier === 'ordered') this.#ordered = true;
  }

  get expectsFailure(): boolean {
    return this.#fails.length > 0;
  }

  get expectsRangeVector(): boolean {
    return this.#rangeVector !== undefined;
  }

  /**
   * @returns false when the line is none of expectations
   * @throws ExpectationError, DurationError, RegexError, ParseError
   */
  read(line: string): boolean {
    if (line.startsWith('expect range vector')) this.#rangeVector = parseRangeVector(line);
    else if (line.startsWith('expect string')) this.#string = parseString(line);
    else if (/^expect( |$)/.test(line)) this.#readExpect(line);
    else return this.#readOldForm(line);
    this.#check();
    return true;
  }

  finish(): EvalExpectations {
    return {
      fail: this.#fails[0],
      warnings: this.#warnings,
      infos: this.#infos,
      noWarnings: this.#noWarnings,
      noInfos: this.#noInfos,
      ordered: this.#ordered,
      rangeVector: this.#rangeVector,
      string: this.#string,
    };
  }

  #readExpect(line: string): void {
    const match = EXPECT.exec(line);
    if (match === null) throw new ExpectationError(`invalid expect statement ${line}`);
    const text = textExpectation(match[2], (match[3] ?? '').trim());
    if (match[1] === 'fail') this.#fails.push(text);
    else if (match[1] === 'warn') this.#warnings.push(text);
    else if (match[1] === 'info') this.#infos.push(text);
    else if (match[1] === 'no_warn') this.#noWarnings = true;
    else if (match[1] === 'no_info') this.#noInfos = true;
    else this.#ordered = true;
  }

  #readOldForm(line: string): boolean {
    if (!this.expectsFailure) return false;
    const match = /^expected_fail_(message|regexp)(.*)$/.exec(line);
    if (match === null) return false;
    const kind = match[1] === 'message' ? 'msg' : 'regex';
    this.#fails[0] = textExpectation(kind, (match[2] as string).trim());
    return true;
  }

  #check(): void {
    if (this.#warnings.length > 0 && this.#noWarnings) {
      throw new ExpectationError('warn and no_warn cannot be used together');
    }
    if (this.#infos.length > 0 && this.#noInfos) {
      throw new ExpectationError('info and no_info cannot be used together');
    }
    if (this.#fails.length > 1) {
      throw new ExpectationError('multiple expect fail lines are not allowed');
    }
  }
}

function textExpectation(kind: string | undefined, text: string): TextExpectation {
  if (kind === undefined) return ANY;
  if (kind === 'msg') return { kind: 'message', text };
  const regex = compileRegex(text);
  return { kind: 'regex', pattern: text, matches: (found) => regex.matcher(found).find() };
}

/** The two times are offsets from the start of all scripts, like everywhere in them. */
function parseRangeVector(line: string): RangeTimes {
  const match = RANGE.exec(line);
  if (match === null) throw new ExpectationError(`invalid range vector definition ${line}`);
  const [startMs, endMs, stepMs] = match.slice(1).map(parseDurationMs) as [number, number, number];
  if (endMs < startMs) throw new ExpectationError('the range vector ends before its start');
  return { startMs, endMs, stepMs };
}

function parseString(line: string): string {
  const literal = parseExpr(line.slice('expect string'.length), SCRIPT_PARSER_OPTIONS);
  if (literal.kind !== 'string') throw new ExpectationError('a quoted string is required');
  return literal.value;
}
