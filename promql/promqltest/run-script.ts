/** Runs scripts of the PromQL test language. */
import type { FloatHistogram } from '../../model/histogram.ts';
import { parseExpr } from '../parser/parser.ts';
import { atChecks, type InstantCase } from './at-check.ts';
import {
  checkAnnotations,
  checkFailure,
  checkSorted,
  checkValue,
  type Problem,
} from './compare.ts';
import { parseScript } from './parse-script.ts';
import type { EvalCommand, ScriptSample, ScriptSeries } from './script.ts';
import {
  type Answer,
  type AnswerSeries,
  SCRIPT_PARSER_OPTIONS,
  type ScriptEngine,
  type ScriptStorage,
} from './script-engine.ts';
import { storedHint } from './stored-hint.ts';

/** How one `eval` went. */
export interface EvalResult {
  /** From 1. */
  readonly line: number;
  readonly query: string;
  /** Undefined: all is as expected. */
  readonly problem: Problem | undefined;
}

const MINUTE_MS = 60_000;

/** Their values are not those of the instant query when it is run as a range query. */
const RANGE_DEPENDENT = /(?:start|end|range|step)\(\)/;

/**
 * Runs the commands in their order against a storage that starts empty. Each instant query is run
 * in further ways too that must give the same: with `@` at other times, and as a range query.
 * @throws ScriptError for a script that cannot be read
 */
export async function* runScript(
  text: string,
  engine: ScriptEngine,
  storage: ScriptStorage,
): AsyncGenerator<EvalResult> {
  await storage.clear();
  let lastHistograms = new Map<string, FloatHistogram>();
  for (const command of parseScript(text)) {
    switch (command.kind) {
      case 'clear':
        await storage.clear();
        lastHistograms = new Map();
        break;
      case 'load':
        await storage.append(command.series.map((one) => withStoredHints(one, lastHistograms)));
        break;
      case 'broken-eval': {
        const { line, query } = command;
        yield { line, query, problem: { expected: 'a command', got: command.problem } };
        break;
      }
      case 'eval': {
        const { line, query } = command;
        yield { line, query, problem: await runEval(command, engine, storage) };
        break;
      }
    }
  }
}

function withStoredHints(
  { labels, samples }: ScriptSeries,
  lastHistograms: Map<string, FloatHistogram>,
): ScriptSeries {
  let previous = lastHistograms.get(labels.key);
  const hinted = samples.map((sample): ScriptSample => {
    const { point } = sample;
    if (point.kind !== 'histogram') {
      previous = undefined;
      return sample;
    }
    const counterResetHint = storedHint(point.histogram, previous);
    previous = { ...point.histogram, counterResetHint };
    return { ...sample, point: { ...point, histogram: previous } };
  });
  if (previous === undefined) lastHistograms.delete(labels.key);
  else lastHistograms.set(labels.key, previous);
  return { labels, samples: hinted };
}

async function runEval(
  command: EvalCommand,
  engine: ScriptEngine,
  storage: ScriptStorage,
): Promise<Problem | undefined> {
  const { query, times } = command;
  if (times.kind === 'range') {
    return judge(command, () => engine.range(query, times, storage.source));
  }
  const timeMs = command.expectations.rangeVector?.endMs ?? times.timeMs;
  const expr = parseExpr(query, SCRIPT_PARSER_OPTIONS);
  for (const one of [{ query, timeMs }, ...atChecks(expr, timeMs)]) {
    const problem = await runInstant(command, one, engine, storage);
    if (problem !== undefined) {
      const how = one.query === query && one.timeMs === timeMs ? '' : `${caseText(one)}: `;
      return { ...problem, got: `${how}${problem.got}` };
    }
  }
  return undefined;
}

function caseText({ query, timeMs }: InstantCase): string {
  return `${query} at ${timeMs} ms`;
}

async function runInstant(
  command: EvalCommand,
  { query, timeMs }: InstantCase,
  engine: ScriptEngine,
  storage: ScriptStorage,
): Promise<Problem | undefined> {
  let isScalar = false;
  const problem = await judge(command, async () => {
    const answer = await engine.instant(query, timeMs, storage.source);
    isScalar = answer.value.type === 'scalar';
    return answer;
  });
  const { fail, ordered, rangeVector, string } = command.expectations;
  const isInstantOnly =
    fail !== undefined || rangeVector !== undefined || string !== undefined || ordered;
  if (problem !== undefined || isInstantOnly || RANGE_DEPENDENT.test(query)) return problem;

  const times = { startMs: timeMs - MINUTE_MS, endMs: timeMs + MINUTE_MS, stepMs: MINUTE_MS };
  const inRange = await answerOf(() => engine.range(query, times, storage.source));
  if (typeof inRange === 'string') return { expected: 'an answer', got: `range mode: ${inRange}` };
  const found = checkMiddle(command, inRange, timeMs, isScalar);
  return found === undefined ? undefined : { ...found, got: `range mode: ${found.got}` };
}

function checkMiddle(
  command: EvalCommand,
  { value }: Answer,
  timeMs: number,
  isScalar: boolean,
): Problem | undefined {
  if (value.type !== 'matrix') return { expected: 'a matrix', got: value.type };
  const unsorted = checkSorted(value.series);
  if (unsorted !== undefined) return unsorted;
  const middle: AnswerSeries[] = [];
  for (const { labels, points } of value.series) {
    const point = points.find(({ timestampMs }) => timestampMs === timeMs);
    if (point !== undefined) middle.push({ labels, points: [point] });
  }
  if (!isScalar) return checkValue(command, { type: 'vector', series: middle });
  const scalar = middle[0]?.points[0]?.value;
  if (scalar === undefined) return { expected: 'a scalar', got: 'nothing' };
  return checkValue(command, { type: 'scalar', value: scalar });
}

async function judge(
  command: EvalCommand,
  run: () => Promise<Answer>,
): Promise<Problem | undefined> {
  const answer = await answerOf(run);
  const { fail } = command.expectations;
  if (typeof answer === 'string') {
    if (fail !== undefined) return checkFailure(fail, answer);
    return { expected: 'an answer', got: `error: ${answer}` };
  }
  if (fail !== undefined) return { expected: 'an error', got: `an answer (${answer.value.type})` };
  return checkAnnotations(command, answer) ?? checkValue(command, answer.value);
}

/** @returns the answer, or the message of the error */
async function answerOf(run: () => Promise<Answer>): Promise<Answer | string> {
  try {
    return await run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
