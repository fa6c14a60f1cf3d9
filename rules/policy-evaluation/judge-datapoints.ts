/** Is a condition met by the datapoints of an object? The rules are CloudWatch's. */
import type { MissingTreatment, Operator, Threshold } from '../policy/alarm-policy.ts';

/** Of one period. */
export type Datapoint = 'ok' | 'breaching' | 'missing';

/** `keep`: what was before stays. */
export type Verdict = 'ok' | 'firing' | 'no_data' | 'keep';

/**
 * With `n` points in the range there is no gap to fill: the newest `n` count, whatever lies between
 * them. With fewer, as few as possible are filled, by `treat`.
 * @param points of the whole range, the newest last
 */
export function judgeDatapoints(
  points: readonly Datapoint[],
  { m, n }: { readonly m: number; readonly n: number },
  treat: MissingTreatment,
): Verdict {
  let breaching = 0;
  let existing = 0;
  let oldestBreaching = -1;
  for (let at = points.length - 1; at >= 0 && existing < n; at--) {
    const point = points[at];
    if (point === 'missing') continue;
    existing++;
    if (point !== 'breaching') continue;
    breaching++;
    oldestBreaching = at;
  }
  if (breaching >= m) return 'firing';
  const filled = n - existing;
  if (filled === 0) return 'ok';
  if (treat === 'breaching') return breaching + filled >= m ? 'firing' : 'ok';
  if (treat === 'not_breaching') return 'ok';
  if (existing > breaching) return 'ok';
  if (treat === 'ignore') return 'keep';
  // All that is there breaches. It is enough when the first of them is as old as would be needed.
  const isOldEnough = oldestBreaching >= 0 && points.length - oldestBreaching >= m;
  return isOldEnough ? 'firing' : 'no_data';
}

/** The same as the PromQL that `breachText` makes, for one value. */
export function isBreaching(value: number, operator: Operator, stored: Threshold): boolean {
  if (operator === 'present') return true;
  if (typeof stored !== 'number') {
    const isInside = value >= stored[0] && value <= stored[1];
    return operator === 'between' ? isInside : value < stored[0] || value > stored[1];
  }
  if (operator === 'lt') return value < stored;
  if (operator === 'le') return value <= stored;
  if (operator === 'ge') return value >= stored;
  if (operator === 'eq') return value === stored;
  return operator === 'ne' ? value !== stored : value > stored;
}
