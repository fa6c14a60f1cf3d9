/** Answers against what a script expects of them. Each function gives the problem, or undefined. */
import { formatGoG } from '../../model/go-float.ts';
import type { Labels } from '../../model/labels.ts';
import { almostEqual, almostEqualHistograms } from '../histogram/equality.ts';
import { formatHistogramNotation } from '../histogram/text.ts';
import type { EvalCommand, RangeTimes, TextExpectation } from './script.ts';
import type { Answer, AnswerPoint, AnswerSeries, AnswerValue } from './script-engine.ts';
import type { Sequence, SequencePoint } from './series-notation.ts';

/** The difference between two numbers that counts as none, as a share of their sum. */
const TOLERANCE = 1e-6;

export interface Problem {
  readonly expected: string;
  readonly got: string;
}

export function checkFailure(expected: TextExpectation, message: string): Problem | undefined {
  if (isMatch(expected, message)) return undefined;
  return { expected: `an error that ${describe(expected)}`, got: message };
}

export function checkAnnotations(command: EvalCommand, answer: Answer): Problem | undefined {
  const { warnings, infos, noWarnings, noInfos } = command.expectations;
  return (
    checkLevel('warning', warnings, noWarnings, answer.warnings) ??
    checkLevel('info', infos, noInfos, answer.infos)
  );
}

function checkLevel(
  level: string,
  expected: readonly TextExpectation[],
  isNoneExpected: boolean,
  texts: readonly string[],
): Problem | undefined {
  const got = texts.length === 0 ? `no ${level}` : texts.join('\n');
  if (isNoneExpected && texts.length > 0) return { expected: `no ${level}`, got };
  if (expected.length === 0) return undefined;
  const missing = expected.find((one) => !texts.some((text) => isMatch(one, text)));
  if (missing !== undefined) return { expected: `a ${level} that ${describe(missing)}`, got };
  const surplus = texts.find((text) => !expected.some((one) => isMatch(one, text)));
  if (surplus === undefined) return undefined;
  return { expected: `each ${level} ${expected.map(describe).join(' or ')}`, got: surplus };
}

function isMatch(expected: TextExpectation, text: string): boolean {
  if (expected.kind === 'any') return true;
  return expected.kind === 'message' ? expected.text === text : expected.matches(text);
}

function describe(expected: TextExpectation): string {
  if (expected.kind === 'any') return 'may read anyhow';
  return expected.kind === 'message' ? `reads ${expected.text}` : `matches ${expected.pattern}`;
}

export function checkValue(command: EvalCommand, value: AnswerValue): Problem | undefined {
  switch (value.type) {
    case 'scalar':
      return checkScalar(command, value.value);
    case 'string': {
      const expected = command.expectations.string ?? '';
      return expected === value.value ? undefined : { expected, got: value.value };
    }
    case 'vector':
      return checkVector(command, value.series);
    case 'matrix':
      return checkMatrix(command, value.series);
  }
}

function checkScalar(command: EvalCommand, value: number): Problem | undefined {
  const got = `scalar ${formatGoG(value)}`;
  if (command.scalar === undefined) return { expected: 'a vector or matrix', got };
  if (almostEqual(command.scalar, value, TOLERANCE)) return undefined;
  return { expected: `scalar ${formatGoG(command.scalar)}`, got };
}

function checkVector(command: EvalCommand, got: readonly AnswerSeries[]): Problem | undefined {
  if (command.scalar !== undefined) return notScalar(got);
  const lacking = checkSeriesSets(command.series, got);
  if (lacking !== undefined) return lacking;
  const byKey = sequencesByKey(command.series);
  for (const [position, series] of got.entries()) {
    const sequence = byKey.get(series.labels.key) as Sequence;
    if (command.expectations.ordered && command.series[position] !== sequence) {
      const order = command.series.map(({ labels }) => String(labels)).join(', ');
      return {
        expected: `the order ${order}`,
        got: got.map((one) => String(one.labels)).join(', '),
      };
    }
    const expected = sequence.points[0] ?? { kind: 'none' };
    const point = series.points[0] as AnswerPoint;
    if (!isPoint(expected, point)) {
      return {
        expected: `${series.labels.toString()} ${pointText(expected)}`,
        got: `${series.labels.toString()} ${answerText(point)}`,
      };
    }
  }
  return undefined;
}

