/** Reads which objects a policy is about. */
import { findLabelSelectorProblem } from '../../config/kubernetes-selectors.ts';
import { isClassicLabelName } from '../../model/labels.ts';
import { Matcher, type MatchType, RegexError } from '../../model/matcher.ts';
import type { LabelChoice, LabelDemand, PolicyTarget } from './alarm-policy.ts';
import type { PolicyFields } from './policy-fields.ts';

const OPS = ['=', '!=', '=~', '!~', 'in', 'notin'] as const;
/** A longer list belongs into a selector. */
const OBJECTS_MAX = 500;

export function readTarget(fields: PolicyFields): PolicyTarget {
  const objects = fields.sections('objects');
  const mode = fields.choice('mode', ['all', 'objects', 'selector'], impliedMode(fields));
  if (objects.length > OBJECTS_MAX) {
    fields.problem(
      'objects',
      `has ${objects.length} entries`,
      `at most ${OBJECTS_MAX}; use a selector`,
    );
  }
  if (mode === 'objects' && objects.length === 0) {
    fields.problem('objects', 'is empty', 'name at least one object, or use mode: all');
  }
  const target: PolicyTarget = {
    clusters: readClusters(fields.section('clusters')),
    mode,
    objects: objects.map(readObject),
    selector: readChoice(fields, 'selector'),
    exclude: readChoice(fields, 'exclude'),
    labelSelector: readLabelSelector(fields),
    groupBy: fields.has('groupBy') ? readLabelNames(fields, 'groupBy') : undefined,
  };
  if (mode === 'selector' && target.selector.length === 0 && target.labelSelector === '') {
    fields.problem('selector', 'is empty', 'write a condition, or use mode: all');
  }
  fields.finish();
  return target;
}

function impliedMode(fields: PolicyFields): PolicyTarget['mode'] {
  if (fields.has('objects')) return 'objects';
  return fields.has('selector') || fields.has('labelSelector') ? 'selector' : 'all';
}

function readClusters(fields: PolicyFields): readonly LabelDemand[] | undefined {
  const implied = fields.has('ids') ? 'ids' : fields.has('selector') ? 'selector' : 'all';
  const mode = fields.choice('mode', ['all', 'ids', 'selector'], implied);
  const ids = fields.texts('ids');
  const selector = fields.sections('selector').map(readDemand);
  fields.finish();
  if (mode === 'all') return undefined;
  if (mode === 'selector') return selector;
  if (ids.length === 0) {
    fields.problem('ids', 'is empty', 'name at least one cluster, or use mode: all');
  }
  return [{ name: 'cluster', op: 'in', values: ids }];
}

function readObject(fields: PolicyFields): Readonly<Record<string, string>> {
  const names = fields.names();
  if (names.length === 0) fields.problem('', 'is empty', 'write labels such as namespace: shop');
  const entries = names.map((name) => {
    if (!isClassicLabelName(name)) fields.problem(name, 'is no label name', 'use letters and _');
    return [name, fields.looseText(name)] as const;
  });
  return Object.fromEntries(entries);
}

function readChoice(fields: PolicyFields, name: string): LabelChoice {
  return fields
    .sectionLists(name)
    .map((inner) => inner.map(readDemand))
    .filter((inner) => inner.length > 0);
}

/** @param fields of `{name, op, value}`; `value` of `in` and `notin` is a list */
export function readDemand(fields: PolicyFields): LabelDemand {
  const name = fields.text('name');
  if (!isClassicLabelName(name)) {
    fields.problem('name', `${JSON.stringify(name)} is no label name`, 'write namespace, pod, …');
  }
  const op = fields.choice('op', OPS, '=');
  const isList = op === 'in' || op === 'notin';
  const values = isList ? readList(fields) : [fields.looseText('value')];
  if (isList && values.length === 0) {
    fields.problem('value', 'is empty', 'list at least one value');
  }
  if (op === '=~' || op === '!~') checkRegex(fields, op, name, values[0] ?? '');
  fields.finish();
  return { name, op, values };
}

function readList(fields: PolicyFields): readonly string[] {
  const value = fields.raw('value');
  return typeof value === 'string' ? [value] : fields.texts('value');
}

function checkRegex(fields: PolicyFields, op: MatchType, name: string, value: string): void {
  try {
    void new Matcher(op, name, value);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    fields.problem('value', error.message, 'write an RE2 regular expression');
  }
}

function readLabelSelector(fields: PolicyFields): string {
  const text = fields.text('labelSelector').trim();
  const problem = findLabelSelectorProblem(text);
  if (problem !== undefined)
    fields.problem('labelSelector', problem, 'write it as app=web,tier!=db');
  return text;
}

export function readLabelNames(fields: PolicyFields, name: string): readonly string[] {
  const names = fields.texts(name);
  for (const one of names) {
    if (isClassicLabelName(one)) continue;
    fields.problem(name, `${JSON.stringify(one)} is no label name`, 'use letters, digits and _');
  }
  return names;
}
