/** Alertmanager's time intervals. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  readMinuteRange,
  readTimeInterval,
  readTimeIntervals,
} from '../../../config/alertmanager/read-time-intervals.ts';
import type { InclusiveRange, TimeInterval } from '../../../config/alertmanager/types.ts';
import { ConfigErrors } from '../../../config/config-errors.ts';
import { WallClocks } from '../../../model/wall-time.ts';
import { containsTime, TimeIntervals } from '../../../notify/time-intervals.ts';
import { readYaml } from '../../read-yaml.ts';
import type { CaseResult, ConformanceSuite } from '../suite.ts';

interface IntervalCase {
  readonly kind: string;
  readonly line?: number;
  readonly name?: string;
  readonly yaml?: string;
  readonly interval?: { readonly days_of_month?: readonly string[] };
  readonly intervals?: unknown;
  readonly ok?: boolean;
  readonly error?: string;
  readonly range?: unknown;
  readonly contains?: readonly string[];
  readonly excludes?: readonly string[];
  readonly now?: string;
  readonly muted_by?: readonly string[];
}

export const suite: ConformanceSuite = {
  name: 'time-intervals',
  caseCount: 45,
  async run(dir, report) {
    const text = await readFile(path.join(dir, 'alertmanager/time_intervals.json'), 'utf8');
    const { cases } = JSON.parse(text) as { readonly cases: readonly IntervalCase[] };
    for (const testCase of cases) {
      const name = `${testCase.kind} ${testCase.name ?? testCase.line ?? ''}`;
      const problem = testCase.kind === 'mutes' ? judgeMutes(testCase) : judgeSyntax(testCase);
      const result: CaseResult = { name, ok: problem === undefined };
      report(problem === undefined ? result : { ...result, got: problem });
    }
  },
};

/** @returns what is wrong */
function judgeSyntax(testCase: IntervalCase): string | undefined {
  const read = readCase(testCase);
  if (testCase.ok === false) {
    if (!(read instanceof ConfigErrors)) return 'was read';
    const [first] = read.problems;
    return testCase.error === undefined || first?.problem === testCase.error
      ? undefined
      : read.message;
  }
  if (read instanceof ConfigErrors) return read.message;
  const expected = testCase.range ?? testCase.intervals;
  if (expected !== undefined) {
    const again = readCase({ kind: testCase.kind, yaml: JSON.stringify(expected) });
    if (JSON.stringify(read) !== JSON.stringify(again)) return JSON.stringify(read);
  }
  return judgeMembers(testCase, Array.isArray(read) ? (read as readonly TimeInterval[]) : []);
}

function judgeMembers(
  { contains = [], excludes = [] }: IntervalCase,
  intervals: readonly TimeInterval[],
): string | undefined {
  const clocks = new WallClocks();
  const holds = (text: string): boolean => {
    return intervals.some((interval) => containsTime(interval, Date.parse(text), clocks));
  };
  const missed = contains.find((text) => !holds(text));
  const wrong = excludes.find(holds);
  if (missed !== undefined) return `does not contain ${missed}`;
  return wrong === undefined ? undefined : `contains ${wrong}`;
}

function readCase(testCase: IntervalCase): unknown {
  const { days_of_month: days, ...rest } = testCase.interval ?? {};
  const text = testCase.yaml ?? JSON.stringify(rest);
  try {
    return readYaml(text, (reader, node) => {
      if (testCase.kind === 'time-range') return readMinuteRange(reader, node);
      if (testCase.kind === 'yaml') return readTimeIntervals(reader, node);
      const interval = readTimeInterval(reader, node);
      return [days === undefined ? interval : { ...interval, daysOfMonth: days.map(rangeOf) }];
    });
  } catch (error) {
    if (error instanceof ConfigErrors) return error;
    throw error;
  }
}

/** One of these ranges stands in the source as numbers, and as text would be refused there too. */
function rangeOf(text: string): InclusiveRange {
  const [begin = '', end = begin] = text.split(':');
  return { begin: Number(begin), end: Number(end) };
}

function judgeMutes(testCase: IntervalCase): string | undefined {
  const named = Object.entries(testCase.intervals ?? {}).map(([name, list]) => ({
    name,
    intervals: readYaml(JSON.stringify(list), readTimeIntervals),
  }));
  const names = named.map(({ name }) => name);
  const holding = new TimeIntervals(named).holding(names, localTime(testCase.now ?? ''));
  const got = holding.join();
  return got === (testCase.muted_by ?? []).join() ? undefined : got;
}

/** `2024-01-01T00:00:00 Australia/Sydney`: the instant at which a clock there shows this. */
function localTime(text: string): number {
  const [local = '', zone = 'UTC'] = text.split(' ');
  const wantedMs = Date.parse(`${local}Z`);
  const clocks = new WallClocks();
  for (let offsetMinutes = -14 * 60; offsetMinutes <= 14 * 60; offsetMinutes += 15) {
    const timeMs = wantedMs - offsetMinutes * 60_000;
    const wall = clocks.at(timeMs, zone);
    const shownMs = Date.UTC(wall.year, wall.month - 1, wall.day, 0, wall.minuteOfDay);
    if (shownMs === wantedMs) return timeMs;
  }
  throw new Error(`no such time: ${text}`);
}
