/** Repeats of alarm policies: never, at intervals or exponentially, rarer after a while. */
import type { RepeatPlan } from '../config/alertmanager/types.ts';

/** Doublings after which an exponential plan has no more times: longer than anything lasts. */
const DOUBLINGS_MAX = 40;

/**
 * Whether a time of the plan lies between the last message and now. All times count from when the
 * oldest alert began, so that a restart changes nothing.
 * @param sinceMs when it began
 * @param toldMs the last message
 */
export function isPlannedRepeatDue(
  plan: RepeatPlan,
  sinceMs: number,
  toldMs: number,
  nowMs: number,
): boolean {
  const lastedMs = nowMs - sinceMs;
  const { mode, max, decay } = plan;
  if (mode === 'never') return false;
  if (decay !== undefined && lastedMs >= decay.afterMs) {
    const isOver = decay.stopAfterMs > 0 && lastedMs >= decay.stopAfterMs;
    return !isOver && nowMs - toldMs >= decay.intervalMs;
  }
  if (mode === 'exponential') return isDoublingDue(plan, sinceMs, toldMs, nowMs);
  if (max > 0 && repeatsUntil(toldMs - sinceMs, plan.intervalMs) >= max) return false;
  return nowMs - toldMs >= plan.intervalMs;
}

function isDoublingDue(
  { intervalMs, max }: RepeatPlan,
  sinceMs: number,
  toldMs: number,
  nowMs: number,
): boolean {
  const doublings = max > 0 ? Math.min(max, DOUBLINGS_MAX) : DOUBLINGS_MAX;
  for (let doubling = 0; doubling < doublings; doubling++) {
    const dueMs = sinceMs + intervalMs * 2 ** doubling;
    if (dueMs > nowMs) return false;
    if (dueMs > toldMs) return true;
  }
  return false;
}

/** How many repeats there have been, if the first message came soon after the beginning. */
function repeatsUntil(toldAfterMs: number, intervalMs: number): number {
  return Math.floor(toldAfterMs / intervalMs);
}
