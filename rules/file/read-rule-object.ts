/** Reads the groups of a PrometheusRule object, each by itself. */
import { parseRuleFile, type RuleFileOptions } from './parse-rule-file.ts';
import type { RuleFile, RuleGroupConfig } from './rule-file.ts';
import { rulesOfCluster } from './rules-of-cluster.ts';

export interface RuleObject {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** `spec.groups` as the API server gives it. */
  readonly groups: unknown;
}

export interface ReadRuleObject {
  /** Groups that are in order. */
  readonly file: RuleFile;
  /** Of the others: `group "x": …`. */
  readonly errors: readonly string[];
}

/** A group with a mistake is told, and the others are loaded. */
export function readRuleObject(object: RuleObject, options: RuleFileOptions): ReadRuleObject {
  const { cluster, namespace, name } = object;
  const file = `prometheusrule/${cluster}/${namespace}/${name}`;
  const groups = new Map<string, RuleGroupConfig>();
  const errors: string[] = [];
  if (object.groups !== undefined && !Array.isArray(object.groups)) {
    errors.push('groups: not a list');
  }
  const written: readonly unknown[] = Array.isArray(object.groups) ? object.groups : [];
  for (const [index, group] of written.entries()) {
    const read = readGroup(file, group, options);
    const shown = groupName(group) ?? String(index);
    const prefix = `group ${JSON.stringify(shown)}`;
    errors.push(
      ...read.problems.map((text) => (text.startsWith(prefix) ? text : `${prefix}: ${text}`)),
    );
    if (read.group === undefined) continue;
    if (groups.has(read.group.name)) {
      errors.push(`group ${JSON.stringify(shown)}: there is another of this name`);
    } else groups.set(read.group.name, rulesOfCluster(read.group, cluster));
  }
  return { file: { file, groups: [...groups.values()], warnings: [] }, errors };
}

function readGroup(
  file: string,
  group: unknown,
  options: RuleFileOptions,
): { readonly group?: RuleGroupConfig | undefined; readonly problems: readonly string[] } {
  // JSON is YAML.
  const text = JSON.stringify({ groups: [withoutThanos(group)] });
  const parsed = parseRuleFile(file, Buffer.from(text), options);
  if (parsed.ok) return { group: parsed.file.groups[0], problems: [] };
  // Lines and columns are those of a text that nobody sees.
  return {
    problems: parsed.problems.map((problem) =>
      problem.slice(file.length + 2).replace(/^(yaml: unmarshal errors:\s+line )?\d+(:\d+)?: /, ''),
    ),
  };
}

/** Thanos' way to answer with what it has: here everything is in one place. */
function withoutThanos(group: unknown): unknown {
  if (typeof group !== 'object' || group === null) return group;
  return { ...group, partial_response_strategy: undefined };
}

function groupName(group: unknown): string | undefined {
  if (typeof group !== 'object' || group === null || !('name' in group)) return undefined;
  return typeof group.name === 'string' ? group.name : undefined;
}