function checkMatrix(command: EvalCommand, got: readonly AnswerSeries[]): Problem | undefined {
  if (command.scalar !== undefined || command.expectations.ordered) return notScalar(got);
  const unsorted = checkSorted(got);
  if (unsorted !== undefined) return unsorted;
  const lacking = checkSeriesSets(command.series, got);
  if (lacking !== undefined) return lacking;
  const { rangeVector } = command.expectations;
  const times = rangeVector ?? (command.times.kind === 'range' ? command.times : undefined);
  if (times === undefined) return { expected: 'an instant vector', got: 'a range vector' };
  const byKey = sequencesByKey(command.series);
  for (const series of got) {
    const sequence = byKey.get(series.labels.key) as Sequence;
    const problem = checkPoints(sequence, series, times);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkPoints(
  sequence: Sequence,
  series: AnswerSeries,
  { startMs, endMs, stepMs }: RangeTimes,
): Problem | undefined {
  const got = listText(series.labels, series.points.map(timedText));
  const expected = sequence.points
    .map((point, index) => ({ point, timestampMs: startMs + index * stepMs }))
    .filter(({ point }) => point.kind !== 'none');
  const last = startMs + (sequence.points.length - 1) * stepMs;
  if (last > endMs) {
    return { expected: `no more points than the range has, not ${sequence.points.length}`, got };
  }
  const isEqual =
    expected.length === series.points.length &&
    expected.every(({ point, timestampMs }, index) => {
      const found = series.points[index] as AnswerPoint;
      return timestampMs === found.timestampMs && isPoint(point, found);
    });
  if (isEqual) return undefined;
  const texts = expected.map(({ point, timestampMs }) => `${pointText(point)}@${timestampMs}`);
  return { expected: listText(sequence.labels, texts), got };
}

/** Series of a matrix come in the order of their labels. */
export function checkSorted(series: readonly AnswerSeries[]): Problem | undefined {
  for (let index = 1; index < series.length; index++) {
    const before = (series[index - 1] as AnswerSeries).labels;
    const { labels } = series[index] as AnswerSeries;
    if (before.compare(labels) > 0)
      return { expected: `${labels.toString()} before ${before.toString()}`, got: 'after' };
  }
  return undefined;
}

function checkSeriesSets(
  expected: readonly Sequence[],
  got: readonly AnswerSeries[],
): Problem | undefined {
  const wanted = new Set(expected.map(({ labels }) => labels.key));
  const found = new Set(got.map(({ labels }) => labels.key));
  if (wanted.size === found.size && [...wanted].every((key) => found.has(key))) return undefined;
  return {
    expected: expected
      .map(({ labels, points }) => listText(labels, points.map(pointText)))
      .join('\n'),
    got: got.map(({ labels, points }) => listText(labels, points.map(timedText))).join('\n'),
  };
}

/** Of the same series twice the last counts. */
function sequencesByKey(series: readonly Sequence[]): ReadonlyMap<string, Sequence> {
  return new Map(series.map((sequence) => [sequence.labels.key, sequence]));
}

function isPoint(expected: SequencePoint, got: AnswerPoint): boolean {
  switch (expected.kind) {
    case 'histogram':
      return (
        got.histogram !== undefined &&
        almostEqualHistograms(expected.histogram, got.histogram, TOLERANCE) &&
        (!expected.isHintSet ||
          expected.histogram.counterResetHint === got.histogram.counterResetHint)
      );
    case 'float':
      return got.histogram === undefined && almostEqual(expected.value, got.value, TOLERANCE);
    case 'none':
      return got.histogram === undefined && got.value === 0;
    case 'stale':
      return false;
  }
}

function notScalar(got: readonly AnswerSeries[]): Problem {
  return { expected: 'another type of result', got: `${got.length} series` };
}

function listText(labels: Labels, points: readonly string[]): string {
  return `${labels.toString()} ${points.join(' ')}`;
}

function pointText(point: SequencePoint): string {
  if (point.kind === 'histogram') return formatHistogramNotation(point.histogram);
  return point.kind === 'float' ? formatGoG(point.value) : point.kind;
}

function answerText({ value, histogram }: AnswerPoint): string {
  return histogram === undefined ? formatGoG(value) : formatHistogramNotation(histogram);
}

function timedText(point: AnswerPoint): string {
  return `${answerText(point)}@${point.timestampMs}`;
}
