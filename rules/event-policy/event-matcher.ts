/** Which events an alarm policy is about. */
import type { ClusterEvent } from '../../model/cluster-history.ts';
import { Labels } from '../../model/labels.ts';
import { compileRegex, Matcher } from '../../model/matcher.ts';
import type { EventFilter, LabelDemand, PolicySpec } from '../policy/alarm-policy.ts';

type Test = (labels: Labels) => boolean;

export interface EventMatcher {
  readonly minCount: number;
  readonly windowMs: number;
  /** @param labels of the object, by `objectLabels` */
  readonly matches: (event: ClusterEvent, labels: Labels) => boolean;
}

/** What of the object becomes labels of the alarm, and what targets can ask for. */
export function objectLabels(event: ClusterEvent): Labels {
  const { cluster, objectKind, objectNamespace, objectName, reason } = event;
  const own = objectKind === 'Pod' ? 'pod' : objectKind === 'Node' ? 'node' : '';
  return Labels.fromRecord({
    cluster,
    kind: objectKind,
    namespace: objectNamespace,
    name: objectName,
    reason,
    ...(own === '' ? {} : { [own]: objectName }),
  });
}

/** One per filter of the policy. */
export function eventMatchers({ target, events }: PolicySpec): readonly EventMatcher[] {
  const isTarget = targetTest(target);
  return events.map((filter) => {
    const isWanted = filterTest(filter);
    const { minCount, windowMs } = filter;
    const matches = (event: ClusterEvent, labels: Labels): boolean =>
      isWanted(event) && isTarget(labels);
    return { minCount, windowMs, matches };
  });
}

function filterTest({ reasons, types, kinds, messageRegex }: EventFilter) {
  const isIn = (list: readonly string[], value: string): boolean =>
    list.length === 0 || list.includes(value);
  const regex = messageRegex === '' ? undefined : compileRegex(messageRegex);
  return ({ reason, type, objectKind, message }: ClusterEvent): boolean =>
    isIn(reasons, reason) &&
    isIn(types, type) &&
    isIn(kinds, objectKind) &&
    (regex?.matcher(message).find() ?? true);
}

function targetTest(target: PolicySpec['target']): Test {
  const { clusters = [], mode, objects, selector, exclude } = target;
  const isInCluster = allOf(clusters);
  const chosen =
    mode === 'objects'
      ? objects.map((object) => allOf(Object.entries(object).map(equalDemand)))
      : mode === 'selector'
        ? selector.map(allOf)
        : [];
  const excluded = exclude.map(allOf);
  return (labels) =>
    isInCluster(labels) &&
    (chosen.length === 0 || chosen.some((test) => test(labels))) &&
    !excluded.some((test) => test(labels));
}

function equalDemand([name, value]: readonly [string, string]): LabelDemand {
  return { name, op: '=', values: [value] };
}

function allOf(demands: readonly LabelDemand[]): Test {
  const tests = demands.map(demandTest);
  return (labels) => tests.every((test) => test(labels));
}

function demandTest({ name, op, values }: LabelDemand): Test {
  if (op === 'in') return (labels) => values.includes(labels.get(name));
  if (op === 'notin') return (labels) => !values.includes(labels.get(name));
  const matcher = new Matcher(op, name, values[0] ?? '');
  return (labels) => matcher.matches(labels.get(name));
}
