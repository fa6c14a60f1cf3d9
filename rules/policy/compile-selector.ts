/** The objects of a policy as PromQL selectors. */
import { quoteGo } from '../../model/labels.ts';
import type { LabelChoice, LabelDemand, PolicyTarget } from './alarm-policy.ts';
import type { ObjectLevel } from './policy-metric.ts';

/** Matchers without braces. */
export interface ObjectSelector {
  readonly matchers: readonly string[];
  /** Of the series that says which workload a Pod belongs to; often empty. */
  readonly ownerMatchers: readonly string[];
}

export interface ObjectSelectors {
  /** At least one. */
  readonly alternatives: readonly ObjectSelector[];
  /** What is taken away again; often empty. */
  readonly excluded: readonly ObjectSelector[];
}

/** Labels that series of Pods and containers do not have themselves. */
const OWNER_LABELS: ReadonlySet<string> = new Set(['workload', 'workload_kind']);

/** @param filter of the condition, on the metric's own labels */
export function objectSelectors(
  target: PolicyTarget,
  filter: readonly LabelDemand[],
  level: ObjectLevel | undefined,
): ObjectSelectors {
  const hasOwner = level === 'pod' || level === 'container';
  const selector = (demands: readonly LabelDemand[]): ObjectSelector => {
    const isOwners = ({ name }: LabelDemand): boolean => hasOwner && OWNER_LABELS.has(name);
    return {
      matchers: demands.filter((one) => !isOwners(one)).map(matcherText),
      ownerMatchers: demands.filter(isOwners).map(matcherText),
    };
  };
  const { clusters = [] } = target;
  const chosen = chosenObjects(target);
  const { simple, rest } = splitExclude(target.exclude);
  const common = [...clusters, ...filter, ...simple];
  const alternatives = joined(chosen).map((demands) => selector([...demands, ...common]));
  return {
    alternatives: alternatives.length === 0 ? [selector(common)] : alternatives,
    excluded: rest.map(selector),
  };
}

function chosenObjects({ mode, objects, selector }: PolicyTarget): LabelChoice {
  if (mode === 'all') return [];
  if (mode === 'selector') return selector;
  return objects.map((object) =>
    Object.entries(object).map(([name, value]) => ({ name, op: '=', values: [value] })),
  );
}

/** What is excluded by one demand is a demand that is turned round. */
function splitExclude(exclude: LabelChoice): {
  readonly simple: readonly LabelDemand[];
  readonly rest: LabelChoice;
} {
  const simple = exclude.flatMap((inner) => (inner.length === 1 ? inner.map(negated) : []));
  return { simple, rest: exclude.filter(({ length }) => length > 1) };
}

const OPPOSITE = {
  '=': '!=',
  '!=': '=',
  '=~': '!~',
  '!~': '=~',
  in: 'notin',
  notin: 'in',
} as const satisfies Record<LabelDemand['op'], LabelDemand['op']>;

function negated({ name, op, values }: LabelDemand): LabelDemand {
  return { name, op: OPPOSITE[op], values };
}

/**
 * Alternatives that differ in the values of one label become one: one matcher with a regular
 * expression is cheaper than two selectors.
 */
function joined(choice: LabelChoice): LabelChoice {
  const [first, ...others] = choice;
  if (first === undefined || others.length === 0) return choice;
  const key = differingLabel(choice);
  if (key === undefined) return choice;
  const values = choice.flatMap(
    (demands) => demands.find(({ name }) => name === key)?.values ?? [],
  );
  return [first.map((one) => (one.name === key ? { name: key, op: 'in', values } : one))];
}

function differingLabel(choice: LabelChoice): string | undefined {
  const [first = []] = choice;
  const names = first.map(({ name }) => name);
  const isComparable = choice.every(
    (demands) =>
      demands.length === names.length && demands.every(({ name }, at) => name === names[at]),
  );
  if (!isComparable || new Set(names).size < names.length) return undefined;
  const differing = names.filter(
    (_, at) => new Set(choice.map((demands) => JSON.stringify(demands[at]))).size > 1,
  );
  const [key] = differing;
  if (key === undefined || differing.length > 1) return undefined;
  const at = names.indexOf(key);
  return choice.every((demands) => demands[at]?.op === '=' || demands[at]?.op === 'in')
    ? key
    : undefined;
}

function matcherText({ name, op, values }: LabelDemand): string {
  if (op !== 'in' && op !== 'notin') return `${name}${op}${quoteGo(values[0] ?? '')}`;
  const isIn = op === 'in';
  const [only = '', ...more] = values;
  if (more.length === 0) return `${name}${isIn ? '=' : '!='}${quoteGo(only)}`;
  const pattern = [...new Set(values)].map(escapeRegex).join('|');
  return `${name}${isIn ? '=~' : '!~'}${quoteGo(pattern)}`;
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}
