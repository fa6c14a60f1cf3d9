/** The structure of a rule file: which fields there are and where, not yet what they mean. */
import type { Node } from 'yaml';
import { Problems } from '../../config/config-errors.ts';
import { isNullNode, NodesReadError, nullNode, YamlReader } from '../../config/yaml-reader.ts';
import { YamlSection } from '../../config/yaml-section.ts';
import { decodeYaml, parseYaml, YamlSource } from '../../config/yaml-source.ts';
import type { Place, PlaceError } from '../../model/place-error.ts';

/** A text and where it stands; where the rule begins when the field is absent. */
export interface WrittenText {
  readonly text: string;
  readonly place: Place;
}

export interface WrittenRule {
  readonly place: Place;
  readonly record: WrittenText;
  readonly alert: WrittenText;
  readonly expr: WrittenText;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface WrittenGroup {
  readonly place: Place;
  readonly name: string;
  readonly intervalMs: number;
  readonly queryOffsetMs: number | undefined;
  readonly limit: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly WrittenRule[];
}

export interface WrittenRules {
  readonly groups: readonly WrittenGroup[];
  readonly warnings: readonly string[];
  /** Not empty: the rest means nothing. Each begins with the name of the file. */
  readonly problems: readonly string[];
}

const MULTIPLE_DOCUMENTS =
  'Multiple document yaml rules files are not supported, only the first document is processed';

const TYPE_PROBLEM = 'yaml: unmarshal errors: ';

/** Keys that vmalert has in rule files and Prometheus' tools refuse. */
const VMALERT_KEYS: ReadonlySet<string> = new Set([
  'concurrency',
  'debug',
  'eval_alignment',
  'eval_delay',
  'eval_offset',
  'notifier_headers',
  'params',
  'headers',
  'type',
  'update_entries_limit',
]);

/** @param ignoreUnknownFields as promtool's switch of that name */
export function readRuleGroups(
  file: string,
  bytes: Uint8Array,
  ignoreUnknownFields: boolean,
): WrittenRules {
  const problems = new Problems();
  const warnings: string[] = [];
  const text = decodeYaml(file, bytes, problems);
  const groups =
    text === undefined ? [] : readText(file, text, ignoreUnknownFields, problems, warnings);
  return { groups, warnings, problems: problems.all.map(problemText) };
}

function readText(
  file: string,
  text: string,
  ignoreUnknownFields: boolean,
  problems: Problems,
  warnings: string[],
): readonly WrittenGroup[] {
  const source = new YamlSource(file, text);
  const document = parseYaml(source, problems);
  if (document === undefined) return [];
  if (/^---(\s|$)/m.test(text.slice(document.range[2]))) warnings.push(MULTIPLE_DOCUMENTS);
  const reader = new YamlReader(source, document, problems, '', {});
  const finish = (section: YamlSection): void => {
    if (!ignoreUnknownFields) section.finish();
  };
  try {
    const root = reader.resolve(document.contents) ?? nullNode();
    const section = new YamlSection(reader, root, 'rulefmt.RuleGroups');
    const nodes = section.items('groups', '[]rulefmt.RuleGroup', 'a list of groups') ?? [];
    const groups = nodes.map((node) => readGroup(reader, node, finish));
    finish(section);
    return groups;
  } catch (error) {
    if (!(error instanceof NodesReadError)) throw error;
    problems.add(error.place, 'yaml: document contains excessive aliasing');
    return [];
  }
}

function readGroup(
  reader: YamlReader,
  node: Node,
  finish: (section: YamlSection) => void,
): WrittenGroup {
  const section = new YamlSection(reader, node, 'rulefmt.RuleGroup');
  const hasOffset = !isNullNode(section.valueNode('query_offset'));
  const rules = section.items('rules', '[]rulefmt.Rule', 'a list of rules') ?? [];
  const group: WrittenGroup = {
    place: reader.placeOf(node),
    name: section.string('name'),
    intervalMs: section.durationMs('interval'),
    queryOffsetMs: hasOffset ? section.durationMs('query_offset') : undefined,
    limit: section.integer('limit'),
    labels: section.stringMap('labels'),
    rules: rules.map((rule) => readRule(reader, rule, finish)),
  };
  finish(section);
  return group;
}

function readRule(
  reader: YamlReader,
  node: Node,
  finish: (section: YamlSection) => void,
): WrittenRule {
  const section = new YamlSection(reader, node, 'rulefmt.Rule');
  const place = reader.placeOf(node);
  const written = (name: string): WrittenText => {
    const value = section.valueNode(name);
    return {
      text: section.string(name),
      place: value === undefined ? place : reader.placeOf(value),
    };
  };
  const rule: WrittenRule = {
    place,
    record: written('record'),
    alert: written('alert'),
    expr: written('expr'),
    forMs: section.durationMs('for'),
    keepFiringForMs: section.durationMs('keep_firing_for'),
    labels: section.stringMap('labels'),
    annotations: section.stringMap('annotations'),
  };
  finish(section);
  return rule;
}

/** In the form of Go's YAML library, which people search for. */
function problemText({ place, problem, fix }: PlaceError): string {
  const { file, line } = place;
  const unknown = /^field (\w+) not found in type /.exec(problem)?.[1];
  const hint = VMALERT_KEYS.has(unknown ?? '')
    ? `vmalert's ${unknown} is not part of a rule file: promtool would refuse the file`
    : fix;
  const shownHint = hint === '' ? '' : ` (${hint})`;
  if (unknown !== undefined || problem.startsWith(TYPE_PROBLEM)) {
    const bare = problem.replace(TYPE_PROBLEM, '');
    return `${file}: yaml: unmarshal errors:\n  line ${line}: ${bare}${shownHint}`;
  }
  const bare = problem.replace(/^yaml: /, '');
  const isSyntax = bare !== problem;
  return isSyntax
    ? `${file}: yaml: line ${line}: ${bare}${shownHint}`
    : `${file}: ${line}:${place.column}: ${bare}${shownHint}`;
}
