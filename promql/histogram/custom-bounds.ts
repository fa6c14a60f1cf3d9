/** Histograms with custom bounds that are not the same. */

/** The bounds both lists have. */
export function commonBounds(a: readonly number[], b: readonly number[]): readonly number[] {
  const ofB = new Set(b);
  return a.filter((bound) => ofB.has(bound));
}

/**
 * Where a bucket goes when only the bounds `to`, some of `from`, are left: to the bucket that ends
 * at the next bound kept, the last of which ends at +Inf.
 */
export function movedToBounds(
  from: readonly number[],
  to: readonly number[],
): (index: number) => number {
  const targets: number[] = [];
  let target = 0;
  for (const bound of from) {
    while (target < to.length && (to[target] as number) < bound) target++;
    targets.push(target);
  }
  return (index) => targets[index] ?? to.length;
}
