/** Reads the routing tree under `route`. */
import type { Node } from 'yaml';
import { isAlertLabelName, type MatcherMode } from '../../model/alert-matchers/parse-matchers.ts';
import { Labels } from '../../model/labels.ts';
import { quote } from '../go-text.ts';
import type { YamlReader } from '../yaml-reader.ts';
import { readItems, YamlSection } from '../yaml-section.ts';
import { readMatchers } from './read-matchers.ts';
import type { RouteConfig } from './types.ts';

/** Deeper trees are refused: reading and matching them takes stack. */
const DEPTH_MAX = 100;

const MATCHER_FIELDS = { equal: 'match', regex: 'match_re', texts: 'matchers' };

/** A route and the section that it came from, so that references can be checked later. */
export interface ReadRoute {
  readonly section: YamlSection;
  readonly config: RouteConfig;
  readonly children: readonly ReadRoute[];
}

export function readRoute(reader: YamlReader, node: Node, mode: MatcherMode, depth = 0): ReadRoute {
  const section = new YamlSection(reader, node, 'config.plain');
  const children = readChildren(section, mode, depth);
  const config: RouteConfig = {
    receiver: section.string('receiver'),
    groupBy: readGroupBy(section, mode),
    groupWaitMs: readInterval(section, 'group_wait'),
    groupIntervalMs: readNonZero(section, 'group_interval'),
    repeatIntervalMs: readNonZero(section, 'repeat_interval'),
    escalate: readEscalation(section),
    matchers: readMatchers(section, MATCHER_FIELDS, mode),
    continue: section.boolean('continue'),
    muteTimeIntervals: section.strings('mute_time_intervals'),
    activeTimeIntervals: section.strings('active_time_intervals'),
    labels: readLabels(section, mode),
    routes: children.map((child) => child.config),
  };
  section.finish();
  return { section, config, children };
}

function readChildren(
  section: YamlSection,
  mode: MatcherMode,
  depth: number,
): readonly ReadRoute[] {
  const node = section.valueNode('routes');
  if (node === undefined) return [];
  if (depth >= DEPTH_MAX) {
    section.problem('routes', `routes nested more than ${DEPTH_MAX} deep`);
    return [];
  }
  const items = readItems(section.reader, node, '[]*config.Route', 'a list of routes');
  return items.map((item) => readRoute(section.reader, item, mode, depth + 1));
}

function readGroupBy(section: YamlSection, mode: MatcherMode): RouteConfig['groupBy'] {
  const items = section.textItems('group_by');
  if (items === undefined) return undefined;
  const names = new Set<string>();
  let isAll = false;
  for (const { text, node } of items) {
    if (text === '...') {
      isAll = true;
    } else if (!isAlertLabelName(text, mode)) {
      const problem = `invalid label name ${quote(text)} in group_by list`;
      section.reader.addProblem(node, problem);
    } else if (names.has(text)) {
      section.reader.addProblem(node, `duplicated label ${quote(text)} in group_by`);
    } else {
      names.add(text);
    }
  }
  if (isAll && names.size > 0) {
    const text = 'cannot have wildcard group_by (`...`) and other labels at the same time';
    section.problem('group_by', text);
  }
  return isAll ? 'all' : [...names];
}

function readInterval(section: YamlSection, name: string): number | undefined {
  return section.valueNode(name) === undefined ? undefined : section.durationMs(name);
}

function readNonZero(section: YamlSection, name: string): number | undefined {
  const problemsBefore = section.reader.problems.count;
  const intervalMs = readInterval(section, name);
  if (intervalMs === 0 && section.reader.problems.count === problemsBefore) {
    section.problem(name, `${name} cannot be zero`);
  }
  return intervalMs;
}

/** A list of `{after: 15m, receiver: x}`. */
function readEscalation(section: YamlSection): RouteConfig['escalate'] {
  const { reader } = section;
  const nodes = section.items('escalate', '[]config.plain', 'a list of {after, receiver}');
  return nodes?.map((node) => {
    const step = new YamlSection(reader, node, 'config.plain');
    const problemsBefore = reader.problems.count;
    const afterMs = step.durationMs('after');
    if (afterMs === 0 && reader.problems.count === problemsBefore) {
      step.problem('after', 'after is missing in escalate', 'write it as 15m');
    }
    const receiver = step.string('receiver');
    step.finish();
    return { afterMs, receiver };
  });
}

function readLabels(section: YamlSection, mode: MatcherMode): Labels {
  const record = section.stringMap('labels', 'model.LabelSet');
  for (const name of Object.keys(record)) {
    if (isAlertLabelName(name, mode)) continue;
    section.problem('labels', `invalid label name ${quote(name)} in route labels`);
  }
  return Labels.fromRecord(record);
}
