/** Reads `time_intervals` and `mute_time_intervals`. */
import type { Node } from 'yaml';
import { quote } from '../go-text.ts';
import type { YamlReader } from '../yaml-reader.ts';
import { readItems, YamlSection } from '../yaml-section.ts';
import {
  parseDayOfMonthRange,
  parseMinuteRange,
  parseMonthRange,
  parseWeekdayRange,
  parseYearRange,
  TimeRangeError,
} from './parse-time-range.ts';
import type { InclusiveRange, MinuteRange, NamedTimeInterval, TimeInterval } from './types.ts';

/** @param what `mute time interval` or `time interval`, in errors */
export function readNamedTimeIntervals(
  reader: YamlReader,
  nodes: readonly Node[],
  what: string,
): readonly NamedTimeInterval[] {
  return nodes.map((node) => {
    const section = new YamlSection(reader, node, 'config.plain');
    const name = section.string('name');
    if (name === '') section.problem('name', `missing name in ${what}`);
    const list = section.valueNode('time_intervals');
    const intervals = list === undefined ? [] : readTimeIntervals(reader, list);
    section.finish();
    return { name, intervals };
  });
}

export function readTimeIntervals(reader: YamlReader, list: Node): readonly TimeInterval[] {
  const nodes = readItems(reader, list, '[]timeinterval.TimeInterval', 'a list of intervals');
  return nodes.map((node) => readTimeInterval(reader, node));
}

export function readTimeInterval(reader: YamlReader, node: Node): TimeInterval {
  const section = new YamlSection(reader, node, 'timeinterval.TimeInterval');
  const interval: TimeInterval = {
    times: readTimes(section),
    weekdays: readRanges(section, 'weekdays', parseWeekdayRange),
    daysOfMonth: readRanges(section, 'days_of_month', parseDayOfMonthRange),
    months: readRanges(section, 'months', parseMonthRange),
    years: readRanges(section, 'years', parseYearRange),
    location: readLocation(section),
  };
  section.finish();
  return interval;
}

function readTimes(parent: YamlSection): readonly MinuteRange[] | undefined {
  const nodes = parent.items('times', '[]timeinterval.TimeRange', 'a list of times');
  return nodes?.flatMap((node) => readMinuteRange(parent.reader, node) ?? []);
}

/** @returns undefined, and a problem, for a range that is none */
export function readMinuteRange(reader: YamlReader, node: Node): MinuteRange | undefined {
  const section = new YamlSection(reader, node, 'timeinterval.yamlTimeRange');
  const startTime = section.string('start_time');
  const endTime = section.string('end_time');
  section.finish();
  return orProblem(reader, node, () => parseMinuteRange(startTime, endTime));
}

function readRanges(
  section: YamlSection,
  name: string,
  parse: (text: string) => InclusiveRange,
): readonly InclusiveRange[] | undefined {
  return section.textItems(name)?.flatMap(({ text, node }) => {
    return orProblem(section.reader, node, () => parse(text)) ?? [];
  });
}

function orProblem<T>(reader: YamlReader, node: Node, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TimeRangeError)) throw error;
    reader.addProblem(node, error.message);
    return undefined;
  }
}

/** `UTC` and '' are UTC, `Local` is this machine's zone. */
function readLocation(section: YamlSection): string | undefined {
  const name = section.string('location');
  if (name === '' || name === 'UTC') return undefined;
  if (name === 'Local') return Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    section.problem('location', `unknown time zone ${name}`, 'use a name such as Europe/Berlin');
    return undefined;
  }
}

/** Names are unique over both lists. */
export function checkIntervalNames(
  reader: YamlReader,
  nodes: readonly Node[],
  intervals: readonly NamedTimeInterval[],
  what: string,
  seen: Set<string>,
): void {
  for (const [at, { name }] of intervals.entries()) {
    const node = nodes[at];
    if (seen.has(name) && name !== '' && node !== undefined) {
      reader.addProblem(node, `${what} ${quote(name)} is not unique`);
    }
    seen.add(name);
  }
}
