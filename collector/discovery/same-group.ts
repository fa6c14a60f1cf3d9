import type { TargetGroup } from './discoverer.ts';

/** Whether two groups of one source hold the same targets in the same order. */
export function sameGroup(a: TargetGroup, b: TargetGroup): boolean {
  return (
    a === b ||
    (a.targets.length === b.targets.length &&
      a.labels.equals(b.labels) &&
      a.targets.every((labels, index) => labels.key === b.targets[index]?.key))
  );
}
