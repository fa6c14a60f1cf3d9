/** `eval instant …` and `eval range …` with their expectations. */
import { parseDurationMs } from '../../model/duration.ts';
import { parseGoFloat } from '../../model/go-float.ts';
import { parseExpr } from '../parser/parser.ts';
import { ExpectationReader } from './parse-expect.ts';
import type { ScriptLine } from './parse-script.ts';
import { type BrokenEvalCommand, type EvalCommand, type EvalTimes, ScriptError } from './script.ts';
import { SCRIPT_PARSER_OPTIONS } from './script-engine.ts';
import { parseSequence, type Sequence } from './series-notation.ts';

const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/;
const RANGE =
  /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/;

/** @throws ScriptError when not even the query can be told */
export function parseEval(
  head: ScriptLine,
  body: readonly ScriptLine[],
): EvalCommand | BrokenEvalCommand {
  const instant = INSTANT.exec(head.text);
  const match = instant ?? RANGE.exec(head.text);
  if (match === null) throw new ScriptError(head.number, `invalid eval command ${head.text}`);
  const query = match.at(-1) as string;
  try {
    // A query must parse whatever is expected of it.
    parseExpr(query, SCRIPT_PARSER_OPTIONS);
    const times = instant === null ? rangeTimes(match) : instantTime(match);
    return readBody({ line: head.number, query, times }, match[1], body);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { kind: 'broken-eval', line: head.number, query, problem };
  }
}

function instantTime(match: RegExpExecArray): EvalTimes {
  return { kind: 'instant', timeMs: parseDurationMs(match[2] ?? '') };
}

function rangeTimes(match: RegExpExecArray): EvalTimes {
  const [startMs, endMs, stepMs] = match.slice(2, 5).map(parseDurationMs) as [
    number,
    number,
    number,
  ];
  if (endMs < startMs) throw new Error('invalid test definition, end is before start');
  return { kind: 'range', startMs, endMs, stepMs };
}

function readBody(
  head: Pick<EvalCommand, 'line' | 'query' | 'times'>,
  modifier: string | undefined,
  body: readonly ScriptLine[],
): EvalCommand {
  const reader = new ExpectationReader(modifier);
  const series: Sequence[] = [];
  let scalar: number | undefined;
  for (const { text } of body) {
    if (reader.read(text)) continue;
    const number = parseScalar(text);
    if (number !== undefined) {
      scalar = number;
      continue;
    }
    const sequence = parseSequence(text);
    const isInstant = head.times.kind === 'instant';
    if (sequence.points.length > 1 && isInstant && !reader.expectsRangeVector) {
      throw new Error('expecting multiple values in instant evaluation not allowed');
    }
    series.push(sequence);
  }
  return { kind: 'eval', ...head, expectations: reader.finish(), scalar, series };
}

/** Go reads integers of other bases too. */
function parseScalar(text: string): number | undefined {
  if (/^[+-]?0(?:x[\da-f]+|o[0-7]+|b[01]+)$/i.test(text)) {
    const magnitude = Number(text.replace(/^[+-]/, ''));
    return text.startsWith('-') ? -magnitude : magnitude;
  }
  return parseGoFloat(text);
}
